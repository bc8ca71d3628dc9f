import { z } from "zod"
import { AddedWords, type TaskRecord } from "@hufu/core/contract/records"
import { Failure, isFailure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Store } from "../store/store.ts"
import { type Declare, saidTime } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

/** Where the words are; they themselves are in the vault. */
const Row = AddedWords.omit({ words: true }).extend({ id: z.string(), kept: z.string() })
type Row = z.infer<typeof Row>

export interface WordsToAdd {
  readonly task: string
  readonly words: string
  readonly source: AddedWords["source"]
  readonly by: string
}

export interface AddedWordsParts {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly declare: Declare
}

/** No decision reads them, so none is held in memory. */
export const wordsKind: RecordKind<Row> = { kind: "words", schema: Row, states: [], at: ({ at }) => at }

const maxPerTask = 200
const fact = "task.worded"
const counting = "SELECT count(*) AS count FROM record WHERE kind='words' AND id > ? AND id < ?"

/** What users say while a task goes on, in the order in which they said it. */
export function openAddedWords({ store, vault, clock, declare }: AddedWordsParts) {
  const records = openRecords(store, wordsKind)

  async function add(task: TaskRecord, { words, source, by }: WordsToAdd): Promise<AddedWords> {
    const at = clock.now()
    const index = await store.commit((tx) => {
      const [row] = tx.query<{ count: number }>(counting, range(task.id))
      if ((row?.count ?? 0) >= maxPerTask)
        throw new Failure(
          "too_many",
          `words were added to this task ${maxPerTask} times: start another with \`hufu task start\``,
        )
      const kept = `${task.id}/${fact}/${tx.nextIndex()}`
      const written = declare(tx, {
        fact,
        subject: task.id,
        by,
        refs: { agent: task.agent, source, at: saidTime(at) },
        content: { words },
      })
      // Of the same length each, so that their order as text is their order.
      const id = wordsId(task.id, written)
      records.put(tx, { id, kept, at, source, index: written })
      return written
    })
    return { at, words, source, index }
  }

  function of(task: string): AddedWords[] {
    const rows = records.read("AND id > ? AND id < ? ORDER BY id", range(task))
    return rows.map(({ at, source, index, kept }) => ({ at, words: wordsOf(kept), source, index }))
  }

  /** What was erased is gone, which is not an error. */
  function wordsOf(kept: string): string | null {
    try {
      return z.object({ words: z.string() }).parse(vault.get(kept)).words
    } catch (error) {
      if (isFailure(error, "not_found")) return null
      throw error
    }
  }

  return { add, of }
}

export function wordsId(task: string, index: number): string {
  return `${task}/${String(index).padStart(16, "0")}`
}

/** The ids of a task's rows lie between these: `0` follows `/`. */
function range(task: string): [string, string] {
  return [`${task}/`, `${task}0`]
}
