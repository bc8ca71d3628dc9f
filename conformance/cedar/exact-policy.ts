import * as cedar from "@cedar-policy/cedar-wasm/nodejs"

/**
 * Cedar's JSON of a policy with integers beyond 2^53 as bigints. The parser's output rounds them, so each is
 * replaced by a small stand-in that the text does not hold, and put back afterwards.
 */
export function exactPolicy(text: string): unknown {
  const originals = new Map<number, bigint>()
  const small = text.replaceAll(/"(?:[^"\\]|\\[^])*"|\/\/[^\n\r]*|\w+/g, (token) => {
    if (!/^\d{16,}$/.test(token)) return token
    const standIn = freeNumber(text, originals)
    originals.set(standIn, BigInt(token))
    return String(standIn)
  })
  const parsed = cedar.policyToJson(small)
  if (parsed.type === "failure") throw new Error(`the corpus holds a policy that does not parse: ${text}`)
  return putBack(parsed.json, originals)
}

function freeNumber(text: string, taken: ReadonlyMap<number, bigint>): number {
  let candidate = 900_000_000_000_001
  while (taken.has(candidate) || text.includes(String(candidate))) candidate += 1
  return candidate
}

function putBack(json: unknown, originals: ReadonlyMap<number, bigint>): unknown {
  if (typeof json === "number") {
    const original = originals.get(Math.abs(json))
    if (original === undefined) return json
    const exact = json < 0 ? -original : original
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact
  }
  if (Array.isArray(json)) return json.map((part: unknown) => putBack(part, originals))
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([name, part]) => [name, putBack(part, originals)]))
}
