import { createHash } from "node:crypto"
import { z } from "zod"
import type { HoldProposal, HoldRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonObject } from "@hufu/core/json/json-value"
import { sayGrant } from "@hufu/core/mandate/say"
import type { Mandate, MandateDraft } from "@hufu/core/mandate/mandate"
import type { Language } from "@hufu/core/words"
import type { HeldContent, Hold } from "../authority/holds.ts"
import { requireDecision } from "../authority/person-proof.ts"
import { proposedGrant } from "../authority/proposed-grant.ts"
import { standingGrant, type StandingOf } from "../authority/standing-grant.ts"
import { widerPass } from "../authority/wider-pass.ts"
import { assess } from "../gateway/assess.ts"
import { noticedIn } from "./noticed-in.ts"
import { actorOf, type OperationContext } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

const dayMs = 86_400_000
const longestStandingMs = 365 * dayMs
/** How far back an approval makes Hufu propose a grant, and how many it looks into. */
const proposedFromMs = 30 * dayMs
const mostExamples = 32

/** Actions that wait for a person, and what the person decides. */
export function holdOperations(parts: OperationParts) {
  const { holds, agents, tasks, mandates, clock } = parts
  const wider = widerPass(parts)

  function shown(hold: Hold, earlier = approvedEarlier()): HoldRecord {
    const content = holds.content(hold)
    const until = hold.createdAt + dayMs
    const draft = content && standingFor(hold, content.arguments, null, until)
    const proposal =
      hold.state === "waiting" && content && proposalFor(hold, { args: content.arguments, until, earlier })
    const {
      id,
      action,
      agent,
      task,
      principal,
      server,
      tool,
      effect,
      mode,
      digest,
      state,
      createdAt,
      expiresAt,
      decidedAt,
    } = hold
    return {
      id,
      action,
      agent,
      agentName: agents.records.get(agent)?.name ?? "unknown",
      task,
      principal,
      server,
      tool,
      effect,
      mode,
      digest,
      state,
      createdAt,
      expiresAt,
      decidedAt,
      arguments: content?.arguments ?? null,
      targets: content?.targets ?? [],
      reasons: content?.reasons ?? [],
      traced: content?.traced ?? [],
      noticed: noticedIn(content?.facts),
      places: content?.places ?? [],
      passing: content?.passing ? { ...content.passing, made: wider.madeBy(hold) } : null,
      standing: draft ? { en: sayAdded(draft, "en"), zh: sayAdded(draft, "zh") } : null,
      proposal: proposal ? proposal.shown : null,
    }
  }

  /** Arguments that were approved earlier, read once for all that wait for the same. */
  function approvedEarlier(): (hold: Hold) => readonly JsonObject[] {
    const read = new Map<string, readonly JsonObject[]>()
    return (hold) => {
      const of = JSON.stringify([hold.agent, hold.principal, hold.server, hold.tool, hold.effect])
      const known = read.get(of)
      if (known) return known
      const earlier = holds.approvedOnce(hold, clock.now() - proposedFromMs).slice(0, mostExamples)
      const approved = earlier.flatMap((each) => {
        const content = holds.content(each)
        return content ? [content.arguments] : []
      })
      read.set(of, approved)
      return approved
    }
  }

  function proposalFor(
    hold: Hold,
    {
      args,
      until,
      earlier,
    }: { args: JsonObject; until: number; earlier: ReturnType<typeof approvedEarlier> },
  ): { readonly draft: MandateDraft; readonly shown: HoldProposal } | undefined {
    if (hold.mode === "user-only") return undefined
    const found = proposedGrant(standingOf(hold, args, null, until), earlier(hold))
    if (found === undefined) return undefined
    const { draft, times } = found
    const digest = createHash("sha256")
      .update(canonicalize(z.json().parse(draft.grants)))
      .digest("hex")
    return { draft, shown: { times, en: sayAdded(draft, "en"), zh: sayAdded(draft, "zh"), digest } }
  }

  function standingFor(
    hold: Hold,
    args: JsonObject,
    task: string | null,
    until: number,
  ): MandateDraft | undefined {
    return hold.mode === "user-only" ? undefined : standingGrant(standingOf(hold, args, task, until))
  }

  function standingOf(hold: Hold, args: JsonObject, task: string | null, until: number): StandingOf {
    const { profile } = parts.tools.find(hold.server, hold.tool)
    const words = task === null ? "" : (tasks.records.get(task)?.words ?? "")
    const { server, tool, effect } = hold
    return { server, tool, effect, arguments: args, profile, task, until, words }
  }

  /** What would be performed, and its digest, which the approval is bound to. */
  function examine(hold: Hold, args: JsonObject): string {
    const task = tasks.records.get(hold.task)
    if (!task)
      throw new Failure("hold_decided", "the task of this action has ended: it cannot be approved any more")
    const caller = {
      agent: hold.agent,
      version: hold.version,
      principal: hold.principal,
      door: "api" as const,
    }
    const seen = assess(parts.assess, {
      caller,
      task,
      server: hold.server,
      tool: hold.tool,
      arguments: args,
      ...(hold.presented === undefined ? {} : { presented: hold.presented }),
      lifted: true,
    })
    if (seen.verdict.verdict !== "allow")
      throw new Failure("forbidden", "a rule denies this action whoever approves it: `hufu why` says which", {
        extra: { rules: [...seen.verdict.rules] },
      })
    return seen.digest
  }

  function digestNow(hold: Hold, args: JsonObject, content: HeldContent | undefined): string {
    if (hold.passes === undefined || content === undefined) return examine(hold, args)
    if (args !== content.arguments)
      throw new Failure(
        "invalid_input",
        "what is passed on is approved as it is: refuse it, and say what you would approve",
      )
    return wider.digestOf(hold, content)
  }

  async function approve(
    input: Parameters<Operations["hold.approve"]>[0],
    context: OperationContext,
  ): Promise<HoldRecord> {
    const hold = need(input.hold)
    const content = holds.content(hold)
    if (hold.state === "waiting" && !content)
      throw new Failure("erased", "what this action would do was erased: it cannot be approved any more")
    if (hold.digest !== input.digest)
      throw new Failure("stale", "this is not the action that was shown: look at it again before you approve")
    requireDecision(context.session, input, { mode: hold.mode, clock })
    if (hold.mode === "user-only" && input.for !== "once")
      throw new Failure("invalid_input", "only you decide this one, each time: approve it once")
    const args: JsonObject = input.arguments ?? content?.arguments ?? {}
    const digest = hold.state === "waiting" ? digestNow(hold, args, content) : hold.digest
    if (!input.arguments && hold.state === "waiting" && digest !== hold.digest)
      throw new Failure(
        "stale",
        "the tool's definition or the agent changed since this was asked: the agent has to ask again",
      )
    if (input.proposed !== undefined && (input.for !== "until" || input.arguments !== undefined))
      throw new Failure("invalid_input", "what was proposed goes with `until` and the arguments as they are")
    const standing = input.for === "once" ? undefined : standingMandate(hold, args, input)
    const by = actorOf(context)
    let settle = () => {}
    const decided = await holds.decide(
      hold,
      {
        decision: input.arguments ? "edited" : input.for,
        by,
        ...(standing ? { until: standing.until } : {}),
        ...(input.arguments ? { edited: { digest, arguments: args } } : {}),
      },
      (tx) => {
        if (standing) settle = mandates.stage(tx, standing, by, { hold: hold.id }).settle
      },
    )
    settle()
    return shown(decided)
  }

  function standingMandate(
    hold: Hold,
    args: JsonObject,
    input: Parameters<Operations["hold.approve"]>[0],
  ): Mandate {
    const now = clock.now()
    if (
      input.for === "until" &&
      (input.until === undefined || input.until <= now || input.until > now + longestStandingMs)
    )
      throw new Failure("invalid_input", "`until` has to be a time to come, within a year")
    const until = input.for === "until" ? (input.until ?? now) : now + 30 * dayMs
    const draft =
      input.proposed === undefined
        ? standingFor(hold, args, input.for === "task" ? hold.task : null, until)
        : proposedFor(hold, args, until, input)
    if (!draft)
      throw new Failure(
        "invalid_input",
        "these arguments cannot be put into a mandate exactly: approve this one once",
      )
    return mandates.build(draft, { agent: hold.agent, principal: hold.principal })
  }

  function proposedFor(
    hold: Hold,
    args: JsonObject,
    until: number,
    input: Parameters<Operations["hold.approve"]>[0],
  ): MandateDraft {
    const proposal = proposalFor(hold, { args, until, earlier: approvedEarlier() })
    if (proposal === undefined || proposal.shown.digest !== input.proposed)
      throw new Failure("stale", "this is not what was proposed: look at it again before you approve")
    return proposal.draft
  }

  function need(id: string): Hold {
    const hold = holds.find(id)
    if (!hold)
      throw new Failure("not_found", `there is no held action \`${id}\`: \`hufu approvals\` shows what waits`)
    return hold
  }

  return {
    "hold.list": async ({ state, limit }) => {
      const earlier = approvedEarlier()
      return { items: holds.list(state, limit).map((hold) => shown(hold, earlier)) }
    },
    "hold.show": async ({ hold }) => shown(need(hold)),
    "hold.approve": approve,
    "hold.refuse": async ({ hold, reason }, context) =>
      shown(await holds.decide(need(hold), { decision: "refused", by: actorOf(context), refusal: reason })),
  } satisfies Partial<Operations>
}

/** What an approval for longer adds; the person chooses until when beside it. */
function sayAdded({ grants }: MandateDraft, language: Language): string {
  return grants.map((grant) => sayGrant(grant, undefined, language)).join(" ")
}
