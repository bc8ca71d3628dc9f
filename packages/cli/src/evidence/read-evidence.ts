import { createReadStream } from "node:fs"
import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { MAX_BUNDLE_LINE } from "@hufu/core/evidence/bundle"
import { UsageError } from "../arguments/usage-error.ts"
import { fetchEvidence } from "./fetch-evidence.ts"

/** The most bytes of evidence that are held at once: all but a bundle is far smaller. */
const maxBytes = 64 * 1024 * 1024

/** What is to be verified, by what it holds: a bundle as a stream of its lines, everything else whole. */
export type Evidence =
  | { readonly kind: "bundle"; readonly lines: AsyncIterable<string> }
  | { readonly kind: "entry" | "receipt" | "trace"; readonly text: string }
  | { readonly kind: "cose"; readonly bytes: Uint8Array }

/** Reads evidence from a file, from standard input (`-`) or from an http(s) address that the user named. UNTRUSTED. */
export async function readEvidence(source: string): Promise<Evidence> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return evidenceOf(once(await fetchEvidence(source, maxBytes)))
  if (source === "-") return evidenceOf(process.stdin)
  return evidenceOf(readFile(source))
}

async function evidenceOf(source: AsyncIterable<Uint8Array>): Promise<Evidence> {
  const rest = source[Symbol.asyncIterator]()
  const start = await readFirstLine(rest)
  const text = new TextDecoder().decode(start)
  const [line = ""] = text.split("\n", 1)
  if (formatOf(line) === "hufu-bundle/1") return { kind: "bundle", lines: splitLines(joined(start, rest)) }
  const bytes = await collect(joined(start, rest))
  // No CBOR of ours starts as a JSON text does.
  if (!/^\s*[{["]/.test(text.slice(0, 64))) return { kind: "cose", bytes }
  const whole = new TextDecoder().decode(bytes)
  const format = formatOf(whole)
  const kind = format === "hufu-entry/1" ? "entry" : format === "hufu-trace/1" ? "trace" : "receipt"
  return { kind, text: whole }
}

/** Enough to see what something is: up to the end of the first line, or as long as a line may be. */
async function readFirstLine(rest: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for (let length = 0; length <= MAX_BUNDLE_LINE;) {
    const { done, value } = await rest.next()
    if (done === true) break
    chunks.push(value)
    length += value.length
    if (value.includes(0x0a)) break
  }
  return Buffer.concat(chunks)
}

async function* joined(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield start
  for (;;) {
    const { done, value } = await rest.next()
    if (done === true) return
    yield value
  }
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of source) {
    length += chunk.length
    if (length > maxBytes) throw new UsageError("this is too large to be a receipt: choose another file")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function formatOf(text: string): JsonValue | undefined {
  try {
    const value = parseStrict(text)
    return isJsonObject(value) ? value["format"] : undefined
  } catch {
    // Whoever verifies it says what is wrong with it.
    return undefined
  }
}

/** The lines of a text that comes in pieces; one that is too long is handed on as it is, and nothing after it. */
async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    yield* lines
    if (rest.length > MAX_BUNDLE_LINE) break
  }
  if (rest !== "") yield rest
}

async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  try {
    // Without an encoding a stream gives bytes.
    yield* createReadStream(file) as AsyncIterable<Uint8Array>
  } catch {
    throw new UsageError(`\`${file}\` cannot be read: give a file that is there, or \`-\` for standard input`)
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
