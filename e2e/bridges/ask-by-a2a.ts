import { Message as A2aMessage, SendMessageRequest, StreamResponse, Task } from "@a2a-js/sdk"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { SdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import type { Product, Standing, State } from "./outcome.ts"
import { a2aOfPiece, pieceOfA2a } from "./pieces.ts"
import { Answered, type Message, type Side, type Told } from "./side.ts"

const states: Readonly<Record<string, State>> = {
  TASK_STATE_SUBMITTED: "accepted",
  TASK_STATE_WORKING: "working",
  TASK_STATE_INPUT_REQUIRED: "asking",
  TASK_STATE_COMPLETED: "completed",
  TASK_STATE_FAILED: "failed",
  TASK_STATE_CANCELED: "canceled",
  TASK_STATE_REJECTED: "rejected",
}

/** An asker that is the official client of A2A. */
export function askByA2a(client: SdkClient): Side {
  let task = ""

  function requestOf({ id, pieces, isFirst }: Message, returnImmediately = false): SendMessageRequest {
    return SendMessageRequest.fromJSON({
      message: {
        messageId: id,
        role: "ROLE_USER",
        parts: pieces.map(a2aOfPiece),
        ...(isFirst ? {} : { taskId: task }),
      },
      configuration: { returnImmediately },
    })
  }

  async function* events(of: AsyncIterable<StreamResponse>): AsyncGenerator<Told> {
    const each = of[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await told(() => each.next())
        if (next.done === true) return
        yield* eventOf(next.value)
      }
    } finally {
      await each.return?.()
    }
  }

  function* eventOf(event: StreamResponse): Generator<Told> {
    const json = StreamResponse.toJSON(event) as JsonObject // what the SDK writes is JSON
    const { task: whole, message, statusUpdate, artifactUpdate } = json
    if (isJsonObject(message)) yield { message: piecesIn(message) }
    if (isJsonObject(whole)) yield { stands: standingOf(whole) }
    if (isJsonObject(statusUpdate)) yield statusIn(statusUpdate)
    if (isJsonObject(artifactUpdate)) {
      const { artifact, append, lastChunk } = artifactUpdate
      yield {
        product: productOf(membersOf(artifact)),
        append: append === true,
        last: lastChunk === true,
      }
    }
  }

  function standingOf(whole: JsonObject): Standing {
    task = textIn(whole["id"])
    const { artifacts } = whole
    return {
      ...statusIn(whole),
      products: Array.isArray(artifacts) ? artifacts.map((each) => productOf(membersOf(each))) : [],
    }
  }

  return {
    listen: (message) => events(client.sendMessageStream(requestOf(message))),
    async say(message, wait) {
      const answer = await told(() => client.sendMessage(requestOf(message, !wait)))
      if ("messageId" in answer) return { message: piecesIn(A2aMessage.toJSON(answer) as JsonObject) }
      return { standing: standingOf(Task.toJSON(answer) as JsonObject) } // what the SDK writes is JSON
    },
    look: async () =>
      standingOf(Task.toJSON(await told(() => client.getTask({ id: task, tenant: "" }))) as JsonObject),
    listenAgain: () => events(client.resubscribeTask({ id: task, tenant: "" })),
    cancel: async () =>
      standingOf(
        Task.toJSON(
          await told(() => client.cancelTask({ id: task, tenant: "", metadata: undefined })),
        ) as JsonObject,
      ),
    complete: undefined,
    async sayOfUnknown() {
      const message = {
        messageId: crypto.randomUUID(),
        role: "ROLE_USER",
        parts: [{ text: "please" }],
        taskId: crypto.randomUUID(),
      }
      await told(() => client.sendMessage(SendMessageRequest.fromJSON({ message })))
    },
  }
}

/** What the SDK throws for an answer that is an error. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && "envelopeCode" in error)
      throw new Answered(Number(error.envelopeCode), error.message)
    throw error
  }
}

function statusIn({ status }: JsonObject): { state: State; words: string[] } {
  const { state, message } = membersOf(status)
  const name = states[textIn(state)]
  if (name === undefined) throw new Error(`a task is \`${textIn(state)}\``)
  const words = piecesIn(membersOf(message)).flatMap((each) => (each.kind === "text" ? [each.text] : []))
  return { state: name, words }
}

function productOf({ artifactId, name, description, parts }: JsonObject): Product {
  return {
    id: textIn(artifactId),
    ...(textIn(name) === "" ? {} : { name: textIn(name) }),
    ...(textIn(description) === "" ? {} : { description: textIn(description) }),
    pieces: piecesIn({ parts: parts ?? null }),
  }
}

function piecesIn({ parts }: JsonObject) {
  return Array.isArray(parts) ? parts.map((each) => pieceOfA2a(membersOf(each))) : []
}

function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function textIn(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}
