/** Parses JSON with integers beyond 2^53 as bigints, which `JSON.parse` alone would round. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown)
}

// The cast above: TypeScript's declaration of a reviver does not have its third parameter (ECMAScript 2026) yet.
function exact(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}
