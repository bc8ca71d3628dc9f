import { randomUUID } from "node:crypto"
import { setTimeout as pause } from "node:timers/promises"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { AgentDoor, DoorOptions, Said } from "./agent-door.ts"

/** The doors through which agents speak to each other: a tool server is an agent there, and a call of a tool is a message. */
export type PeerDoorKind = "a2a" | "aip"

/** Opens one as this agent; nothing is connected before the first call. */
export async function openPeerDoor(kind: PeerDoorKind, options: DoorOptions): Promise<AgentDoor> {
  const call = kind === "a2a" ? callByA2a(options) : await callByAip(options)
  const isMcpAlone = () => Promise.reject(new Error(`the door of ${kind} has no methods of MCP`))
  return {
    kind,
    call: (tool, args = {}) => call({ tool, arguments: JSON.parse(JSON.stringify(args)) as JsonObject }),
    request: isMcpAlone,
    list: isMcpAlone,
    ended: new Promise(() => {}),
    close: () => Promise.resolve(),
  }
}

type Call = (data: JsonObject) => Promise<Said>

function callByA2a(options: DoorOptions): Call {
  return async (data) => {
    const message = { messageId: randomUUID(), role: "ROLE_USER", parts: [{ data }] }
    const { status, body } = await post(options, `/a2a/${options.server.name}`, {
      jsonrpc: "2.0",
      id: 1,
      method: "SendMessage",
      params: { message },
    })
    const task = members(members(body["result"])["task"])
    const { state, message: said } = members(task["status"])
    const parts = [...list(task["artifacts"]), ...(said === undefined ? [] : [said])].flatMap((each) =>
      list(members(each)["parts"]),
    )
    const verdicts: Readonly<Record<string, string>> = {
      TASK_STATE_REJECTED: "deny",
      TASK_STATE_AUTH_REQUIRED: "ask",
    }
    return saidOf({
      status,
      body,
      parts,
      state,
      verdict: verdicts[textOf(state)],
      done: "TASK_STATE_COMPLETED",
    })
  }
}

async function callByAip(options: DoorOptions): Promise<Call> {
  const send = (senderId: string, command: string, taskId: string, data?: JsonObject) =>
    post(options, `/aip/${options.server.name}/rpc`, {
      jsonrpc: "2.0",
      id: 1,
      method: "rpc",
      params: {
        command: {
          type: "task-command",
          id: randomUUID(),
          sentAt: new Date().toISOString(),
          senderRole: "leader",
          senderId,
          command,
          taskId,
          sessionId: "session",
          ...(data === undefined ? {} : { dataItems: [{ type: "data", data }] }),
        },
      },
    })
  // Whoever says that it is another hears which code is its own.
  const { body: refused } = await send("1.2.156.3088.1.1.1.1.1.0000", "get", "none")
  const own = /`(1\.2\.156\.[^`]+)`/.exec(JSON.stringify(refused))?.[1] ?? ""
  return async (data) => {
    const task = randomUUID()
    let answer = await send(own, "start", task, data)
    const stateOf = () => members(members(answer.body["result"])["status"])["state"]
    while (stateOf() === "accepted" || stateOf() === "working") {
      await pause(5)
      answer = await send(own, "get", task)
    }
    const result = members(answer.body["result"])
    const parts = [...list(members(result["status"])["dataItems"]), ...productsOf(result)]
    const verdicts: Readonly<Record<string, string>> = { rejected: "deny", "awaiting-input": "ask" }
    const state = stateOf()
    return saidOf({ ...answer, parts, state, verdict: verdicts[textOf(state)], done: "awaiting-completion" })
  }
}

function productsOf(result: JsonObject): JsonValue[] {
  return list(result["products"]).flatMap((each) => list(members(each)["dataItems"]))
}

function saidOf({
  status,
  body,
  parts,
  state,
  verdict,
  done,
}: {
  readonly status: number
  readonly body: JsonObject
  readonly parts: readonly JsonValue[]
  readonly state: JsonValue | undefined
  readonly verdict: string | undefined
  readonly done: string
}): Said {
  const texts = parts.map((part) => members(part)["text"]).filter((text) => typeof text === "string")
  const told = parts.map((part) => members(members(part)["data"])).find(({ hold }) => hold !== undefined)
  return {
    status,
    text: texts.join("\n") || textOf(members(body["error"])["message"]),
    isError: state !== done,
    verdict,
    code: undefined,
    hold: typeof told?.["hold"] === "string" ? told["hold"] : undefined,
    action: undefined,
    message: undefined,
  }
}

async function post(
  { url, credential }: DoorOptions,
  path: string,
  body: object,
): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${credential}`,
      "content-type": "application/json",
      "a2a-version": "1.0",
    },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: members((await response.json()) as JsonValue) } // what a door writes is JSON
}

function members(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}
