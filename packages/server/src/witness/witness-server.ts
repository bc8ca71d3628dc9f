import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { MAX_WITNESS_REQUEST_BYTES } from "@hufu/core/evidence/witness-request"
import { Failure } from "@hufu/core/failure"
import { hostInUrl, listenDual } from "../http/listen-dual.ts"
import { lockDataFolder } from "../store/lock.ts"
import { codeOf } from "../store/secret-file.ts"
import { addCheckpoint, type WitnessParts } from "./add-checkpoint.ts"
import { prepareWitnessFolder } from "./witness-folder.ts"
import { openWitnessKeys, type WitnessKeyOptions } from "./witness-keys.ts"
import { openWitnessState } from "./witness-state.ts"

export interface WitnessOptions extends WitnessKeyOptions {
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly now?: () => number
  readonly onError: (error: unknown) => void
}

export interface RunningWitness {
  readonly url: string
  readonly vkeys: readonly string[]
  close(): Promise<void>
}

const plainText = "text/plain; charset=utf-8"

/** Runs a witness: `POST /add-checkpoint`, and what it cosigned last under `GET /HEX/checkpoint` (C2SP tlog-witness). */
export async function startWitness(options: WitnessOptions): Promise<RunningWitness> {
  const folder = prepareWitnessFolder(options.folder)
  const lock = lockDataFolder(folder)
  const closing: (() => void)[] = [() => lock.release()]
  try {
    const state = openWitnessState(folder)
    closing.push(() => state.close())
    const keys = openWitnessKeys(folder, state, options)
    const parts = { state, keys, now: options.now ?? Date.now }
    const server = createServer({ maxHeaderSize: 8 * 1024, requestTimeout: 10_000, headersTimeout: 5_000 })
    server.maxConnections = 256
    server.on("request", (request, response) => {
      answer(request, response, parts).catch((error: unknown) => {
        options.onError(error)
        send(response, { status: 500, type: plainText, body: "something went wrong in the witness\n" })
      })
    })
    const bound = await listenDual(server, options, refusal)
    return {
      url: `http://${hostInUrl(bound.host)}:${bound.port}`,
      vkeys: keys.vkeys,
      close: () =>
        new Promise((resolve) => {
          bound.close()
          server.close(() => {
            for (const end of closing.splice(0).toReversed()) end()
            resolve()
          })
          server.closeAllConnections()
        }),
    }
  } catch (error) {
    for (const end of closing.toReversed()) end()
    throw error
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: WitnessParts) {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/"
  if (path === "/add-checkpoint") {
    if (request.method !== "POST") return refuse(response, 405, "send a checkpoint with POST")
    const text = await readBody(request)
    if (text === null) return refuse(response, 413, "the request is too large, or no UTF-8")
    return send(response, await addCheckpoint(text, parts))
  }
  const digest = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1]
  if (digest === undefined) return refuse(response, 404, "there is nothing here")
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "only to be read")
  const note = parts.state.logOfDigest(digest)?.latest?.note
  if (note === undefined) return refuse(response, 404, "nothing of such a log was cosigned")
  return send(response, { status: 200, type: plainText, body: note })
}

/** The body as text; null when it is too long or no UTF-8. UNTRUSTED; its time is bounded by the server. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_WITNESS_REQUEST_BYTES) return null
    chunks.push(chunk)
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    return null
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  send(response, { status, type: plainText, body: `${why}\n` })
}

function send(
  response: ServerResponse,
  { status, type, body }: { status: number; type: string; body: string },
) {
  if (response.headersSent) return response.destroy()
  const headers = { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" }
  // What was not read of a request that is too large is not waited for.
  response.writeHead(status, status === 413 ? { ...headers, connection: "close" } : headers).end(body)
  return undefined
}

function refusal(cause: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Failure {
  return new Failure(
    "port_in_use",
    codeOf(cause) === "EADDRINUSE"
      ? `port ${port} is in use: choose another with --port`
      : `cannot listen on \`${host}\`: choose an address of this machine with --host`,
    { cause },
  )
}
