import { Failure } from "@hufu/core/failure"

/** One message of a stream of server-sent events. */
export interface ServerSent {
  /** Undefined where the message has none of its own. */
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

const maxMessage = 256 * 1024

/** Reads server-sent events (WHATWG HTML §9.2.6); a comment yields nothing. UNTRUSTED: a message is bounded. */
export async function* readEventStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSent> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    const messages = rest.split(/\r\n\r\n|\n\n|\r\r/)
    rest = messages.pop() ?? ""
    if (rest.length > maxMessage)
      throw new Failure(
        "too_large",
        "the node sent a message that is too long: use the same version on both sides",
      )
    for (const message of messages) {
      const read = readMessage(message)
      if (read) yield read
    }
  }
}

function readMessage(text: string): ServerSent | undefined {
  let id: string | undefined
  let event = "message"
  const data: string[] = []
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":")
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "")
    if (field === "id" && !value.includes("\0")) id = value
    else if (field === "event") event = value
    else if (field === "data") data.push(value)
  }
  return data.length === 0 ? undefined : { id, event, data: data.join("\n") }
}
