import { createHash } from "node:crypto"
import { newId } from "@hufu/core/id"
import { systemClock } from "../packages/server/src/clock.ts"
import type { EntryDraft } from "../packages/server/src/ledger/appender.ts"
import { openStore, type Store, type Tx } from "../packages/server/src/store/store.ts"

/** What a folder is grown by: actions leave two entries each, holds two more. */
export interface Growth {
  /** How many entries the ledger has at least afterwards. */
  entries: number
  /** How many holds were decided and used. */
  holds: number
}

const perUnit = 250
const digest = createHash("sha256").update("bench").digest("hex")
const ids = {
  agent: newId("agent", 0),
  version: newId("version", 0),
  principal: newId("person", 0),
  task: newId("task", 0),
  mandate: newId("mandate", 0),
  server: newId("server", 0),
}
const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** Gives the data folder of a stopped node a history, by the store that a node itself writes with. */
export async function growFolder(dataDir: string, { entries, holds }: Growth): Promise<void> {
  const store = await openStore({ dataDir, clock: systemClock, logger: silent })
  try {
    await inUnits(store, holds, writeHold)
    await inUnits(store, Math.ceil((entries - store.ledger.size()) / 2), writeAction)
  } finally {
    await store.close()
  }
}

type Write = (store: Store, tx: Tx) => void

async function inUnits(store: Store, count: number, write: Write): Promise<void> {
  for (let left = count; left > 0; left -= perUnit)
    await store.commit((tx) => {
      for (let n = 0; n < Math.min(perUnit, left); n++) write(store, tx)
    })
}

function writeAction(store: Store, tx: Tx): void {
  const action = newId("action", Date.now())
  const value = { id: action, text: "a note of the length that notes have" }
  tx.append(intentOf(action, store.vault.put(tx, { id: action, subject: ids.task, value })))
  tx.append({ kind: "outcome", action, outcome: "done", ms: 3 })
}

function writeHold(store: Store, tx: Tx): void {
  const now = Date.now()
  const hold = newId("hold", now)
  const action = newId("action", now)
  const { agent, task } = ids
  store.vault.put(tx, { id: `${hold}/content`, subject: task, value: { arguments: { id: hold } } })
  tx.append({ kind: "hold", hold, digest, agent, task, effect: "send", expires: now })
  tx.append({
    kind: "approval",
    approval: newId("approval", now),
    hold,
    decision: "once",
    by: ids.principal,
    digest,
  })
  const body = JSON.stringify(usedHold({ hold, action, now }))
  store.records.put(tx, { kind: "hold", id: hold, state: "used", at: now, subject: null, body, sealed: null })
}

function usedHold({ hold, action, now }: { hold: string; action: string; now: number }) {
  const { mandate: _, ...rest } = ids
  return {
    ...rest,
    id: hold,
    action,
    tool: "send_note",
    effect: "send",
    mode: "ask",
    digest,
    approvedDigest: digest,
    approval: newId("approval", now),
    decision: "once",
    state: "used",
    createdAt: now,
    expiresAt: now,
    decidedAt: now,
  }
}

function intentOf(action: string, args: string): EntryDraft {
  return {
    kind: "intent",
    action,
    ...ids,
    tool: digest,
    effect: "write",
    door: "mcp-http",
    verdict: "allow",
    rules: ["platform/mandate"],
    policy: digest,
    profile: digest,
    facts: digest,
    arguments: args,
    digest,
  }
}
