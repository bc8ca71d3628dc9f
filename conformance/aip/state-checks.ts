import { type Check, holds, is } from "./check.ts"
import { type Leader, NotReached } from "./leader.ts"
import type { Result } from "./shapes.ts"
import type { Outcome } from "./target.ts"

type State = Result["status"]["state"]

const table = "§4.5, table of states"
const next: Readonly<Record<State, readonly State[]>> = {
  accepted: ["working", "canceled"],
  working: ["awaiting-completion", "awaiting-input", "failed", "canceled"],
  "awaiting-input": ["working", "canceled"],
  "awaiting-completion": ["completed", "working", "canceled"],
  completed: [],
  canceled: [],
  failed: [],
  rejected: [],
}

/** Whether a task may have gone from one state to another, by however many that a leader did not see. */
function mayFollow(from: State, to: State, seen: readonly State[] = []): boolean {
  if (from === to) return true
  return next[from].some((each) => !seen.includes(each) && mayFollow(each, to, [...seen, each]))
}

function legal({ statusHistory = [], status }: Result): void {
  const all = [...statusHistory.map(({ state }) => state), status.state]
  for (const [at, state] of all.entries()) {
    const before = all[at - 1]
    holds(before === undefined || mayFollow(before, state), `\`${state}\` came after \`${before}\``)
  }
}

const goesOn: readonly State[] = ["working", "awaiting-input", "awaiting-completion", "failed"]

/** From a state, by a command, to one of these states. */
function row(
  number: string,
  { from, by, to, with: outcome }: { from: State; by: string; to: readonly State[]; with: Outcome },
): Check {
  return {
    id: `state-${number}`,
    source: `${table}, row ${number}`,
    what: `\`${from}\` and \`${by}\` give ${to.join(" or ")}`,
    async run(leader) {
      const task = await leader.reach(outcome, from)
      const more = by === "continue" ? { dataItems: [...(leader.target.script.deliver ?? [])] } : {}
      const answer = await leader.rpc(task, by, more)
      is(answer.status.state, ...to)
      legal(await leader.rpc(task, "get"))
    },
  }
}

/** By itself, to a state. */
function itself(
  number: string,
  outcome: Outcome,
  to: State,
  look: (result: Result) => void = () => {},
): Check {
  return {
    id: `state-${number}`,
    source: `${table}, row ${number}`,
    what: `a task gets to \`${to}\` by itself`,
    async run(leader) {
      const task = await leader.reach(outcome, to)
      const result = await leader.rpc(task, "get")
      legal(result)
      look(result)
    },
  }
}

/** A command that does not fit is ignored: no error, and the same state. */
function ignored(
  id: string,
  outcome: Outcome,
  at: State,
  commands: readonly string[],
  by: string[] = [],
): Check {
  return {
    id,
    source: "§4.5, commands in other states are ignored",
    what: `\`${at}\` ignores ${commands.join(", ")}`,
    async run(leader) {
      const task = await leader.reach(outcome, by.length > 0 ? "awaiting-completion" : at)
      for (const each of by) await leader.rpc(task, each)
      if (by.length > 0) await leader.until(task, [at])
      const changed = (await leader.rpc(task, "get")).status.stateChangedAt
      for (const each of commands) {
        const dataItems =
          each === "start" || each === "continue" ? [{ type: "text", text: "something else" }] : []
        is((await ignoredBy(leader, task, each, dataItems)).status.state, at)
      }
      is((await leader.rpc(task, "get")).status.stateChangedAt, changed)
    },
  }
}

/** §5.2 has a code for a task that cannot be canceled, the table of states has it ignored: either is right. */
async function ignoredBy(
  leader: Leader,
  task: string,
  name: string,
  dataItems: { type: string; text: string }[],
): Promise<Result> {
  const { result, error } = await leader.call("rpc", { command: leader.command(task, name, { dataItems }) })
  if (name === "cancel" && error?.code === -32002) return leader.rpc(task, "get")
  holds(error === undefined, `\`${name}\` was answered with ${error?.code}`)
  holds(result !== undefined, "there is no result")
  return leader.rpc(task, "get")
}

