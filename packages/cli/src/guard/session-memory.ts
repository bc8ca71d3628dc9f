import { randomUUID } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** What of a client's session has to be said again to a node that was not there when it was opened. */
export interface SessionMemory {
  /** Looks at what the client sends. */
  sent(message: JsonObject): void
  /** Looks at what the node sends; true when it answers the memory itself and is not for the client. */
  received(message: JsonObject): boolean
  /** Whether a session of the stateful era is open, so that a new connection has to open it again. */
  readonly open: boolean
  /** Opens the session again; throws Failure when what the client knows of it does not hold any more. */
  reopen(send: (message: JsonObject) => Promise<void>, ended: AbortSignal): Promise<JsonObject[]>
}

const reopenWithinMs = 30_000

/** Nothing has been said yet. */
export function sessionMemory(): SessionMemory {
  let opening: { id: JsonValue; params: JsonValue } | undefined
  let result: JsonObject | undefined
  let logging: JsonObject | undefined
  const asked = new Map<string, (answer: JsonObject) => void>()

  function ask(
    send: (message: JsonObject) => Promise<void>,
    message: JsonObject,
    ended: AbortSignal,
  ): Promise<JsonObject> {
    const id = `hufu-guard-${randomUUID()}`
    const patience = AbortSignal.any([ended, AbortSignal.timeout(reopenWithinMs)])
    return new Promise((resolve, reject) => {
      asked.set(id, resolve)
      patience.addEventListener("abort", () => reject(changed("it did not answer in time")), { once: true })
      send({ jsonrpc: "2.0", id, ...message }).catch(reject)
    }).finally(() => asked.delete(id)) as Promise<JsonObject> // `asked` resolves with the message that answers
  }

  return {
    get open() {
      return result !== undefined
    },
    sent(message) {
      if (message["method"] === "initialize") {
        opening = { id: message["id"] ?? null, params: message["params"] ?? {} }
        result = undefined
      }
      if (message["method"] === "logging/setLevel")
        logging = { method: "logging/setLevel", params: message["params"] ?? {} }
    },
    received(message) {
      const answered = typeof message["id"] === "string" ? asked.get(message["id"]) : undefined
      if (answered && message["method"] === undefined) {
        answered(message)
        return true
      }
      if (
        opening &&
        message["method"] === undefined &&
        message["id"] === opening.id &&
        isJsonObject(message["result"])
      )
        result = message["result"]
      return false
    },
    async reopen(send, ended) {
      const before = result
      if (!opening || !before) return []
      const answer = await ask(send, { method: "initialize", params: opening.params }, ended)
      const now = answer["result"]
      if (!isJsonObject(now)) throw changed("it refused to open the session again")
      if (now["protocolVersion"] !== before["protocolVersion"])
        throw changed("it speaks another revision now")
      await send({ jsonrpc: "2.0", method: "notifications/initialized" })
      if (logging) await ask(send, logging, ended)
      return newsFor(before)
    },
  }
}

/** What the client has to know after its session was opened again: its lists may have changed, its subscriptions are gone. */
function newsFor(result: JsonObject): JsonObject[] {
  const capabilities = isJsonObject(result["capabilities"]) ? result["capabilities"] : {}
  const changedLists = ["tools", "resources", "prompts"].filter((kind) => {
    const declared = capabilities[kind]
    return isJsonObject(declared) && declared["listChanged"] === true
  })
  const news: JsonObject[] = changedLists.map((kind) => ({
    jsonrpc: "2.0",
    method: `notifications/${kind}/list_changed`,
  }))
  if (capabilities["logging"] !== undefined)
    news.push({
      jsonrpc: "2.0",
      method: "notifications/message",
      params: {
        level: "warning",
        logger: "hufu",
        data: "the Hufu node was restarted and the session opened again; subscriptions to resources have ended",
      },
    })
  return news
}

function changed(why: string): Failure {
  return new Failure(
    "node_unavailable",
    `the tool server's session could not be continued, because ${why}: restart this tool server in the client`,
  )
}
