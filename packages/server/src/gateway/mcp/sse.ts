import { Failure } from "@hufu/core/failure"
import { StringDecoder } from "node:string_decoder"

/** One server-sent event: its text as it came, and what the text says. */
export interface SseEvent {
  /** With its closing blank line. */
  readonly raw: string
  /** `undefined` when the event carries no data: a comment, or a bare id or retry. */
  readonly data: string | undefined
  readonly id: string | undefined
}

const ending = /\r\n(?:\r?\n|\r)|\n(?:\r?\n|\r)|\r\r/g

/**
 * Cuts a stream of bytes into events, however the chunks fall.
 *
 * @param maxBytes an event that grows beyond it fails the stream: an upstream must not fill memory
 */
export function createSseSplitter(maxBytes: number) {
  const decoder = new StringDecoder("utf8")
  /** What came of an event that is not whole yet; joined once it is, or a large one would be copied with each chunk of it. */
  let held: string[] = []
  let size = 0
  /** The end of it, in which an ending may have begun. */
  let tail = ""

  function take(text: string): SseEvent[] {
    const before = size
    held.push(text)
    size += text.length
    const isWhole = (tail + text).search(ending) >= 0
    const events = isWhole ? cut(before) : []
    if (!isWhole) tail = (tail + text).slice(-3)
    if (size > maxBytes) throw new Failure("too_large", "an event of the tool server is too large")
    return events
  }

  /** @param scanned up to there no event has ended */
  function cut(scanned: number): SseEvent[] {
    const events: SseEvent[] = []
    const all = held.join("")
    let start = 0
    ending.lastIndex = Math.max(0, scanned - 3)
    for (let match = ending.exec(all); match !== null; match = ending.exec(all)) {
      const end = match.index + match[0].length
      events.push(readEvent(all.slice(start, end)))
      start = end
    }
    const rest = all.slice(start)
    held = [rest]
    size = rest.length
    tail = rest.slice(-3)
    return events
  }

  return {
    push: (chunk: Buffer) => take(decoder.write(chunk)),
    /** What was left without its blank line: an incomplete event means nothing (HTML, §9.2.6). */
    rest: () => held.join(""),
  }
}

/** Reads one event's text. */
export function readEvent(raw: string): SseEvent {
  let data: string | undefined
  let id: string | undefined
  for (const line of raw.split(/\r\n|\n|\r/)) {
    if (line.startsWith("data:")) {
      const value = line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5)
      data = data === undefined ? value : `${data}\n${value}`
    } else if (line.startsWith("id:")) {
      id = line.slice(3).trim()
    }
  }
  return { raw, data: data === "" ? undefined : data, id }
}

/** The text of an event that carries one JSON-RPC message, which has no line break outside strings. */
export function writeEvent(message: object, id?: string): string {
  const at = id === undefined ? "" : `id: ${id}\n`
  return `event: message\n${at}data: ${JSON.stringify(message)}\n\n`
}

/** The same event with other data: its id and its other fields are kept. */
export function replaceData(event: SseEvent, message: object): string {
  const kept = event.raw.split(/\r\n|\n|\r/).filter((line) => line !== "" && !line.startsWith("data:"))
  return `${[...kept, `data: ${JSON.stringify(message)}`].join("\n")}\n\n`
}
