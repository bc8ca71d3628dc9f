import { canonicalize } from "@hufu/core/json/canonical"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { textOf } from "../rpc.ts"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Attempt, Caller, Governor, HoldState, Outcome, Permit, Ruling } from "../../governor.ts"

type Verdict = "allow" | "ask" | "deny"

/** What became of one attempt. */
export interface Recorded {
  readonly attempt: Attempt
  readonly verdict: Verdict
  left: boolean
  outcome?: Outcome
  abandoned?: string
}

interface Hold {
  readonly id: string
  readonly agent: string
  readonly key: string
  readonly attempt: Attempt
  readonly createdAt: number
  state: HoldState
  edited?: JsonObject
  readonly waiters: Set<() => void>
}

/** A small governor that decides by tool name and keeps what it decided; holds are decided by the test. */
export interface RuleGovernor extends Governor {
  readonly records: Recorded[]
  readonly observed: Map<string, string[]>
  readonly holds: Hold[]
  approve(hold: string, edited?: JsonObject): void
  refuse(hold: string): void
  stop(agent: string, reason: string): void
}

/** @param rules verdict by tool or method name; `otherwise` for the rest */
export function createRuleGovernor(
  rules: Readonly<Record<string, Verdict>>,
  otherwise: Verdict = "allow",
): RuleGovernor {
  const records: Recorded[] = []
  const observed = new Map<string, string[]>()
  const holds: Hold[] = []
  const stops = new Set<{ caller: Caller; close: (reason: string) => void }>()
  const live = new Set<{ caller: Caller; controller: AbortController }>()
  const stopped = new Set<string>()
  const verdictOf = (tool: string) => rules[tool] ?? otherwise
  const reasons = [{ rule: "test", en: "a test rule said so", zh: "测试规则如此" }]

  function permit(record: Recorded, edited?: JsonObject): Permit {
    const controller = new AbortController()
    const entry = { caller: record.attempt.caller, controller }
    live.add(entry)
    const end = () => {
      if (record.outcome !== undefined || record.abandoned !== undefined)
        throw new Error("a permit was ended twice")
      live.delete(entry)
    }
    return {
      kind: "go",
      action: newId("action", Date.now()),
      ...(edited === undefined ? {} : { edited }),
      signal: controller.signal,
      leave() {
        if (record.left || controller.signal.aborted) return false
        record.left = true
        return true
      },
      conclude(outcome) {
        end()
        record.outcome = outcome
      },
      abandon(reason) {
        end()
        record.abandoned = reason
      },
    }
  }

  function decideHold(id: string, state: HoldState, edited?: JsonObject): void {
    const hold = holds.find((one) => one.id === id)
    if (hold === undefined) throw new Error(`no hold ${id}`)
    hold.state = state
    if (edited !== undefined) hold.edited = edited
    for (const wake of hold.waiters) wake()
  }

  function held(attempt: Attempt): Ruling {
    const key = canonicalize([attempt.server, attempt.tool, attempt.arguments])
    const mine = holds.find((one) =>
      attempt.hold === undefined
        ? one.key === key &&
          one.agent === attempt.caller.agent &&
          (one.state === "waiting" || one.state === "approved")
        : one.id === attempt.hold && one.key === key && one.agent === attempt.caller.agent,
    )
    if (attempt.hold !== undefined && mine === undefined)
      throw new Failure("not_found", "there is no such hold")
    if (mine?.state === "approved") {
      mine.state = "used"
      const record: Recorded = { attempt, verdict: "ask", left: false }
      records.push(record)
      return permit(record, mine.edited)
    }
    if (mine !== undefined && mine.state !== "waiting") {
      return {
        kind: "refused",
        code: mine.state === "refused" ? "refused_by_person" : `hold_${mine.state}`,
        reasons,
      }
    }
    const hold = mine ?? {
      id: newId("hold", Date.now()),
      agent: attempt.caller.agent,
      key,
      attempt,
      createdAt: Date.now(),
      state: "waiting",
      waiters: new Set(),
    }
    if (mine === undefined) holds.push(hold)
    return {
      kind: "held",
      action: newId("action", Date.now()),
      hold: hold.id,
      expiresAt: Date.now() + 600_000,
      reasons,
    }
  }

  function mine(caller: Caller, id: string): Hold {
    const hold = holds.find((one) => one.id === id && one.agent === caller.agent)
    if (hold === undefined) throw new Failure("not_found", "there is no such hold")
    return hold
  }

  return {
    records,
    observed,
    holds,
    async admit(attempt) {
      if (stopped.has(attempt.caller.agent)) return { kind: "refused", code: "stopped", reasons }
      const verdict = verdictOf(attempt.tool)
      if (verdict === "ask") return held(attempt)
      const record: Recorded = { attempt, verdict, left: false }
      records.push(record)
      return verdict === "deny" ? { kind: "refused", code: "denied", reasons } : permit(record)
    },
    async awaitHold(caller, id, signal) {
      const hold = mine(caller, id)
      return new Promise((resolve) => {
        const done = () => {
          hold.waiters.delete(done)
          signal.removeEventListener("abort", done)
          resolve(hold.state)
        }
        if (hold.state !== "waiting" || signal.aborted) return resolve(hold.state)
        hold.waiters.add(done)
        signal.addEventListener("abort", done, { once: true })
      })
    },
    async withdraw(caller, id) {
      const hold = mine(caller, id)
      if (hold.state === "waiting") decideHold(id, "cancelled")
      return hold.state
    },
    heldAction(caller, id) {
      const { state, attempt, createdAt } = mine(caller, id)
      const { server, tool, arguments: args } = attempt
      const outcome = records.find((one) => one.left && one.attempt.hold === id)?.outcome?.outcome
      return {
        state,
        server,
        tool,
        arguments: args,
        createdAt,
        expiresAt: createdAt + 600_000,
        decidedAt: null,
        ...(outcome === undefined ? {} : { outcome }),
      }
    },
    visible: (_caller, _server, tools) => new Set(tools.filter((tool) => verdictOf(tool) !== "deny")),
    async observe(server, definitions) {
      observed.set(
        server,
        definitions.map((one) => textOf(one["name"])),
      )
    },
    standing(caller) {
      if (stopped.has(caller.agent)) throw new Failure("forbidden", "this agent is stopped")
    },
    onStop(caller, close) {
      const entry = { caller, close }
      stops.add(entry)
      return () => stops.delete(entry)
    },
    approve: (hold, edited) => decideHold(hold, "approved", edited),
    refuse: (hold) => decideHold(hold, "refused"),
    stop(agent, reason) {
      stopped.add(agent)
      for (const { caller, controller } of live)
        if (caller.agent === agent) controller.abort(new Error(reason))
      for (const { caller, close } of stops) if (caller.agent === agent) close(reason)
    },
  }
}
