import type { Operation } from "@hufu/core/contract/operation"
import type { Sent } from "./transport.ts"

/** Puts an input into its place: path, then query (GET, DELETE) or body. */
export function buildRequest(
  { method, path }: Pick<Operation, "method" | "path">,
  input: Readonly<Record<string, unknown>>,
): Pick<Sent, "method" | "path" | "body"> {
  const inPath = new Set<string>()
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    inPath.add(name)
    return encodeURIComponent(String(input[name]))
  })
  const rest = Object.entries(input).filter(([name, value]) => !inPath.has(name) && value !== undefined)
  if (method !== "GET" && method !== "DELETE")
    return { method, path: filled, body: JSON.stringify(Object.fromEntries(rest)) }
  const query = new URLSearchParams(
    rest.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return { method, path: query === "" ? filled : `${filled}?${query}` }
}
