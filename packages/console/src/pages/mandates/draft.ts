import { type Grant, MandateDraft, ToolPattern } from "@hufu/core/mandate/mandate"
import { listOf } from "./limit-text.ts"

export const dayMs = 86_400_000

/** One thing that may happen, to begin with: nothing yet. */
export const emptyGrant: Grant = { effects: [], tools: [], limits: [], mode: "auto", needs: "reviewed" }

export function emptyDraft(now: number, task: string | null): MandateDraft {
  return {
    task,
    words: "",
    grants: [emptyGrant],
    never: [],
    userOnly: [],
    otherwise: "ask",
    until: now + 7 * dayMs,
  }
}

/** A draft that can be sent, or where it is not complete yet. */
export function checkDraft(
  draft: MandateDraft,
):
  | { readonly ok: true; readonly draft: MandateDraft }
  | { readonly ok: false; readonly places: readonly string[] } {
  const parsed = MandateDraft.safeParse(draft)
  if (parsed.success) return { ok: true, draft: parsed.data }
  return { ok: false, places: [...new Set(parsed.error.issues.map(({ path }) => path.join(".")))] }
}

/** The tools of a typed list, and whether each can be one. */
export function readTools(text: string): { readonly tools: string[]; readonly isGood: boolean } {
  const tools = listOf(text)
  return { tools, isGood: tools.every((tool) => ToolPattern.safeParse(tool).success) }
}

/** The same thing without this member, or with it. */
export function withCount(budget: Grant["budget"], count: number | undefined): Grant["budget"] {
  const { count: _count, ...rest } = budget ?? {}
  const next = count === undefined ? rest : { ...rest, count }
  return Object.keys(next).length === 0 ? undefined : next
}
