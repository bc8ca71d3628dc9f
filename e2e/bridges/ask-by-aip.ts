import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { Answered as Reply, Leader, Streamed } from "../../conformance/aip/leader.ts"
import type { Product, Standing, State } from "./outcome.ts"
import { aipOfPiece, pieceOfAip } from "./pieces.ts"
import { Answered, type Message, type Side, type Told } from "./side.ts"

const states: Readonly<Record<string, State>> = {
  accepted: "accepted",
  working: "working",
  "awaiting-input": "asking",
  "awaiting-completion": "delivered",
  completed: "completed",
  failed: "failed",
  canceled: "canceled",
  rejected: "rejected",
}
const rests: ReadonlySet<State> = new Set([
  "asking",
  "delivered",
  "completed",
  "failed",
  "canceled",
  "rejected",
])
const pauseMs = 10

/** An asker that is our own leader of AIP, written from the specification. */
export function askByAip(leader: Leader): Side {
  const task = leader.newTask()

  const commandOf = ({ id, pieces, isFirst }: Message) =>
    leader.command(task, isFirst ? "start" : "continue", { id, dataItems: itemsOf(pieces) })

  async function rpc(command: JsonObject): Promise<Standing> {
    return standingOf(resultIn(await leader.call("rpc", { command })))
  }

  async function* events(command: JsonObject): AsyncGenerator<Told> {
    const stream: Streamed = await leader.stream(command)
    try {
      for (let seen = 0; ; seen++) {
        const all = await stream.until((come) => come.length > seen)
        const error = stream.error()
        if (error !== undefined) throw new Answered(error.code, error.message)
        const next = all[seen]
        if (next === undefined) return
        // What the leader has read came as JSON.
        yield eventOf(next.eventData as unknown as JsonObject)
      }
    } finally {
      stream.close()
    }
  }

  return {
    listen: (message) => events(commandOf(message)),
    async say(message, wait) {
      let standing = await rpc(commandOf(message))
      if (!wait) return { standing }
      while (!rests.has(standing.state)) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        standing = await rpc(leader.command(task, "get"))
      }
      return { standing }
    },
    look: () => rpc(leader.command(task, "get")),
    listenAgain: () => events(leader.command(task, "re-stream", { commandParams: { lastEventSeq: 0 } })),
    cancel: () => rpc(leader.command(task, "cancel")),
    complete: () => rpc(leader.command(task, "complete")),
    async sayOfUnknown() {
      await rpc(
        leader.command(leader.newTask(), "continue", {
          dataItems: itemsOf([{ kind: "text", text: "please" }]),
        }),
      )
    },
  }
}

function itemsOf(pieces: Message["pieces"]) {
  return pieces.map((each) =>
    // What is no object is put into one by whoever speaks AIP.
    each.kind === "data" && !isJsonObject(each.data)
      ? aipOfPiece({ ...each, data: { value: each.data } })
      : aipOfPiece(each),
  )
}

function resultIn({ result, error, status }: Reply): JsonObject {
  if (error !== undefined) throw new Answered(error.code, error.message)
  if (!isJsonObject(result)) throw new Error(`a command was answered with HTTP ${status}`)
  return result
}

function eventOf(data: JsonObject): Told {
  if (data["type"] === "product-chunk")
    return {
      product: productOf(membersOf(data["product"])),
      append: data["append"] === true,
      last: data["lastChunk"] === true,
    }
  // A result without products says only the state.
  return data["products"] === undefined ? statusIn(data) : { stands: standingOf(data) }
}

function standingOf(result: JsonObject): Standing {
  const { products } = result
  return {
    ...statusIn(result),
    products: Array.isArray(products) ? products.map((each) => productOf(membersOf(each))) : [],
  }
}

function statusIn({ status }: JsonObject): { state: State; words: string[] } {
  const { state, dataItems } = membersOf(status)
  const name = states[textIn(state)]
  if (name === undefined) throw new Error(`a task is \`${textIn(state)}\``)
  const words = itemsIn(dataItems).flatMap((each) => (each.kind === "text" ? [each.text] : []))
  return { state: name, words }
}

function productOf({ id, name, description, dataItems }: JsonObject): Product {
  return {
    id: textIn(id),
    ...(name === undefined ? {} : { name: textIn(name) }),
    ...(description === undefined ? {} : { description: textIn(description) }),
    pieces: itemsIn(dataItems),
  }
}

function itemsIn(value: JsonValue | undefined) {
  return Array.isArray(value) ? value.map((each) => pieceOfAip(membersOf(each))) : []
}

function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function textIn(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}
