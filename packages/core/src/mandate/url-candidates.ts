import type { Condition } from "./find-value.ts"
import { type HostEntry, readHostEntry } from "./host-entry.ts"

/** One URL of every scheme, host and port that the host limits tell apart and that one of them could name. */
export function* urlCandidates(conditions: readonly Condition[]): Generator<string> {
  const entries = conditions.flatMap(({ limit }) =>
    limit.kind === "host" ? limit.hosts.flatMap((host) => readHostEntry(host) ?? []) : [],
  )
  const names = new Set(
    entries.map((entry) => (entry.wildcard ? freshBelow(entry.name, entries) : entry.name)),
  )
  const ports = new Set(["", ...entries.flatMap(({ port }) => (port === undefined ? [] : [`:${port}`]))])
  for (const name of names)
    for (const port of ports) for (const scheme of ["https", "http"]) yield `${scheme}://${name}${port}/`
}

/** A name below another that no entry names more narrowly. */
function freshBelow(name: string, entries: readonly HostEntry[]): string {
  let label = "w"
  const isTaken = () =>
    entries.some((entry) => entry.name === `${label}.${name}` || entry.name.endsWith(`.${label}.${name}`))
  while (isTaken()) label += "w"
  return `${label}.${name}`
}
