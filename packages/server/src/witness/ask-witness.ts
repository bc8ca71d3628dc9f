import { MAX_NOTE_BYTES } from "@hufu/core/evidence/signed-note"
import { originDigest } from "./origin-digest.ts"

/** What came back of a request to a witness; `null` when nothing came within the time, or too much. */
export interface WitnessReply {
  readonly status: number
  readonly body: string
}

/** How long and how large an answer may be, and who may end the wait for it. */
export interface Limits {
  readonly withinMs: number
  readonly signal?: AbortSignal
  readonly maxBytes?: number
}

/** Asks a witness to cosign. UNTRUSTED answer. */
export function askToCosign(url: string, body: string, limits: Limits): Promise<WitnessReply | null> {
  return bounded(placeUnder(url, "add-checkpoint"), { method: "POST", body }, limits)
}

/** Asks a witness what it cosigned last of a log. UNTRUSTED answer. */
export function askLatest(url: string, origin: string, limits: Limits): Promise<WitnessReply | null> {
  return bounded(placeUnder(url, `${originDigest(origin)}/checkpoint`), { method: "GET" }, limits)
}

/** A bounded request that follows no redirect: nobody is asked but who was configured. */
export async function bounded(
  url: string,
  init: { method: string; body?: string },
  { withinMs, signal, maxBytes = MAX_NOTE_BYTES }: Limits,
): Promise<WitnessReply | null> {
  try {
    const timeout = AbortSignal.timeout(withinMs)
    const ends = signal ? AbortSignal.any([timeout, signal]) : timeout
    const response = await fetch(url, { ...init, redirect: "error", signal: ends })
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > maxBytes) return null
      chunks.push(chunk)
    }
    const body = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
    return { status: response.status, body }
  } catch {
    return null
  }
}

function placeUnder(url: string, path: string): string {
  return `${url.replace(/\/+$/, "")}/${path}`
}
