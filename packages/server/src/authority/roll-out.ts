import { createHash } from "node:crypto"
import { type RollOut, RollOutStage, type StageRules } from "@hufu/core/contract/roll-out"
import { Failure, isFailure } from "@hufu/core/failure"
import { z } from "zod"
import type { Clock } from "../clock.ts"
import { keepRules, keptSources } from "../fence/rules/kept-rules.ts"
import type { RuleSet, RuleSource } from "../fence/rules/load.ts"
import { type Stage, type StagedRules, stageRules } from "../fence/rules/staged-rules.ts"
import type { Store } from "../store/store.ts"
import type { AgentAuthority } from "./agents.ts"
import { type Declare, saidTime } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

const Stored = z.object({
  id: z.literal("rollout"),
  /** Digest of all rules with the draft, and of the draft's own texts, whatever the platform's were then. */
  draft: z.string(),
  own: z.string(),
  stage: RollOutStage,
  agents: z.array(z.string()),
  share: z.int(),
  at: z.int(),
})
type Stored = z.infer<typeof Stored>

export const rollOutKind: RecordKind<Stored> = { kind: "rollout", schema: Stored, at: ({ at }) => at }

/** How a draft of rules comes into force, stage by stage, while the node runs. */
export interface RollOutAuthority {
  readonly staged: StagedRules
  /** The rules without the draft. */
  base(): RuleSet
  /** Where they come from, the places' rules among them. */
  sources(): readonly RuleSource[]
  /**
   * Checks what places say in rules of their own, with everything else. Throws Failure("rule_invalid").
   *
   * @returns brings them into force, at once
   */
  place(placed: readonly RuleSource[]): Promise<() => void>
  /** The draft, however far it is in force. */
  draft(): RuleSet | undefined
  show(): RollOut
  /** Throws, and changes nothing, where the draft is another one than was looked at, or its files are not valid any more. */
  stage(to: StageRules, by: string): Promise<RollOut>
}

export interface RollOutParts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly agents: Pick<AgentAuthority, "records" | "need">
  /** The rules of the configuration, and where they come from. */
  readonly rules: RuleSet
  readonly sources: readonly RuleSource[]
  /** The draft's files as they are at this moment, after everybody's rules; undefined where no draft is configured. */
  readonly drafted: () => readonly RuleSource[] | undefined
  /** For which agents the configuration puts the draft in force, until somebody moves it. */
  readonly configured: readonly string[]
  /** Checks rules and tries what they must never let pass; throws. */
  readonly load: (sources: readonly RuleSource[]) => RuleSet
  /** Stops everything: a draft that was in force cannot be any more. */
  readonly stopAll: (reason: string) => Promise<void>
}

interface Draft {
  readonly rules: RuleSet
  readonly sources: readonly RuleSource[]
  readonly own: string
  readonly from: RollOut["from"]
}

