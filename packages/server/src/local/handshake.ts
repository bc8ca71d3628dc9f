import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import type { Duplex } from "node:stream"
import { Failure } from "@hufu/core/failure"
import { z } from "zod"

/**
 * Guard and node prove to each other that they can read the same key, which only this operating-system user can, before either
 * says anything else: a squatter on the socket's place learns nothing and cannot answer.
 */
export const Mode = z.enum(["http", "guard"])
export type Mode = z.infer<typeof Mode>

const Nonce = z.string().regex(/^[0-9a-f]{64}$/)
const Hello = z.strictObject({ hufu: z.literal(1), nonce: Nonce, mode: Mode })
const Challenge = z.strictObject({ nonce: Nonce, proof: Nonce })
const Answer = z.strictObject({ proof: Nonce, details: z.record(z.string(), z.json()) })
const Welcome = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), code: z.string().max(80), detail: z.string().max(2000) }),
])

const maxLineBytes = 256 * 1024
const patienceMs = 5000

export interface Greeted {
  readonly mode: Mode
  /** What the client says of itself, now that it has proved who it is; still to be validated. */
  readonly details: Readonly<Record<string, unknown>>
  /** Ends the handshake: with nothing the client is welcome, with a failure it is told and the connection closed. */
  reply(refusal?: Failure): void
}

/** The node's side. Rejects, and the caller destroys the connection, when the other does not prove the key in time. */
export async function greet(stream: Duplex, key: Uint8Array): Promise<Greeted> {
  const lines = lineReader(stream)
  try {
    const hello = Hello.parse(JSON.parse(await lines.next()))
    const nonce = randomBytes(32).toString("hex")
    send(stream, { nonce, proof: proofOf(key, "node", [hello.nonce, nonce, hello.mode]) })
    const answer = Answer.parse(JSON.parse(await lines.next()))
    if (!same(answer.proof, proofOf(key, "client", [nonce, hello.nonce, hello.mode])))
      throw new Error("wrong proof")
    return {
      mode: hello.mode,
      details: answer.details,
      reply(refusal) {
        if (!refusal) return send(stream, { ok: true })
        const told = { ok: false, code: refusal.code, detail: refusal.message.slice(0, 2000) }
        // Read on to notice that the other side has closed.
        stream.resume().end(`${JSON.stringify(told)}\n`)
      },
    }
  } catch (cause) {
    throw new Failure(
      "unauthenticated",
      "the other side of the local socket did not prove that it is this user's Hufu",
      { cause },
    )
  } finally {
    lines.end()
  }
}

/** The client's side: throws Failure("unauthenticated") when the node cannot prove itself, or with the node's own refusal. */
export async function introduce(
  stream: Duplex,
  key: Uint8Array,
  mode: Mode,
  details: Record<string, unknown> = {},
): Promise<void> {
  if (Buffer.byteLength(JSON.stringify(details)) > maxLineBytes - 1024)
    throw new Failure("too_large", "the command, its variables or its headers are too long: shorten them")
  const lines = lineReader(stream)
  try {
    const nonce = randomBytes(32).toString("hex")
    send(stream, { hufu: 1, nonce, mode })
    const challenge = Challenge.parse(JSON.parse(await lines.next()))
    if (!same(challenge.proof, proofOf(key, "node", [nonce, challenge.nonce, mode])))
      throw new Error("wrong proof")
    send(stream, { proof: proofOf(key, "client", [challenge.nonce, nonce, mode]), details })
    const welcome = Welcome.parse(JSON.parse(await lines.next()))
    if (!welcome.ok) throw new Failure("forbidden", welcome.detail, { extra: { reason: welcome.code } })
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    if (cause instanceof Silence)
      throw new Failure(
        "node_unavailable",
        "the Hufu node did not answer on its local socket: it may just be starting or ending, try again",
        { cause },
      )
    throw new Failure(
      "unauthenticated",
      "what answers on the local socket is not this user's Hufu node: look who listens there before you go on",
      { cause },
    )
  } finally {
    lines.end()
  }
}

/** The other side said nothing more: that alone does not make it somebody else. */
class Silence extends Error {}

function proofOf(key: Uint8Array, side: "node" | "client", parts: readonly string[]): string {
  return createHmac("sha256", key)
    .update(["hufu-local/1", side, ...parts].join("\0"))
    .digest("hex")
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, "hex"), Buffer.from(b, "hex"))
}

function send(stream: Duplex, message: unknown): void {
  stream.write(`${JSON.stringify(message)}\n`)
}

/** Reads single lines and gives back to the stream whatever follows the last one. UNTRUSTED until the proof: bounded in size and time. */
function lineReader(stream: Duplex) {
  let buffer = Buffer.alloc(0)
  let waiting: { resolve(line: string): void; reject(error: Error): void } | undefined
  let ended: Error | undefined
  const timer = setTimeout(() => fail(new Silence("the handshake took too long")), patienceMs)

  function fail(error: Error) {
    ended ??= error
    waiting?.reject(ended)
    waiting = undefined
  }
  function take() {
    const at = buffer.indexOf(0x0a)
    if (at < 0)
      return buffer.length > maxLineBytes ? fail(new Error("the handshake line is too long")) : undefined
    if (!waiting) return undefined
    const line = buffer.subarray(0, at).toString("utf8")
    buffer = buffer.subarray(at + 1)
    const waited = waiting
    waiting = undefined
    return waited.resolve(line)
  }
  const onData = (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    take()
  }
  const onEnd = () => fail(new Silence("the connection ended"))
  stream.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", fail)

  return {
    next: () =>
      new Promise<string>((resolve, reject) => {
        if (ended) return reject(ended)
        waiting = { resolve, reject }
        return take()
      }),
    end() {
      clearTimeout(timer)
      stream.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", fail)
      // An error after the handshake belongs to whoever has the stream then; without a listener it would end the process.
      stream.on("error", () => {})
      stream.pause()
      if (buffer.length > 0) stream.unshift(buffer)
      buffer = Buffer.alloc(0)
    },
  }
}
