import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { Limit, Scalar } from "@hufu/core/mandate/limit"
import { MandateDraft } from "@hufu/core/mandate/mandate"
import type { ToolProfile } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"

export interface StandingOf {
  readonly server: string
  readonly tool: string
  readonly effect: Effect
  readonly arguments: JsonObject
  readonly profile: ToolProfile
  readonly task: string | null
  readonly until: number
  readonly words: string
}

/**
 * The narrow mandate that "approve for this task" or "until" adds: the same tool, the same effect, and every argument as it was shown,
 * except what a profile that somebody vouches for calls content. INVARIANT: never wider than what the person saw.
 * Undefined where that cannot be said exactly: then only "once" is offered.
 */
export function standingGrant(of: StandingOf): MandateDraft | undefined {
  const content = new Set(
    of.profile.source === "automatic" && !of.profile.confirmed
      ? []
      : of.profile.roles.filter(({ role }) => role === "content").map(({ argument }) => argument),
  )
  const limits: Limit[] = []
  // A tool may call itself `*`, which in a mandate names every tool.
  if (of.tool === "*") return undefined
  if (!collect(of.arguments, "", content, limits) || limits.length > 32) return undefined
  const draft: MandateDraft = {
    task: of.task,
    words: of.words,
    never: [],
    userOnly: [],
    otherwise: "ask",
    until: of.until,
    grants: [
      { effects: [of.effect], tools: [`${of.server}/${of.tool}`], limits, closed: true, mode: "auto" },
    ],
  }
  // UNTRUSTED: the agent chose the tool's name and the arguments; not everything that it can call can be named in a mandate.
  return MandateDraft.safeParse(draft).data
}

/** One equal limit for every leaf; false when a leaf cannot be named exactly. */
function collect(value: JsonObject, at: string, content: ReadonlySet<string>, limits: Limit[]): boolean {
  for (const [key, member] of Object.entries(value)) {
    const pointer = `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`
    if (key === "-" || key === "" || pointer.length > 256) return false
    if (content.has(pointer)) limits.push({ argument: pointer, kind: "pattern", pattern: "(.|\\n)*" })
    else if (isScalar(member)) limits.push({ argument: pointer, kind: "equal", value: member })
    else return false
  }
  return true
}

function isScalar(value: JsonValue): value is Scalar {
  return (
    value === null ||
    typeof value === "number" ||
    typeof value === "boolean" ||
    (typeof value === "string" && value.length <= 1024)
  )
}
