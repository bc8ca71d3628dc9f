import { fromHex } from "../evidence/hex.ts"
import { sha256 } from "../evidence/sha256.ts"

/**
 * Tells Hufu's identifiers from those of others that are made of the same keys (RFC 7343 section 2). It was drawn at random once and
 * never changes.
 */
const contextId = fromHex("f50d58c4e515a8c623f6e21368b911b8")
/** Which hash: SHA-256, the one that this context knows. */
const hashIndex = 1

/**
 * The ORCHIDv2 of a key (RFC 7343): 2001:20::/28, four bits for the hash, and 96 bits out of the middle of the hash of context and key. It
 * looks like an IPv6 address, is never one on a wire, and whoever has the key can tell that it belongs to it.
 *
 * @param publicKey the key's bytes as its JWK's thumbprint input (RFC 7638)
 */
export function orchidOf(publicKey: Uint8Array): string {
  const input = new Uint8Array(contextId.length + publicKey.length)
  input.set(contextId)
  input.set(publicKey, contextId.length)
  const hash = sha256(input)
  // Encode_96: the middle of 256 bits begins at bit 80.
  const middle = hash.subarray(10, 22)
  const bytes = Uint8Array.of(0x20, 0x01, 0x00, 0x20 | hashIndex, ...middle)
  return addressOf(bytes)
}

/** An IPv6 address in its canonical text (RFC 5952). */
function addressOf(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0))
  const text = groups.map((group) => group.toString(16))
  const zeros = longestZeros(groups)
  if (zeros.length < 2) return text.join(":")
  return `${text.slice(0, zeros.start).join(":")}::${text.slice(zeros.start + zeros.length).join(":")}`
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0
    while (groups[start + length] === 0) length += 1
    if (length > best.length) best = { start, length }
  }
  return best
}