export async function openRollOut(parts: RollOutParts): Promise<RollOutAuthority> {
  const { store, clock, declare, agents, rules, sources, load } = parts
  const records = openRecords(store, rollOutKind)
  let base = rules
  /** What places say, to everybody's rules and to the draft alike. */
  let placed: readonly RuleSource[] = []
  const begun = await begin()
  let draft = begun.draft
  // What it decides, and would have decided, can be decided again.
  if (draft !== undefined) await keepRules(store, draft.rules, draft.sources)
  const staged = stageRules(
    rules,
    { draft: draft?.rules, stage: begun.stage },
    (agent) => agents.records.get(agent)?.name,
  )

  /** What is in force after a start. INVARIANT: rules that were in force are never replaced by others without a word. */
  async function begin(): Promise<{ draft: Draft | undefined; stage: Stage }> {
    const files = parts.drafted()
    const ofFiles = files && draftOf(files, "files")
    const fresh = { draft: ofFiles, stage: configuredStage(ofFiles) }
    const known = records.get("rollout")
    if (known === undefined) return fresh
    if (known.own === ofFiles?.own) return { draft: ofFiles, stage: known }
    if (known.stage === "off" || known.stage === "shadow") return fresh
    if (known.own === ownOf(sources)) {
      // Its files are everybody's rules now.
      await write({ ...known, stage: "off", agents: [], share: 0, at: clock.now() }, known, "node")
      return fresh
    }
    const kept = keptDraft(known)
    if (kept !== undefined) return { draft: kept, stage: known }
    await parts.stopAll("the draft of rules that was in force is not valid any more")
    await write({ ...known, stage: "off", agents: [], share: 0, at: clock.now() }, known, "node")
    return fresh
  }

  function draftOf(of: readonly RuleSource[], from: Draft["from"], also = placed): Draft {
    return { rules: load([...of, ...also]), sources: of, own: ownOf(of), from }
  }

  async function place(given: readonly RuleSource[]): Promise<() => void> {
    const next = given.length === 0 ? rules : load([...sources, ...given])
    const nextDraft = draft && draftOf(draft.sources, draft.from, given)
    // What decides has to be kept before it decides.
    await keepRules(store, next, [...sources, ...given])
    if (nextDraft !== undefined) await keepRules(store, nextDraft.rules, [...nextDraft.sources, ...given])
    return () => {
      ;[base, placed] = [next, given]
      // Where it was moved to another in between, that one is not checked with these: it is made again.
      if (draft !== undefined && nextDraft !== undefined)
        draft = nextDraft.own === draft.own ? nextDraft : draftOf(draft.sources, draft.from)
      staged.move(staged.stage, draft?.rules, base)
    }
  }

  function configuredStage(of: Draft | undefined): Stage {
    const { configured } = parts
    if (of === undefined) return { stage: "off", agents: [], share: 0 }
    return { stage: configured.length > 0 ? "some" : "shadow", agents: configured, share: 0 }
  }

  /** The texts of then, after the platform's and the packs' rules of now. */
  function keptDraft({ draft: digest, own }: Stored): Draft | undefined {
    const texts = keptSources(store, digest).filter(({ layer }) => layer === "user")
    if (ownOf(texts) !== own) return undefined
    try {
      return draftOf([...sources.filter(({ layer }) => layer !== "user"), ...texts], "kept")
    } catch (error) {
      if (isFailure(error, "rule_invalid") || isFailure(error, "rules_self_test_failed")) return undefined
      throw error
    }
  }

  async function write(after: Stored, before: Stored | undefined, by: string): Promise<void> {
    await store.commit((tx) => {
      records.put(tx, after)
      declare(tx, {
        fact: "rules.staged",
        subject: "rules",
        by,
        refs: {
          draft: after.draft,
          own: after.own,
          rules: base.digest,
          stage: after.stage,
          share: percent(after.share),
          at: saidTime(after.at),
          ...(before === undefined
            ? {}
            : {
                draftBefore: before.draft,
                stageBefore: before.stage,
                shareBefore: percent(before.share),
              }),
        },
        content: { agents: after.agents, agentsBefore: before?.agents ?? [] },
      })
    })
    records.set(after)
  }

  function show(): RollOut {
    const { stage, agents: named, share } = staged.stage
    return {
      stage,
      rules: base.digest,
      draft: draft?.rules.digest ?? null,
      from: draft?.from ?? "files",
      agents: [...named],
      share,
      at: records.get("rollout")?.at ?? null,
    }
  }

  /** The draft as its files say it now, where they say anything else. */
  function changedDraft(): Draft | undefined {
    const files = parts.drafted()
    return files === undefined || ownOf(files) === draft?.own ? undefined : draftOf(files, "files")
  }

  async function stage(to: StageRules, by: string): Promise<RollOut> {
    if (draft === undefined && parts.drafted() === undefined)
      throw new Failure(
        "not_found",
        "there is no draft: name its files in `draft` of the configuration first",
      )
    const { agents: named, share } = whoOf(to)
    // Away with it: whatever its files say by now.
    const changed = to.stage === "off" ? undefined : changedDraft()
    if (changed !== undefined && to.stage !== "shadow" && to.stage !== "off")
      throw new Failure(
        "stale",
        "the files of the draft have changed since: let it look on first, with `hufu rules stage shadow`",
      )
    if (to.draft !== draft?.rules.digest && to.draft !== changed?.rules.digest)
      throw new Failure("stale", "this is not the draft that was shown: look at it again before you move it")
    const next = to.stage === "shadow" ? (changed ?? draft) : draft
    if (next === undefined)
      throw new Failure("stale", "this is not the draft that was shown: look at it again before you move it")
    // What decides has to be kept before it decides.
    await keepRules(store, next.rules, [...next.sources, ...placed])
    const before = draft && storedOf(draft, staged.stage, records.get("rollout")?.at ?? 0)
    const after = storedOf(next, { stage: to.stage, agents: named, share }, clock.now())
    await write(after, before, by)
    // Either way may widen for somebody, so it comes after the commit.
    draft = next
    staged.move(after, next.rules)
    return show()
  }

  function whoOf({ stage: to, agents: refs, share }: StageRules) {
    if (to !== "some" && (refs.length > 0 || share > 0))
      throw new Failure("invalid_input", "agents and a share of the tasks go with `some`")
    if (to === "some" && refs.length === 0 && share === 0)
      throw new Failure("invalid_input", "say for which agents, or for how many of a hundred tasks")
    return { agents: [...new Set(refs.map((ref) => agents.need(ref).id))], share }
  }

  return {
    staged,
    base: () => base,
    sources: () => [...sources, ...placed],
    place,
    draft: () => draft?.rules,
    show,
    stage,
  }
}

function storedOf({ rules, own }: Draft, { stage, agents, share }: Stage, at: number): Stored {
  return { id: "rollout", draft: rules.digest, own, stage, agents: [...agents], share, at }
}

/** The same for the same texts, whatever the files are called. */
function ownOf(sources: readonly RuleSource[]): string {
  const texts = sources.flatMap(({ layer, text }) => (layer === "user" ? [text] : []))
  return createHash("sha256")
    .update(JSON.stringify(["hufu-draft-1", texts]))
    .digest("hex")
}

function percent(share: number): string {
  return `percent-${share}`
}
