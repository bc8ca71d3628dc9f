import type { JsonObject } from "@hufu/core/json/json-value"
import type { ToolSignal } from "@hufu/core/profile/tool-signal"
import { type DefinitionSignals, definitionSignals } from "./definition-signals.ts"

/** A tool as its server offers it now. */
export interface OfferedTool {
  readonly server: string
  readonly tool: string
  readonly definition: JsonObject
  readonly digest: string
}

/** What is noticed about tools, each by itself and among those of other servers. */
export interface ToolSignals {
  offered(tool: OfferedTool): void
  of(tool: OfferedTool): readonly ToolSignal[]
}

/**
 * @param programOf what a live server runs or reaches: one program that is registered twice is no stranger to itself.
 * Nothing for a server that is not in service, whose tools count no more.
 */
export function openToolSignals(programOf: (server: string) => string | undefined): ToolSignals {
  /** By how a name looks: which servers have it, spelled how, with the digest of its definition. */
  const byLook = new Map<string, Map<string, Map<string, string>>>()
  const byDigest = new Map<string, DefinitionSignals>()

  function others(server: string, look: string, digest = ""): readonly string[] {
    const found = byLook.get(look)
    if (!found || (found.size === 1 && found.has(server))) return []
    const program = programOf(server)
    return [...found].flatMap(([other, names]) => {
      const theirs = other === server ? undefined : programOf(other)
      if (theirs === undefined || theirs === program) return []
      // What is defined word by word alike is the same software, started in another way; a mandate names its server.
      return [...names].flatMap(([name, known]) => (known === digest ? [] : [name]))
    })
  }

  function own({ definition, digest }: OfferedTool): DefinitionSignals {
    const known = byDigest.get(digest)
    if (known) return known
    const made = definitionSignals(definition)
    if (byDigest.size >= mostKept) byDigest.clear()
    byDigest.set(digest, made)
    return made
  }

  return {
    offered({ server, tool, digest }) {
      const look = lookOf(tool)
      const servers = byLook.get(look) ?? new Map<string, Map<string, string>>()
      byLook.set(
        look,
        servers.set(server, (servers.get(server) ?? new Map<string, string>()).set(tool, digest)),
      )
    },
    of(offered) {
      const { server, tool, digest } = offered
      const { signals, names } = own(offered)
      const alike = others(server, lookOf(tool), digest)
      const speaksOf = [...names].some((name) => {
        const look = lookOf(name)
        return byLook.get(look)?.has(server) !== true && others(server, look).includes(name)
      })
      return [
        ...signals,
        ...(speaksOf ? (["other_tool"] as const) : []),
        ...(alike.includes(tool) ? (["same_name"] as const) : []),
        ...(alike.some((name) => name !== tool) ? (["look_alike"] as const) : []),
      ]
    },
  }
}

const mostKept = 10_000

/** How a name looks to somebody who reads it fast. Only these letters can stand in one: any other tool is never pinned. */
function lookOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[._-]/g, "")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replaceAll("0", "o")
    .replaceAll(/[1i|]/g, "l")
    .replaceAll("5", "s")
}
