import { isFailure } from "@hufu/core/failure"
import { containersOf } from "./client-places.ts"
import { digestOf, readConfigFile, removeDraft } from "./config-file.ts"
import type { ConnectJournal, ConnectRecord } from "./connect-journal.ts"
import { restoreText } from "./restore-text.ts"

/** Finishes or undoes what a run began that was killed. Called under the lock, before anything else. */
export function finishInterrupted(journal: ConnectJournal): void {
  journal.sweep()
  for (const record of journal.unfinished())
    unlessUnreadable(() => {
      if (wasWritten(record)) journal.finish(record.path)
      else journal.abandon(record.path)
    })
  for (const record of journal.all())
    unlessUnreadable(() => {
      removeDraft(record.path)
      // It was put back, and the run was killed before it could say so.
      if (record.changes.length === 0 || isPutBack(record)) journal.forget(record.path)
    })
}

function wasWritten(record: ConnectRecord): boolean {
  removeDraft(record.path)
  const { text } = readConfigFile(record.path)
  const now = digestOf(text)
  if (now === record.after) return true
  if (now === record.before) return false
  // Somebody wrote into it since: the entries themselves tell.
  const { restored, changed } = restoreText(text, record.changes, containersOf(record.client))
  return restored.length + changed.length > 0
}

function isPutBack({ path, existed, without, after }: ConnectRecord): boolean {
  const { isThere, text } = readConfigFile(path)
  return isThere === existed && without !== after && digestOf(text) === without
}

/** A file that cannot be read now keeps its record until it can. */
function unlessUnreadable(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!isFailure(error) || isFailure(error, "vault_damaged")) throw error
  }
}