/** Where it waits too long for its leader, to an end. */
function timesOut(number: string, outcome: Outcome, from: State, to: State): Check {
  return {
    id: `state-${number}`,
    source: `${table}, row ${number}`,
    what: `\`${from}\` that waits too long becomes \`${to}\``,
    async run(leader) {
      const { partnerWaitsMs, patienceMs } = leader.target
      if (partnerWaitsMs === undefined)
        throw new NotReached("how long the partner waits is its own affair, and is not waited for")
      const task = await leader.reach(outcome, from)
      await leader.until(task, [to], partnerWaitsMs + patienceMs).catch(() => {})
      const after = await leader.rpc(task, "get")
      is(after.status.state, to)
      legal(after)
    },
  }
}

/** Every row of the table of states, and what is ignored. */
export const stateChecks: readonly Check[] = [
  {
    id: "state-1",
    source: `${table}, row 1/2`,
    what: "a start is answered with the task, under the names that the leader gave",
    async run(leader) {
      const { script } = leader.target
      const [dataItems] = [script.deliver ?? script.work ?? []]
      const [task, command] = [leader.newTask(), { dataItems: [...dataItems] }]
      const sent = leader.command(task, "start", command)
      const result = await leader.rpc(task, "start", command)
      is(result.taskId, task)
      is(result.sessionId, sent["sessionId"])
      is(result.senderRole, "partner")
      legal(await leader.rpc(task, "get"))
    },
  },
  {
    id: "state-2",
    source: `${table}, row 1/2, and the rule that a rejected task was never accepted`,
    what: "a task that is not taken up is `rejected` at once",
    async run(leader) {
      const task = await leader.reach("reject", "rejected")
      const { statusHistory = [] } = await leader.rpc(task, "get")
      holds(
        statusHistory.every(({ state }) => state === "rejected"),
        `it was ${statusHistory.map(({ state }) => state).join(", ")}`,
      )
    },
  },
  itself("3", "work", "working"),
  row("4", { from: "accepted", by: "cancel", to: ["canceled"], with: "accept" }),
  itself("5", "deliver", "awaiting-completion", ({ products = [] }) =>
    holds(products.length > 0, "there is no product"),
  ),
  itself("6", "ask", "awaiting-input"),
  itself("7", "fail", "failed"),
  row("8", { from: "working", by: "cancel", to: ["canceled"], with: "work" }),
  row("9", { from: "awaiting-input", by: "continue", to: goesOn, with: "ask" }),
  row("10", { from: "awaiting-input", by: "cancel", to: ["canceled"], with: "ask" }),
  timesOut("11", "ask", "awaiting-input", "canceled"),
  row("12", { from: "awaiting-completion", by: "complete", to: ["completed"], with: "deliver" }),
  row("13", { from: "awaiting-completion", by: "continue", to: goesOn, with: "deliver" }),
  row("14", { from: "awaiting-completion", by: "cancel", to: ["canceled"], with: "deliver" }),
  timesOut("15", "deliver", "awaiting-completion", "completed"),
  ignored("state-16", "deliver", "completed", ["start", "continue", "cancel", "complete"], ["complete"]),
  ignored("state-17", "deliver", "canceled", ["start", "continue", "cancel", "complete"], ["cancel"]),
  ignored("state-18", "fail", "failed", ["start", "continue", "cancel", "complete"]),
  ignored("state-19", "reject", "rejected", ["start", "continue", "cancel", "complete"]),
  ignored("ignored-working", "work", "working", ["start", "continue", "complete"]),
  ignored("ignored-awaiting-input", "ask", "awaiting-input", ["start", "complete"]),
  ignored("ignored-awaiting-completion", "deliver", "awaiting-completion", ["start"]),
  {
    id: "history",
    source: "§4.4, GetCommandParams",
    what: "`get` tells the commands and states, and only those after a moment where one is given",
    async run(leader) {
      const task = await leader.reach("deliver", "awaiting-completion")
      const all = await leader.rpc(task, "get", {
        commandParams: { lastCommandSentAt: null, lastStateChangedAt: null },
      })
      holds(
        (all.commandHistory ?? []).some(({ command }) => command === "start"),
        "the start is not among the commands",
      )
      is(all.statusHistory?.at(-1)?.state, "awaiting-completion")
      const late = "2999-01-01T00:00:00+08:00"
      const none = await leader.rpc(task, "get", {
        commandParams: { lastCommandSentAt: late, lastStateChangedAt: late },
      })
      is(none.commandHistory?.length ?? 0, 0)
      is(none.statusHistory?.length ?? 0, 0)
      await leader.rpc(task, "complete")
      const done = await leader.rpc(task, "get")
      holds(
        (done.commandHistory ?? []).some(({ command }) => command === "complete"),
        "`complete` is not among the commands",
      )
    },
  },
]
