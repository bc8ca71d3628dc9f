import { type AddedWords, TaskRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Store } from "../store/store.ts"
import { openAddedWords, type WordsToAdd } from "./added-words.ts"
import { type Declare, saidTime } from "./declare.ts"
import { openRecords, type RecordKind, type Records } from "./records.ts"

export interface TaskAuthority {
  readonly records: Records<TaskRecord>
  /** The agent's task of this moment: the newest live one, else its standing task, made on first need. */
  current(agent: string): TaskRecord | undefined
  ensure(agent: string, principal: string): Promise<TaskRecord>
  start(
    draft: Pick<TaskRecord, "agent" | "principal" | "words" | "source"> & { by: string },
  ): Promise<TaskRecord>
  /** Keeps what the user said while a live task went on. What a task was started with, and what it may do, stays as it is. */
  addWords(words: WordsToAdd): Promise<AddedWords>
  /** Oldest first. */
  addedWords(task: string): AddedWords[]
  /** Everything that the user said of a task, oldest first; what was erased is left out. */
  userWords(task: TaskRecord): readonly string[]
  /** Live or ended; throws Failure("not_found"). */
  find(id: string): TaskRecord
  /** Newest first, ended ones too. */
  list(agent: string | undefined, limit: number): TaskRecord[]
  end(id: string, by: string): Promise<TaskRecord>
  /** Every task of an agent, ended ones too. */
  ofAgent(agent: string): TaskRecord[]
}

export const taskKind: RecordKind<TaskRecord> = {
  kind: "task",
  schema: TaskRecord,
  states: ["live"],
  state: (task) => task.state,
  at: (task) => task.startedAt,
  sealed: { members: ["words"], subject: ({ id }) => id, blank: { words: "" } },
}

const maxLivePerAgent = 100

export function openTasks(store: Store, vault: Vault, clock: Clock, declare: Declare): TaskAuthority {
  const records = openRecords(store, taskKind)
  /** Live tasks per agent, oldest first; the standing task, if any, stands first. */
  const live = new Map<string, TaskRecord[]>()
  for (const task of [...records.all()].sort(byAge)) add(live, task)
  const ensuring = new Map<string, Promise<TaskRecord>>()
  /** What was said of live tasks, read once: a decision rests on it. */
  const said = new Map<string, readonly string[]>()

  async function start({ by, ...draft }: Parameters<TaskAuthority["start"]>[0]): Promise<TaskRecord> {
    if ((live.get(draft.agent)?.length ?? 0) >= maxLivePerAgent)
      throw new Failure(
        "too_many",
        `this agent has ${maxLivePerAgent} live tasks: end some with \`hufu task end\``,
      )
    const now = clock.now()
    const task: TaskRecord = {
      id: newId("task", now),
      ...draft,
      state: "live",
      startedAt: now,
      endedAt: null,
    }
    await store.commit((tx) => {
      records.put(tx, task)
      vault.enroll(tx, task.id)
      declare(tx, {
        fact: "task.started",
        subject: task.id,
        by,
        refs: { agent: task.agent, source: task.source, principal: task.principal },
        ...(task.words ? { content: { words: task.words } } : {}),
      })
    })
    records.set(task)
    add(live, task)
    return task
  }

  async function end(id: string, by: string): Promise<TaskRecord> {
    const task = records.need(id)
    const endedAt = clock.now()
    const ended: TaskRecord = { ...task, state: "ended", endedAt }
    live.set(
      task.agent,
      (live.get(task.agent) ?? []).filter((other) => other.id !== id),
    )
    await store.commit((tx) => {
      records.put(tx, ended)
      declare(tx, {
        fact: "task.ended",
        subject: id,
        by,
        refs: { agent: task.agent, endedAt: saidTime(endedAt) },
      })
    })
    records.forget(id)
    said.delete(id)
    return ended
  }

  function ensure(agent: string, principal: string): Promise<TaskRecord> {
    const existing = live.get(agent)?.at(-1)
    if (existing) return Promise.resolve(existing)
    const pending = ensuring.get(agent)
    if (pending) return pending
    const made = start({ agent, principal, words: "", source: "standing", by: agent }).finally(() =>
      ensuring.delete(agent),
    )
    ensuring.set(agent, made)
    return made
  }

  function list(agent: string | undefined, limit: number): TaskRecord[] {
    const all = records.read("ORDER BY at DESC LIMIT ?", [agent === undefined ? limit : 10_000])
    return all.filter((task) => agent === undefined || task.agent === agent).slice(0, limit)
  }

  function find(id: string): TaskRecord {
    return records.get(id) ?? records.read("AND id=?", [id])[0] ?? records.need(id)
  }

  const ofAgent = (agent: string) => records.read("AND json_extract(body, '$.agent') = ?", [agent])
  const added = openAddedWords({ store, vault, clock, declare })

  function userWords(task: TaskRecord): readonly string[] {
    const known = said.get(task.id)
    if (known) return known
    const words = [task.words, ...added.of(task.id).map((each) => each.words ?? "")].filter(
      (text) => text !== "",
    )
    if (task.state === "live") said.set(task.id, words)
    return words
  }

  async function addWords(words: WordsToAdd): Promise<AddedWords> {
    const written = await added.add(records.need(words.task), words)
    said.delete(words.task)
    return written
  }

  return {
    records,
    userWords,
    find,
    list,
    ofAgent,
    current: (agent) => live.get(agent)?.at(-1),
    ensure,
    start,
    addWords,
    addedWords: (task) => added.of(task),
    end,
  }
}

function byAge(a: TaskRecord, b: TaskRecord): number {
  return Number(b.source === "standing") - Number(a.source === "standing") || a.startedAt - b.startedAt
}

function add(live: Map<string, TaskRecord[]>, task: TaskRecord): void {
  const tasks = live.get(task.agent) ?? []
  tasks.push(task)
  live.set(task.agent, tasks.sort(byAge))
}
