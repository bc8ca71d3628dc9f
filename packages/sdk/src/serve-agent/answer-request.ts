import { isUtf8 } from "node:buffer"
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { a2aFailure, A2aFailure, asA2aFailure, rpcErrorOf } from "@hufu/core/a2a/a2a-failure"
import { delegationExtension } from "@hufu/core/a2a/delegation-extension"
import { Failure, isFailure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { AgentMethods } from "./agent-methods.ts"
import type { AgentLimits } from "./agent-options.ts"

type Id = string | number | null
const jsonType = /^application\/(?:a2a\+)?json\s*(?:;|$)/i
const mostId = 256

/** Answers requests of JSON-RPC as A2A 1.0 §9 has it. UNTRUSTED: whoever asks has shown the secret, and is bounded all the same. */
export function createAnswerer(methods: AgentMethods, limits: AgentLimits) {
  const open = { requests: 0, streams: 0 }

  function enter(kind: keyof typeof open): () => void {
    if (open[kind] >= limits[kind])
      throw new Failure("overloaded", `the agent serves too many ${kind} at once: ask again later`)
    open[kind]++
    let isIn = true
    return () => {
      if (isIn) open[kind]--
      isIn = false
    }
  }

  async function serve(req: IncomingMessage, res: ServerResponse, told: (id: Id) => void): Promise<void> {
    const gone = new AbortController()
    res.once("close", () => gone.abort())
    const leave = enter("requests")
    try {
      const request = await readJson(req, limits.messageBytes)
      told(idIn(request))
      checkVersion(req)
      const { id, method, params } = readCall(request)
      const result = (value: JsonValue): JsonObject => ({ jsonrpc: "2.0", id, result: value })
      const stream = methods.streams.get(method)
      if (stream !== undefined) {
        const leaveStream = enter("streams")
        leave()
        try {
          return await writeStream(res, stream(params, gone.signal), result, limits.slowMs)
        } finally {
          leaveStream()
        }
      }
      const answer = methods.answers.get(method)
      if (answer === undefined) throw unknownMethod(method)
      writeJson(res, 200, result(await answer(params, gone.signal)), extensionHeader(req))
    } finally {
      leave()
    }
  }

  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    let id: Id = null
    try {
      await serve(req, res, (told) => (id = told))
    } catch (error) {
      refuse(req, res, error, id)
    }
  }
}

async function writeStream(
  res: ServerResponse,
  events: AsyncIterable<JsonObject>,
  result: (event: JsonObject) => JsonObject,
  slowMs: number,
): Promise<void> {
  res.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    ...extensionHeader(res.req),
  })
  try {
    for await (const event of events) {
      if (res.destroyed) return
      // JSON has no line break outside strings, and writes those within as an escape.
      if (!res.write(`data: ${JSON.stringify(result(event))}\n\n`)) await emptied(res, slowMs)
    }
    res.end()
  } catch {
    // Whoever reads nothing is left: the task can be followed again.
    res.destroy()
  }
}

async function emptied(res: ServerResponse, slowMs: number): Promise<void> {
  if (res.destroyed) return
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), slowMs)
  const closed = () => over.abort()
  res.once("close", closed)
  try {
    await once(res, "drain", { signal: over.signal })
  } finally {
    clearTimeout(timer)
    res.removeListener("close", closed)
  }
}

function refuse(req: IncomingMessage, res: ServerResponse, error: unknown, id: Id): void {
  if (res.headersSent) return void res.destroy()
  const isKnown = error instanceof A2aFailure || isFailure(error)
  const failure = asA2aFailure(
    isKnown ? error : new Failure("internal", "something went wrong inside the agent: try again"),
  )
  // What is wrong with the method stands in the answer; a client looks at the status for anything else.
  const isOfMethod = !isFailure(error) || [400, 404, 409, 415].includes(error.status)
  writeJson(
    res,
    isOfMethod ? 200 : failure.httpStatus,
    { jsonrpc: "2.0", id, error: rpcErrorOf(failure) },
    // What was not read of the request would be taken for the next one.
    req.complete ? {} : { connection: "close" },
  )
}

/** Answers with one JSON text. */
export function writeJson(
  res: ServerResponse,
  status: number,
  value: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (res.destroyed || res.writableEnded) return
  const body = JSON.stringify(value)
  res.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  })
  res.end(body)
}

async function readJson(req: IncomingMessage, mostBytes: number): Promise<JsonValue> {
  if (!jsonType.test(req.headers["content-type"] ?? "") || req.headers["content-encoding"] !== undefined)
    throw new Failure("unsupported_media_type", "send `content-type: application/json`, as it is")
  const chunks: Buffer[] = []
  let size = 0
  // A request without an encoding gives its body as bytes.
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) throw new Failure("too_large", `a message holds at most ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  if (!isUtf8(bytes)) throw new Failure("invalid_json", "the body is not UTF-8")
  return parseStrict(bytes.toString("utf8"))
}

function readCall(value: JsonValue): { id: Id; method: string; params: JsonObject } {
  const id = idIn(value)
  if (!isJsonObject(value) || value["jsonrpc"] !== "2.0" || typeof value["method"] !== "string")
    throw new A2aFailure({
      code: -32600,
      httpStatus: 400,
      status: "INVALID_ARGUMENT",
      message: "this is not a request of JSON-RPC 2.0",
      details: [],
    })
  const { method, params = {} } = value
  if (!isJsonObject(params)) throw new Failure("invalid_input", "`params` is not acceptable: give an object")
  return { id, method, params }
}

function idIn(value: JsonValue): Id {
  const id = isJsonObject(value) ? value["id"] : null
  if (typeof id === "string") return id.length <= mostId ? id : null
  return typeof id === "number" && Number.isSafeInteger(id) ? id : null
}

/** What comes after the second number of a version is no matter; none is 0.3 (A2A 1.0 §3.6.2). */
function checkVersion(req: IncomingMessage): void {
  const said = String(req.headers["a2a-version"] ?? "").trim()
  if (/^1\.0(?:\.\d{1,6})?$/.test(said)) return
  throw a2aFailure(
    "VersionNotSupported",
    `the version \`${said === "" ? "0.3" : said.slice(0, 20)}\` of A2A is not served: send \`A2A-Version: 1.0\``,
  )
}

/** Says which of the extensions that a client names are used. */
function extensionHeader(req: IncomingMessage): Record<string, string> {
  const named = String(req.headers["a2a-extensions"] ?? "").split(",")
  return named.some((each) => each.trim() === delegationExtension)
    ? { "a2a-extensions": delegationExtension }
    : {}
}

function unknownMethod(method: string): A2aFailure {
  return new A2aFailure({
    code: -32601,
    httpStatus: 404,
    status: "UNIMPLEMENTED",
    message: `the method \`${method.slice(0, 100)}\` is not served`,
    details: [],
  })
}
