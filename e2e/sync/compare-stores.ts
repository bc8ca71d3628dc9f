import { createHash } from "node:crypto"
import { pino } from "pino"
import { readRecord } from "../../packages/server/src/authority/records.ts"
import { systemClock } from "../../packages/server/src/clock.ts"
import { registrationKind } from "../../packages/server/src/registry/registration-record.ts"
import { openMirrors } from "../../packages/server/src/registry/sync/mirrors.ts"
import { openStore, type Store } from "../../packages/server/src/store/store.ts"

/** What two nodes that are stopped have: of the one what it approved, of the other what it mirrors of it. */
export interface Compared {
  readonly approved: number
  readonly mirrored: number
  /** Over every record, in the order of the origin's ids. */
  readonly originDigest: string
  readonly mirrorDigest: string
  /** Mirrors of which there is more than one. */
  readonly twice: number
  /** Whether every byte of the two ledgers is what their checkpoints say. */
  readonly areLedgersSound: boolean
}

const pageRows = 500

/** Reads both data folders whole, by themselves and not by what the nodes say of them. */
export async function compareStores(originFolder: string, mirrorFolder: string): Promise<Compared> {
  const origin = await open(originFolder)
  const mirror = await open(mirrorFolder)
  try {
    const own = approvedIn(origin)
    const others = mirrorsIn(mirror)
    const verdicts = await Promise.all([origin.ledger.verify(), mirror.ledger.verify()])
    return {
      approved: own.size,
      mirrored: others.found.size,
      originDigest: digestOf(own),
      mirrorDigest: digestOf(others.found),
      twice: others.twice,
      areLedgersSound: verdicts.every(({ ok }) => ok),
    }
  } finally {
    await origin.close()
    await mirror.close()
  }
}

function open(dataDir: string): Promise<Store> {
  return openStore({ dataDir, clock: systemClock, logger: pino({ level: "silent" }) })
}

/** By the origin's id, what others may see of each. */
function approvedIn(store: Store): Map<string, string> {
  const found = new Map<string, string>()
  for (let after = ""; ;) {
    const rows = store.records.read(registrationKind.kind, "AND id > ? ORDER BY id LIMIT ?", [
      after,
      pageRows,
    ])
    for (const row of rows) {
      const record = readRecord(store, registrationKind, row)
      if (record?.approvedAt == null || record.state === "retired") continue
      const { id, aic, state, content } = record
      found.set(id, saidOf({ aic, usable: state === "approved", content }))
    }
    after = rows.at(-1)?.id ?? after
    if (rows.length < pageRows) return found
  }
}

function mirrorsIn(store: Store): { found: Map<string, string>; twice: number } {
  const mirrors = openMirrors(store, systemClock)
  const found = new Map<string, string>()
  let twice = 0
  for (let after = ""; ;) {
    const some = mirrors.page(after, pageRows)
    for (const { id, aic, mirror, content } of some) {
      const origin = mirror?.id ?? ""
      if (found.has(origin)) twice += 1
      found.set(origin, saidOf({ aic, usable: mirrors.isUsable(id), content }))
    }
    after = some.at(-1)?.id ?? after
    if (some.length < pageRows) return { found, twice }
  }
}

function saidOf(said: { aic: string | null; usable: boolean; content: object }): string {
  return createHash("sha256")
    .update(JSON.stringify([said.aic, said.usable, said.content]))
    .digest("hex")
}

function digestOf(all: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256")
  for (const [id, said] of [...all].sort(([one], [other]) => (one < other ? -1 : 1)))
    hash.update(`${id} ${said}\n`)
  return hash.digest("hex")
}
