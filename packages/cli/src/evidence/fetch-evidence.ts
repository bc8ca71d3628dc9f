import { Failure } from "@hufu/core/failure"
import { UsageError } from "../arguments/usage-error.ts"

const maxMs = 30_000

/**
 * Fetches evidence from an address that the user named. UNTRUSTED answer: bounded in size and time, and never from another place than
 * the one that was named.
 */
export async function fetchEvidence(address: string, maxBytes: number): Promise<Uint8Array> {
  const url = URL.parse(address)
  const isPlain = url !== null && ["http:", "https:"].includes(url.protocol)
  if (!isPlain || url.username !== "" || url.password !== "")
    throw new UsageError("only http and https addresses without credentials are fetched: name one, or a file")
  const shown = `${url.origin}${url.pathname}`
  const refuse = (why: string) => new Failure("upstream_unavailable", `\`${shown}\` ${why}`)
  try {
    const { status, ok, body } = await fetch(url, {
      redirect: "manual",
      headers: { accept: "application/json, application/cose;q=0.9, */*;q=0.1" },
      signal: AbortSignal.timeout(maxMs),
    })
    if (ok && body !== null) return await collect(body, maxBytes)
    await body?.cancel()
    if (status >= 300 && status < 400) throw refuse("leads elsewhere: name the address that it leads to")
    if (status === 401)
      throw new Failure(
        "unauthenticated",
        `\`${shown}\` is not public: ask its operator for the file, or save it with \`hufu log entry\` where the log is`,
      )
    throw refuse(`answers with ${status}: look at the address`)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure(
      "upstream_unavailable",
      `\`${shown}\` cannot be fetched within ${maxMs / 1000} seconds: is it right, and reachable?`,
      { cause },
    )
  }
}

async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxBytes)
      throw new Failure("too_large", "the answer is too large to be evidence: save it, and give the file")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
