import type { TaskRecord } from "@hufu/core/contract/records"
import type { IntentEntry } from "@hufu/core/evidence/entry"
import { Failure, isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { z } from "zod"
import { redactValue } from "../fence/content/redact-value.ts"
import { nothingReserved, type Reservation } from "../authority/budgets.ts"
import type { CredentialAuthority } from "../authority/credentials.ts"
import type { HeldContent, Hold, HoldAuthority } from "../authority/holds.ts"
import type { PresentedTokens } from "../authority/presented-tokens.ts"
import type { ServerAuthority } from "../authority/servers.ts"
import type { Obliged } from "../fence/rules/obligation.ts"
import type { Shadow } from "../fence/rules/shadow.ts"
import type { TaskAuthority } from "../authority/tasks.ts"
import type { UseTaken } from "../authority/use-meters.ts"
import { commitToArguments } from "../ledger/commit-to-arguments.ts"
import { commitNatively } from "../ledger/native-commitment.ts"
import type { EntryDraft } from "../ledger/appender.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Store, Tx } from "../store/store.ts"
import { type Assessment, assess, type AssessParts, personalOf, type Question, saidOf } from "./assess.ts"
import type { Connections } from "./connections.ts"
import type { Attempt, Caller, Governor, Outcome, Reason, Refused, Ruling } from "./governor.ts"
import { heldActions } from "./held-actions.ts"
import { type LostStanding, noteTurnedAway } from "./turned-away.ts"
import { lostAuthority } from "./lost-authority.ts"
import { issuePermit } from "./permit.ts"
import type { ActionContents, ContentDraft } from "./action-content.ts"
import { requireScope } from "./require-scope.ts"
import { couldPass } from "./could-pass.ts"
import { askPartner, methodProfile } from "../fence/profile/method-profiles.ts"
import { unknownProfile } from "../fence/profile/unknown-profile.ts"
import { thingsOf } from "./claims.ts"
import { type OpenOrders, pathOf } from "./open-orders.ts"
import { reasonsOf } from "./reasons.ts"

/** A question that came through a door. */
interface Admitted extends Question {
  readonly caller: Caller
}

export interface PipelineParts extends AssessParts {
  readonly store: Store
  readonly ledger: Ledger
  readonly vault: Vault
  readonly contents: ActionContents
  readonly tasks: TaskAuthority
  readonly servers: ServerAuthority
  readonly credentials: Pick<CredentialAuthority, "isLive">
  readonly holds: HoldAuthority
  readonly connections: Connections
  readonly orders: OpenOrders
  /** Tokens that come with calls. */
  readonly presented: PresentedTokens
  /** A draft of rules that only looks on. */
  readonly shadow: Shadow
  /** Throws where there is no room for a new action. */
  readonly refuseWithoutRoom: () => void
  readonly onError: (error: unknown, doing: string) => void
}

const maxCommittedResult = 64 * 1024
const maxKeptFacts = 16 * 1024
const maxKeptValues = 64
const toldProfile = methodProfile("delegation/answer") ?? unknownProfile("delegation/answer")
const Json = z.json()

/**
 * The pipeline: identify → standing → ground → decide → ask → intend, then the door performs, then conclude.
 * Every door and every method comes through `admit`.
 */
export function createPipeline(parts: PipelineParts): Governor {
  const { clock, holds, tasks } = parts
  const turnedAway = noteTurnedAway(parts)

  async function admit(attempt: Attempt): Promise<Ruling> {
    const { caller } = attempt
    parts.refuseWithoutRoom()
    const presented = await presentedBy(attempt)
    const task = tasks.current(caller.agent) ?? (await tasks.ensure(caller.agent, caller.principal))
    const under = attempt.under === undefined ? undefined : parts.orders.find(attempt.under, caller)
    const question: Admitted = {
      caller,
      task,
      server: attempt.server,
      tool: attempt.tool,
      arguments: attempt.arguments,
      position: attempt.position,
      spoken: attempt.spoken,
      answers: attempt.answers,
      presented,
      under,
      lifted: false,
    }
    const action = newId("action", clock.now())
    const lost =
      lostStanding(caller, attempt.server) ??
      (attempt.under !== undefined && under === undefined ? "order_ended" : lostOrder(question))
    if (lost) return refuse(action, question, assess(parts, question), lost)
    const seen = assess(parts, question)
    requireScope(caller, seen.facts.effect)
    const hold = heldFor(attempt, task, seen.digest)
    if (hold) return resume(hold, question, seen)
    const { server, tool } = attempt
    const { facts, verdict } = seen
    parts.shadow.look({ action, agent: caller.agent, effect: facts.effect, server, tool, facts, verdict })
    if (seen.verdict.verdict === "deny") return refuse(action, question, seen, "denied")
    if (seen.verdict.verdict === "ask") return ask(action, question, seen)
    return intend({ action, question, seen })
  }

  /** INVARIANT: a proof is for one call; the same request, which may wait for a person, is that call until it ends. */
  async function presentedBy({
    caller,
    server,
    tool,
    arguments: args,
  }: Attempt): Promise<string | undefined> {
    if (caller.presents === undefined || lostStanding(caller, server) !== undefined) return undefined
    try {
      return await parts.presented.take({ caller, server, tool, arguments: args })
    } catch (error) {
      if (isFailure(error, "token_refused")) turnedAway.note(caller, "token_refused")
      throw error
    }
  }

  /** A hold that the client names must be this agent's, this task's and of this very action; else the open hold of the same action. */
  function heldFor(attempt: Attempt, task: TaskRecord, digest: string): Hold | undefined {
    if (attempt.hold === undefined) return holds.matching(attempt.caller.agent, task.id, digest)
    const hold = holds.find(attempt.hold)
    if (!hold || hold.agent !== attempt.caller.agent || hold.task !== task.id || hold.digest !== digest)
      throw new Failure(
        "not_found",
        "there is no such held action of this agent and this task with these arguments: call the tool again without the hold id",
      )
    return hold
  }

  async function resume(hold: Hold, question: Admitted, seen: Assessment): Promise<Ruling> {
    // INVARIANT 4: the clock denies at once, whether or not anybody has looked for what expired.
    if ((hold.state === "waiting" || hold.state === "approved") && hold.expiresAt <= clock.now()) {
      await holds.expire()
      return decidedAgainst({ ...hold, state: "expired" })
    }
    if (hold.state === "waiting") return resumeWaiting(hold, question, seen)
    if (hold.state !== "approved") return decidedAgainst(hold)
    if (hold.version !== question.caller.version)
      return refuse(newId("action", clock.now()), question, seen, "version_changed")
    const edited = holds.decided(hold).edited
    const approved: Admitted = {
      ...question,
      ...(edited ? { arguments: edited } : {}),
      lifted: true,
    }
    const again = assess(parts, approved)
    // INVARIANT 4: the approval fits one action digest; a changed tool definition is another action.
    if (again.digest !== hold.approvedDigest)
      return refuse(newId("action", clock.now()), question, again, "action_changed")
    if (again.verdict.verdict !== "allow")
      return refuse(newId("action", clock.now()), question, again, "denied")
    if (isElsewhere(hold, again))
      return refuse(newId("action", clock.now()), question, again, "place_changed")
    return intend({
      action: hold.action,
      question: approved,
      seen: again,
      hold,
      ...(edited ? { edited: approved.arguments } : {}),
    })
  }

  /** An approval answers the places whose words were shown with it, and no others. */
  function isElsewhere(hold: Hold, { places }: Assessment): boolean {
    if (places.length === 0) return false
    const shown = new Set(holds.content(hold)?.places?.map(({ place }) => place))
    return places.some(({ place }) => !shown.has(place))
  }

  /** While it waits, the mandate or the rules may have changed: then the verdict of now holds. */
  async function resumeWaiting(hold: Hold, question: Admitted, seen: Assessment): Promise<Ruling> {
    if (seen.verdict.verdict === "ask") return held(hold, seen)
    await holds.decide(hold, { decision: "cancelled", by: "node" })
    const action = newId("action", clock.now())
    // The commit took time, in which the mandate may have changed once more.
    const now = assess(parts, question)
    return now.verdict.verdict === "allow"
      ? intend({ action, question, seen: now })
      : refuse(action, question, now, "denied")
  }

  function decidedAgainst(hold: Hold): Refused {
    // Heard now, by whichever call asked first.
    if (hold.state === "refused") holds.takeRefusal(hold.agent, hold.task, hold.digest)
    const sentence = holds.decided(hold).refusal
    const code =
      hold.state === "used"
        ? "hold_used"
        : hold.state === "refused"
          ? "refused_by_person"
          : hold.state === "expired"
            ? "hold_expired"
            : "hold_cancelled"
    return { kind: "refused", code, action: hold.action, reasons: reasonsOf.decided(code, sentence) }
  }

  /** What the door does with a message. */
  function obligedBy({ spoken }: Question, { facts, rules }: Assessment): readonly Obliged[] {
    return spoken === undefined ? [] : rules.obliges(facts)
  }

  /** What an action that goes uses of its person's time and money; nothing where no rule speaks of either. */
  function useOf(question: Question, seen: Assessment, obliged: readonly Obliged[]): UseTaken | undefined {
    if (seen.facts.context.session === undefined) return undefined
    const { effect, amount } = seen.grounded
    return parts.people.take(personalOf(question, seen.grounded), {
      tells: obliged.map(({ obligation }) => obligation),
      amount: effect === "pay" ? amount?.minor : undefined,
    })
  }

  async function ask(action: string, question: Admitted, seen: Assessment): Promise<Ruling> {
    const { caller, task } = question
    // A person refused while the client was away: it hears so now, instead of asking the person again.
    const refusal = holds.takeRefusal(caller.agent, task.id, seen.digest)
    if (refusal) return decidedAgainst(refusal)
    const hold = await holds.open(
      {
        action,
        agent: caller.agent,
        version: caller.version,
        task: task.id,
        principal: caller.principal,
        server: question.server,
        tool: question.tool,
        effect: seen.grounded.effect,
        mode: seen.coverage.mode,
        digest: seen.digest,
        ...(question.presented === undefined ? {} : { presented: question.presented }),
      },
      {
        arguments: question.arguments,
        targets: seen.grounded.targets.map(({ kind, value }) => ({ kind, value })),
        reasons: [...reasonsOf.verdict(seen.verdict, seen.coverage)],
        ...(seen.places.length > 0 ? { places: [...seen.places] } : {}),
        ...(seen.traced ? { traced: seen.traced.values.slice(0, maxKeptValues) } : {}),
        ...keptFacts(seen),
      },
    )
    return held(hold, seen, obligedBy(question, seen))
  }

  function held(hold: Hold, seen: Assessment, obliged: readonly Obliged[] = []): Ruling {
    return {
      kind: "held",
      action: hold.action,
      hold: hold.id,
      expiresAt: hold.expiresAt,
      reasons: reasonsOf.verdict(seen.verdict, seen.coverage),
      ...(obliged.length > 0 ? { obligations: obliged } : {}),
    }
  }

  /** Step intend: the decision is durable before anything leaves. */
  async function intend(go: {
    action: string
    question: Admitted
    seen: Assessment
    hold?: Hold
    edited?: Question["arguments"]
  }): Promise<Ruling> {
    const { action, question, seen, hold } = go
    const mandates = parts.mandates.ofAgent(question.caller.agent)
    if (!isClaimed(question, seen)) return refuse(newId("action", clock.now()), question, seen, "claim_taken")
    // Taken first: it throws when another call has taken it, and then no budget may stay reserved.
    const use = hold && holds.use(hold)
    const drawn = reserve(seen, question)
    if (!drawn) {
      use?.giveBack()
      return refuse(newId("action", clock.now()), question, seen, "budget_spent")
    }
    const obliged = obligedBy(question, seen)
    const used = useOf(question, seen, obliged)
    const reservation = used === undefined ? drawn : together(drawn, used)
    try {
      const intent = draftIntent({ action, question, seen, verdict: "allow", ...(hold ? { hold } : {}) })
      await parts.store.commit(
        (tx) => {
          const draw = reservation.write(tx)
          use?.write(tx)
          used?.write(tx)
          intent.write(tx, reservation.empty ? undefined : draw)
        },
        // An action that was held has been written of before: its intent has to be the first and only one.
        { blind: intent.blind && use === undefined },
      )
      intent.settle()
    } catch (error) {
      takeOut(action, question)
      reservation.release()
      use?.giveBack()
      throw error
    }
    use?.settle()
    if (hold) parts.provenance.answered(question.task.id, seen.traced)
    const { caller, server, tool } = question
    const { mandate, above = [] } = seen.coverage
    const over = mandatesOver(seen)
    const askers = pathOf(question.under)
    const order =
      tool === askPartner
        ? parts.orders.begin({
            action,
            agent: caller.agent,
            principal: caller.principal,
            task: question.task.id,
            server,
            under: question.under,
          })
        : undefined
    if (order?.answeredBy !== undefined)
      try {
        await hear(order.answeredBy, { action, question, arguments: go.edited })
      } catch (error) {
        parts.orders.end(action)
        throw error
      }
    // Those that decided: others may be in force by now.
    const redacts = seen.rules.redacts(seen.verdict.rules)
    return issuePermit({
      action,
      caller,
      server,
      tool,
      effect: seen.grounded.effect,
      mandate,
      mandates: [
        ...(mandate === undefined ? [] : [mandate]),
        ...new Set([...above, ...seen.asked].map((slice) => slice.mandate.id)),
        ...over.map(({ id }) => id),
      ],
      passedBy: [
        ...above.map((slice) => slice.mandate.agent),
        ...over.map(({ agent }) => agent),
        ...askers.map(({ agent }) => agent),
        // Nobody waits for an agent that is stopped.
        ...(order?.answeredBy === undefined ? [] : [order.answeredBy]),
      ],
      under: question.under?.action,
      ...(go.edited ? { edited: go.edited } : {}),
      ...(obliged.length > 0 ? { obligations: obliged } : {}),
      ...(redacts.length > 0 ? { redact: (value: JsonObject) => redactValue(value, redacts) } : {}),
      reservation,
      clock,
      connections: parts.connections,
      lost: () =>
        lostStanding(caller, server) ?? lostOrder(question) ?? lostAuthority(parts, mandates, seen, question),
      record: (id, outcome, ms, returned) => conclude({ action: id, question, outcome, ms, returned }),
    })
  }

  /**
   * Takes what the action changes from other agents that work on the task. `false`: another one has taken it since the verdict, which nobody
   * has judged. INVARIANT: no await between looking and taking.
   */
  function isClaimed({ caller, task, server, under }: Question, { grounded, facts }: Assessment): boolean {
    const { orders } = parts
    const place = orders.placeOf(caller.agent, task.id, under)
    const things = place === undefined ? [] : thingsOf(server, grounded)
    if (place === undefined || things.length === 0) return true
    if (orders.claims.look(place, things).held && facts.context.delegation?.claim !== "held") return false
    orders.claims.take(place, things)
    return true
  }

  /** What was not written stands in no list either. */
  function takeOut(action: string, { under }: Question): void {
    if (under !== undefined) parts.orders.leave(under, action)
  }

  /** Everyone that asked is in service still, and the order stands. */
  function lostOrder({ under }: Question): string | undefined {
    const isLost = pathOf(under).some(
      ({ action, agent }) =>
        parts.orders.get(action) === undefined || parts.agents.records.get(agent)?.state !== "live",
    )
    return isLost ? "order_ended" : undefined
  }

  function reserve(
    { coverage, asked }: Assessment,
    { caller, task, presented }: Question,
  ): Reservation | undefined {
    // What no grant covers, a person has approved by itself: it draws on no budget.
    if (coverage.grant === undefined) return nothingReserved
    const mandate = parts.mandates
      .live(caller.agent, task.id, presented)
      .find((each) => each.id === coverage.mandate)
    const { grant, amount, above = [] } = coverage
    if (mandate === undefined) return undefined
    const drawn = [{ mandate, grant, amount }, ...above]
    // Whoever asked under the same mandate has its part in the chain already.
    const more = asked.filter((slice) => !drawn.some((one) => one.mandate.id === slice.mandate.id))
    const once = new Map(more.map((slice) => [`${slice.mandate.id}/${slice.grant}`, slice]))
    return parts.budgets.reserve([...drawn, ...once.values()])
  }

  /** All that the covering mandate hangs on, also beyond what the principal widened. */
  function mandatesOver({ coverage }: Assessment): readonly Mandate[] {
    const mandate = coverage.above && parts.mandates.find(coverage.mandate ?? "")
    return (mandate && parts.mandates.above(mandate)?.links) ?? []
  }

  /** @param action a new id: what is denied is an action of its own, whatever was held before */
  async function refuse(
    action: string,
    question: Admitted,
    seen: Assessment,
    code: string,
  ): Promise<Refused> {
    const intent = draftIntent({ action, question, seen, verdict: "deny", code })
    // Of a message that does not go only that the conversation is to end.
    const obliged = obligedBy(question, seen).filter(({ obligation }) => obligation === "end")
    const left = leaveOf(question, seen, obliged)
    try {
      await parts.store.commit(
        (tx) => {
          left?.write(tx)
          intent.write(tx)
        },
        { blind: intent.blind },
      )
    } catch (error) {
      takeOut(action, question)
      throw error
    }
    intent.settle()
    const reasons = reasonsFor(seen, code)
    return { kind: "refused", code, action, reasons, ...(obliged.length > 0 ? { obligations: obliged } : {}) }
  }

  /** Whoever takes leave has taken it, also where what they say goes no further. */
  function leaveOf(question: Question, seen: Assessment, obliged: readonly Obliged[]): UseTaken | undefined {
    const about = personalOf(question, seen.grounded)
    const isLeaving = about.turn?.role === "user" && obliged.some(({ obligation }) => obligation === "end")
    return isLeaving && about.turn ? parts.people.leave({ ...about, turn: about.turn }) : undefined
  }

  /** An intent and what is kept with it, worked out before the commit that they share with others. */
  function draftIntent({
    action,
    question,
    seen,
    verdict,
    hold,
    code,
  }: {
    action: string
    question: Admitted
    seen: Assessment
    verdict: IntentEntry["verdict"]
    hold?: Hold
    code?: string
  }): ContentDraft {
    const { caller, task } = question
    const { above = [] } = seen.coverage
    const over = mandatesOver(seen)
    // Where the chain does not hold any more, what was found of it.
    const chain = over.length > 0 ? over.map(({ id }) => id) : above.map(({ mandate }) => mandate.id)
    const commitTo = (field: string, value: string) =>
      commitNatively(parts.vault.salt(task.id, action, field), value)
    // An allowed action speaks for itself: its rules stand in the entry.
    const reasons = verdict === "allow" ? [] : reasonsFor(seen, code)
    const content = parts.contents.draft({
      action,
      task: task.id,
      server: question.server,
      tool: question.tool,
      arguments: seen.arguments,
      facts: seen.facts,
      reasons,
    })
    const entry: EntryDraft = {
      kind: "intent",
      action,
      agent: caller.agent,
      version: caller.version,
      principal: caller.principal,
      task: task.id,
      ...(question.under === undefined ? {} : { under: question.under.action }),
      mandate: seen.coverage.mandate ?? null,
      ...(chain.length === 0 ? {} : { chain }),
      server: parts.servers.find(question.server)?.id ?? "srv_unknown",
      tool: commitTo("tool", canonicalize(question.tool)),
      effect: seen.grounded.effect,
      door: caller.door,
      verdict,
      rules: [
        ...(code === undefined || code === "denied"
          ? seen.verdict.rules
          : [`standing/${code.replaceAll("_", "-")}`]),
      ].slice(0, 16),
      policy: seen.verdict.policy,
      profile: seen.tool.definition,
      // Facts are plain JSON by their schema.
      facts: commitTo("facts", canonicalize(seen.facts as unknown as JsonValue)),
      arguments: commitToArguments(parts.vault, { task: task.id, action, members: seen.members }).commitment,
      digest: seen.digest,
      ...(hold ? { hold: hold.id, ...(hold.approval ? { approval: hold.approval } : {}) } : {}),
    }
    return {
      ...content,
      // INVARIANT: what is blind touches no table that a replay of the journal would not.
      blind: content.blind && question.under === undefined,
      write(tx, draw) {
        content.write(tx, draw)
        if (question.under !== undefined) {
          parts.orders.enter(question.under, action)
          tx.run("INSERT INTO action_under (action, under) VALUES (?, ?)", [action, question.under.action])
        }
        const spent = draw && { spent: commitTo("spent", canonicalize(Json.parse(draw))) }
        tx.append({ ...entry, ...spent })
      },
    }
  }

  function reasonsFor(seen: Assessment, code: string | undefined): readonly Reason[] {
    return code === undefined || code === "denied"
      ? reasonsOf.verdict(seen.verdict, seen.coverage)
      : reasonsOf.code(code)
  }

  /** Step conclude. Not awaited by the reply: a crash before it is durable leaves the outcome unknown, which is the truth. */
  function conclude({
    action,
    question,
    outcome: { outcome, reason, result },
    ms,
    returned = nothingReserved,
  }: {
    action: string
    question: Question
    outcome: Outcome
    ms: number
    returned?: Reservation | undefined
  }): void {
    const { task } = question
    const below = parts.orders.end(action)
    // What whoever asked goes on with by another order goes on below it, too.
    if (outcome !== "done" && reason !== "replaced") parts.connections.cancelBelow(action, "order_ended")
    // What never left brought nothing back.
    if (returned.empty) remember(action, question, { outcome, result })
    // Worked out in the unit, which runs after the reply has gone to the client.
    const record = (tx: Tx): void => {
      const text = result === undefined ? undefined : canonicalResult(result)
      const committed = text === undefined ? undefined : commitToResult(task.id, action, text)
      returned.writeReturn(tx)
      tx.append({
        kind: "outcome",
        action,
        outcome,
        ms,
        ...(below === undefined ? {} : { below }),
        ...(committed ? { result: committed } : {}),
        ...(reason ? { reason } : {}),
        ...(returned.empty ? {} : { spent: "returned" as const }),
      })
    }
    parts.store
      .commit(record, { lazy: true, blind: true })
      .catch((error: unknown) => parts.onError(error, `record the outcome of ${action}`))
  }

  /**
   * What an agent here is asked is content that another one wrote: whatever it does from now on, it has read that, also where it does not say
   * that it acts because of it.
   */
  async function hear(
    agent: string,
    told: {
      readonly action: string
      readonly question: Admitted
      readonly arguments: JsonObject | undefined
    },
  ): Promise<void> {
    const { question, action } = told
    const { principal } = question.caller
    const task = tasks.current(agent) ?? (await tasks.ensure(agent, principal))
    const { to: _to, ...said } = told.arguments ?? question.arguments
    parts.labels.returned(task, said)
    parts.provenance.returned(
      {
        action,
        task,
        server: question.server,
        tool: question.tool,
        profile: toldProfile,
        arguments: {},
      },
      saidOf(parts, { caller: { agent }, task }),
      said,
    )
  }

  /** What came back tells where later values came from. */
  function remember(
    action: string,
    question: Question,
    { outcome, result }: Pick<Outcome, "outcome" | "result">,
  ): void {
    const { task, server, tool, spoken } = question
    // What is said is no result that flows back into arguments.
    if (spoken !== undefined) return
    const { profile } = parts.tools.find(server, tool)
    // Also what failed may have changed something.
    parts.packs.returned(
      { task: task.id, server, tool, arguments: question.arguments, profile },
      outcome === "done" ? result : undefined,
    )
    if (result === undefined && outcome !== "done") return
    parts.labels.returned(task, result)
    parts.provenance.returned(
      {
        action,
        task,
        server,
        tool,
        profile,
        arguments: question.arguments,
      },
      saidOf(parts, question),
      result,
    )
  }

  /** A task that was erased while its call was under way has no salt, and its result no commitment. */
  function commitToResult(task: string, action: string, text: string): string | undefined {
    try {
      return commitNatively(parts.vault.salt(task, action, "result"), text)
    } catch (error) {
      if (isFailure(error, "not_found")) return undefined
      throw error
    }
  }

  function lostStanding(caller: Caller, server: string): string | undefined {
    return lostAgent(caller) ?? (parts.servers.find(server) ? undefined : "server_removed")
  }

  function lostAgent(caller: Caller): LostStanding | undefined {
    if (parts.stop.stopped) return "stopped"
    const agent = parts.agents.records.get(caller.agent)
    if (!agent) return "agent_unknown"
    if (agent.state === "suspended") return "agent_suspended"
    if (agent.state !== "live") return "agent_revoked"
    if (agent.version !== caller.version) return "version_changed"
    if (caller.credential !== null && !parts.credentials.isLive(caller.credential))
      return "credential_revoked"
    return undefined
  }

  return {
    admit,
    ...heldActions(parts),
    visible(caller, server, names) {
      if (lostStanding(caller, server)) return new Set()
      // Before its first action an agent has no task: then what holds for every task is what it could do.
      const task = tasks.current(caller.agent) ?? { id: "" }
      return new Set(names.filter((tool) => couldPass(parts, { caller, task, server, tool })))
    },
    observe(server, definitions) {
      parts.provenance.defined(server, definitions)
      return parts.tools.observe(server, definitions)
    },
    standing(caller) {
      const lost = lostAgent(caller)
      if (lost === undefined) return
      turnedAway.note(caller, lost)
      const [why] = reasonsOf.code(lost)
      throw new Failure(lost, why?.en ?? lost, { extra: { reason: lost, zh: why?.zh ?? lost } })
    },
    onStop: (caller, close) => parts.connections.onStop(caller, close),
  }
}

/** What is drawn from budgets and from what the person may use: given back together. */
function together(drawn: Reservation, used: UseTaken): Reservation {
  return {
    empty: drawn.empty,
    write: (tx) => drawn.write(tx),
    release() {
      drawn.release()
      used.release()
    },
    writeReturn(tx) {
      drawn.writeReturn(tx)
      used.write(tx)
    },
  }
}

/** So that it can be decided again; targets repeat arguments, and both have to fit into the vault. */
function keptFacts({ facts, verdict }: Assessment): Pick<HeldContent, "facts" | "policy"> {
  // Facts are plain JSON by their schema.
  const text = canonicalize(facts as unknown as JsonValue)
  return text.length > maxKeptFacts ? {} : { facts: facts as unknown as JsonValue, policy: verdict.policy }
}

/** UNTRUSTED: a result may be large, or hold what has no canonical form; then it is not committed to. */
function canonicalResult(result: unknown): string | undefined {
  try {
    // What is no JSON makes canonicalize throw.
    const text = canonicalize(result as JsonValue)
    return text.length <= maxCommittedResult ? text : undefined
  } catch {
    return undefined
  }
}
