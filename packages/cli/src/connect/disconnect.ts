import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { asFailure } from "@hufu/core/failure"
import { clientNamed, containersOf } from "./client-places.ts"
import { digestOf, readConfigFile, replaceConfigFile } from "./config-file.ts"
import {
  type Change,
  type ConnectJournal,
  type ConnectRecord,
  openConnectJournal,
} from "./connect-journal.ts"
import { withConnectLock } from "./connect-lock.ts"
import { finishInterrupted } from "./finish-interrupted.ts"
import { type Changed, type Restored, restoreText } from "./restore-text.ts"
import { differenceOf, masked } from "./show-change.ts"
import { type Disconnected, showDisconnected } from "./show-disconnected.ts"

/** `hufu disconnect [CLIENT|--all]`: puts back what `hufu connect` changed, and nothing else. */
export async function disconnect(invocation: Invocation): Promise<number> {
  const { positionals, flags, dataFolder } = invocation
  const [name, ...more] = positionals
  const isAll = flags["all"] === true
  if (more.length > 0 || (name === undefined) !== isAll)
    throw new UsageError("this takes one client, or --all: hufu disconnect CLIENT")
  const client = name === undefined ? undefined : clientNamed(name).id
  const done = await withConnectLock(dataFolder, async () => {
    const journal = openConnectJournal(dataFolder)
    finishInterrupted(journal)
    const records = journal.all().filter((record) => isAll || record.client === client)
    return records.map((record) => putBack(journal, record, flags["force"] === true, flags["whole"] === true))
  })
  showDisconnected(done, invocation)
  return done.some(({ state }) => state === "refused") ? exitCodes.failed : exitCodes.ok
}

function putBack(
  journal: ConnectJournal,
  record: ConnectRecord,
  force: boolean,
  whole: boolean,
): Disconnected {
  const base = {
    client: record.client,
    file: record.path,
    restored: [],
    gone: [],
    changed: [],
    difference: [],
  }
  try {
    const file = readConfigFile(record.path)
    if (!file.isThere && record.existed && !whole) {
      if (!force) return { ...base, state: "refused", why: "missing" }
      journal.forget(record.path)
      return { ...base, state: "done", why: undefined }
    }
    const restored = whole ? wholeOf(record) : restoredOf(record, file.text, force)
    const told = {
      ...base,
      restored: restored.restored.map(placeOf),
      gone: restored.gone.map(placeOf),
      changed: restored.changed.map(({ change }) => placeOf(change)),
      difference: restored.changed.flatMap(differenceWith),
    }
    if (restored.changed.length > 0 && !force) return { ...told, state: "refused", why: "changed" }
    if (restored.text !== file.text || file.isThere !== record.existed) {
      // INVARIANT: the record goes only after the file is back.
      const isNothing = !record.existed && restored.text.trim() === ""
      if (!isNothing || file.isThere) replaceConfigFile(file, isNothing ? undefined : restored.text)
    }
    journal.forget(record.path)
    return { ...told, state: "done", why: undefined }
  } catch (error) {
    return { ...base, state: "refused", why: asFailure(error).message }
  }
}

function restoredOf(record: ConnectRecord, text: string, force: boolean): Restored {
  const restored = restoreText(text, record.changes, containersOf(record.client), force)
  const isUntouched = digestOf(text) === record.after && restored.changed.length === 0
  return isUntouched ? { ...restored, text: record.original } : restored
}

function wholeOf({ original, changes }: ConnectRecord): Restored {
  return { text: original, restored: changes, undone: [], gone: [], changed: [] }
}

function placeOf(change: Change): string {
  return change.kind === "server" ? change.pointer.join(" › ") : "hooks › UserPromptSubmit"
}

/** What stands there now, against what was there before Hufu. */
function differenceWith({ change, now }: Changed): string[] {
  if (change.kind === "hook") return [`@ ${placeOf(change)}`, `- ${now}`]
  return [
    `@ ${placeOf(change)}`,
    ...differenceOf(masked(now, change.vault), masked(change.before, change.vault)),
  ]
}
