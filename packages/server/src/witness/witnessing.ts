import { verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { parseNote, type VerifiedBy } from "@hufu/core/evidence/signed-note"
import { parseVkey, type VerifierKey } from "@hufu/core/evidence/vkey"
import { MAX_AHEAD_SECONDS, witnessedBy, type Witnessed } from "@hufu/core/evidence/witness-policy"
import { formatWitnessRequest } from "@hufu/core/evidence/witness-request"
import type { WitnessStatus } from "@hufu/core/contract/witness-status"
import { Failure } from "@hufu/core/failure"
import type { Logger } from "pino"
import type { Clock } from "../clock.ts"
import type { Config } from "../config.ts"
import type { SignedCheckpoint } from "../ledger/checkpointer.ts"
import { type Comparison, compareCheckpoint } from "../ledger/compare-checkpoint.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { verifyMlDsa44 } from "../ledger/ml-dsa.ts"
import { readAcknowledged } from "../store/read-acknowledged.ts"
import type { Store } from "../store/store.ts"
import { askLatest, askToCosign } from "./ask-witness.ts"
import { type Alarm, alarmOf, asFailureOf, saysOf } from "./witness-sentences.ts"

export type WitnessState = WitnessStatus["items"][number]["state"]

export interface WitnessingParts {
  readonly store: Store
  readonly ledger: Ledger
  readonly clock: Clock
  readonly config: Pick<Config, "witnesses" | "witness">
  readonly logger: Pick<Logger, "warn" | "error" | "info">
}

/** What a node has of its witnesses: they are asked beside the actions and never delay one. */
export interface Witnessing {
  /** Begins to ask for every checkpoint. */
  begin(): void
  /** Tells of every checkpoint that witnesses have cosigned, with their cosignatures; what it returns ends that. */
  onCosigned(listener: (checkpoint: SignedCheckpoint) => void): () => void
  /** Why no action is let through; `null` as long as no witness has shown that this ledger lost or changed something. */
  alarm(): Alarm | null
  status(): WitnessStatus
  /** How the state that covers an entry stands. */
  stands(index: number): Witnessed
  /** The keys of all witnesses, as text. */
  readonly keys: readonly string[]
  /** The ledger as it is shown: where a witnessed checkpoint covers an entry, that one, with its cosignatures. */
  readonly shown: Ledger
  close(): Promise<void>
}

interface Witness {
  readonly name: string
  readonly url: string
  readonly keys: readonly VerifierKey[]
  state: WitnessState
  /** The largest size that it has cosigned, and when. */
  size: number | null
  at: number | null
  failures: number
  notBefore: number
}

const startWithinMs = 3_000
const answerWithinMs = 10_000
const firstBackoffMs = 1_000
const maxBackoffMs = 300_000
const keptSizes = 256
const checks = { mlDsa44: verifyMlDsa44 }

/**
 * Opens what is known of the witnesses and asks each, within a bounded time, what it saw last.
 *
 * Throws Failure("ledger_rolled_back") or Failure("ledger_forked") when one of them shows a checkpoint of this ledger that the ledger
 * does not contain. One that does not answer stops nothing; it is shown.
 */
export async function openWitnessing(parts: WitnessingParts): Promise<Witnessing> {
  const { ledger, clock, config, logger } = parts
  const witnesses = config.witnesses.map((each) => openWitness(parts, each))
  const required = config.witness.required
  const known = witnesses.flatMap(({ keys }) => keys)
  const ended = new AbortController()
  let alarm: Alarm | null = null
  let isClosed = false

  await Promise.all([
    ...keptContradictions(parts).map(async ({ witness, note }) => judge(note, witness)),
    ...witnesses.map((witness) => lookBack(witness, startWithinMs)),
  ])
  // A function, because the compiler does not see that what was awaited sets it.
  const found = ((): Alarm | null => alarm)()
  if (found !== null) throw asFailureOf(found)

  /** What a witness's word of this ledger means, by the ledger's own signature on it. UNTRUSTED note. */
  async function judge(note: string, name: string): Promise<Comparison["is"]> {
    const comparison = await compare(parts, note)
    if (comparison.is !== "beyond" && comparison.is !== "forked") return comparison.is
    alarm = alarmOf({ name, is: comparison.is, size: comparison.size, here: ledger.size() })
    logger.error({ witness: name, code: alarm.code }, alarm.en)
    await parts.store.commit((tx) =>
      tx.run(
        "INSERT INTO contradiction (witness, note) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET note = ?2",
        [name, note],
      ),
    )
    return comparison.is
  }

  /** Asks a witness what it saw last, and compares. */
  async function lookBack(witness: Witness, withinMs: number): Promise<void> {
    const reply = await askLatest(witness.url, ledger.origin, { withinMs, signal: ended.signal })
    if (reply === null) return set(witness, "unreachable")
    if (reply.status !== 200) return undefined
    const is = await judge(reply.body, witness.name)
    if (is === "beyond" || is === "forked") return set(witness, "contradicted")
    if (is === "restored") return set(witness, "restored")
    return is === "foreign" ? set(witness, "disputed") : undefined
  }

  function set(witness: Witness, state: WitnessState): void {
    if (isClosed) return
    if (state !== witness.state && state !== "cosigned" && state !== "waiting")
      logger.warn({ witness: witness.name, state }, saysOf(state).en)
    witness.state = state
    if (state === "cosigned") {
      witness.failures = 0
      witness.notBefore = 0
      return
    }
    witness.failures += 1
    const wait = Math.min(firstBackoffMs * 2 ** (witness.failures - 1), maxBackoffMs)
    witness.notBefore = performance.now() + wait
  }

  /** The size of the tree that this witness has to be shown to be continued, as far as we know. */
  async function ask(witness: Witness, first: SignedCheckpoint): Promise<void> {
    let checkpoint = first
    let old = Math.min(witness.size ?? 0, checkpoint.size)
    // Each answer may tell another size once or twice: it is asked by several programs, or its folder was restored.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { size, note } = checkpoint
      const body = formatWitnessRequest({ old, proof: ledger.consistency(old, size), note })
      const askedAt = Math.floor(clock.now() / 1000)
      const reply = await askToCosign(witness.url, body, { withinMs: answerWithinMs, signal: ended.signal })
      if (reply === null) return set(witness, "unreachable")
      if (reply.status === 200) return take(witness, checkpoint, { lines: reply.body, askedAt })
      if (reply.status === 422) return dispute(witness)
      if (reply.status !== 409) return set(witness, "refused")
      const seen = /^(0|[1-9]\d{0,15})\n$/.test(reply.body) ? Number(reply.body) : Number.NaN
      checkpoint = ledger.checkpoint()
      if (!Number.isSafeInteger(seen) || seen > checkpoint.size) return dispute(witness)
      old = seen
    }
    return set(witness, "refused")
  }

  /** A witness contradicts us; only a checkpoint with our own signature proves it right. */
  async function dispute(witness: Witness): Promise<void> {
    set(witness, "disputed")
    await lookBack(witness, answerWithinMs)
  }

  async function take(
    witness: Witness,
    checkpoint: SignedCheckpoint,
    { lines, askedAt }: { lines: string; askedAt: number },
  ): Promise<void> {
    const own = linesOf(checkpoint.note + lines, witness.keys)
    const by = await verifiedBy(checkpoint.note + own, witness.keys)
    const now = Math.floor(clock.now() / 1000)
    const isNow = by.every(
      ({ atSeconds = 0 }) => atSeconds >= askedAt - MAX_AHEAD_SECONDS && atSeconds <= now + MAX_AHEAD_SECONDS,
    )
    // A replayed cosignature is of another checkpoint, or of another time.
    if (by.length === 0 || !isNow) return set(witness, "untrusted")
    const at = Math.max(...by.map(({ atSeconds = 0 }) => atSeconds))
    await parts.store.commit((tx) => {
      tx.run(
        "INSERT INTO cosignature (size, witness, at, lines) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET at = ?3, lines = ?4",
        [checkpoint.size, witness.name, at, own],
      )
      tx.run(
        "DELETE FROM cosignature WHERE size < (SELECT min(size) FROM (SELECT DISTINCT size FROM cosignature ORDER BY size DESC LIMIT ?1))",
        [keptSizes],
      )
    })
    witness.size = checkpoint.size
    witness.at = at * 1000
    set(witness, "cosigned")
  }

  async function verifiedBy(note: string, keys: readonly VerifierKey[]): Promise<VerifiedBy[]> {
    const verdict = await verifyCheckpoint(note, parseVkey(ledger.vkey), keys, checks)
    return verdict.ok ? verdict.witnesses : []
  }

  // One round at a time: all witnesses are asked about the same checkpoint, because only cosignatures of one state count together.
  let round: Promise<void> | null = null
  let isWanted = false
  let timer: NodeJS.Timeout | undefined
  let unfollow = (): void => {}
  const listeners = new Set<(checkpoint: SignedCheckpoint) => void>()

  function wake(): void {
    isWanted = true
    if (round !== null || isClosed || alarm !== null) return
    round = rounds().finally(() => (round = null))
  }

  async function rounds(): Promise<void> {
    const goesOn = (): boolean => isWanted && !isClosed && alarm === null
    while (goesOn()) {
      isWanted = false
      const checkpoint = ledger.checkpoint()
      const due = witnesses.filter(({ notBefore, size, state }) => {
        const isDone = state === "cosigned" && size !== null && size >= checkpoint.size
        return !isDone && notBefore <= performance.now()
      })
      const asked = due.map((witness) =>
        ask(witness, checkpoint).catch((error: unknown) => {
          logger.error({ err: error, witness: witness.name }, "a witness could not be asked")
          set(witness, "refused")
        }),
      )
      await Promise.all(asked)
      await tellOf(checkpoint)
    }
    retryLater()
  }

  async function tellOf({ size }: SignedCheckpoint): Promise<void> {
    if (listeners.size === 0 || isClosed) return
    const cosigned = await cosignedOver(size - 1).catch(() => null)
    if (cosigned !== null) for (const listener of listeners) listener(cosigned)
  }

  function retryLater(): void {
    clearTimeout(timer)
    const later = witnesses.filter(({ state }) => state !== "cosigned").map(({ notBefore }) => notBefore)
    if (later.length === 0 || isClosed || alarm !== null) return
    timer = setTimeout(wake, Math.max(Math.min(...later) - performance.now(), 0) + 1)
    timer.unref()
  }

  const policy = { witnesses: known, required }

  /** The largest state over an entry that enough witnesses saw, or else any did. */
  function bestOver(index: number): { size: number; by: string[] } | null {
    const rows = parts.store.query<{ size: number; witness: string }>(
      "SELECT size, witness FROM cosignature WHERE size > ? AND size <= ? ORDER BY size DESC",
      [index, ledger.size()],
    )
    const names = new Set(witnesses.map(({ name }) => name))
    const sizes = Map.groupBy(
      rows.filter(({ witness }) => names.has(witness)),
      ({ size }) => size,
    )
    const states = [...sizes].map(([size, each]) => ({ size, by: each.map(({ witness }) => witness) }))
    return (
      states.find(({ by }) => by.length >= required) ??
      states.toSorted((a, b) => b.by.length - a.by.length || b.size - a.size)[0] ??
      null
    )
  }

  const standing = (by: string[]): Witnessed => ({
    by,
    of: witnesses.length,
    required,
    isWitnessed: by.length >= required,
  })

  /** That state's checkpoint with its cosignatures; what does not verify is left out, because the tables are not signed. */
  async function cosignedOver(index: number): Promise<SignedCheckpoint | null> {
    const best = bestOver(index)
    if (best === null) return null
    const [row] = parts.store.query<{ note: string }>("SELECT note FROM checkpoint WHERE size = ?", [
      best.size,
    ])
    const lines = parts.store.query<{ lines: string }>(
      "SELECT lines FROM cosignature WHERE size = ? ORDER BY witness",
      [best.size],
    )
    if (row === undefined) return null
    const note = row.note + lines.map((each) => each.lines).join("")
    const by = await verifiedBy(note, known).catch(() => [])
    if (!witnessedBy(by, { ...policy, required: 1 }).isWitnessed) return null
    return { size: best.size, root: ledger.rootAt(best.size), note }
  }

  const shown: Ledger = {
    ...ledger,
    async awaitCheckpoint(index) {
      const plain = await ledger.awaitCheckpoint(index)
      return (await cosignedOver(index)) ?? plain
    },
  }

  return {
    begin() {
      if (witnesses.length === 0) return
      unfollow = ledger.onCheckpoint(wake)
      wake()
    },
    onCosigned(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    alarm: () => alarm,
    status() {
      const best = bestOver(-1)
      const { by, of, isWitnessed } = standing(best?.by ?? [])
      return {
        required,
        of,
        by: by.length,
        size: best?.size ?? null,
        isWitnessed,
        alarm,
        items: witnesses.map(({ name, url, state, size, at }) => {
          return { name, url, state, says: saysOf(state), size, at }
        }),
      }
    },
    stands: (index) => standing(bestOver(index)?.by ?? []),
    keys: config.witnesses.flatMap(({ keys }) => keys),
    shown,
    async close() {
      isClosed = true
      unfollow()
      clearTimeout(timer)
      ended.abort()
      await round
    },
  }
}

function openWitness({ store }: WitnessingParts, { url, keys }: Config["witnesses"][number]): Witness {
  const parsed = keys.map(parseVkey)
  const name = parsed[0]?.name ?? ""
  const [last] = store.query<{ size: number; at: number }>(
    "SELECT size, at FROM cosignature WHERE witness = ? ORDER BY size DESC LIMIT 1",
    [name],
  )
  return {
    name,
    url,
    keys: parsed,
    state: "waiting",
    size: last?.size ?? null,
    at: last === undefined ? null : last.at * 1000,
    failures: 0,
    notBefore: 0,
  }
}

/** Contradictions that were shown before: a witness that is silenced since does not make them go away. */
function keptContradictions({ store }: WitnessingParts): { witness: string; note: string }[] {
  return store.query("SELECT witness, note FROM contradiction")
}

async function compare({ store }: WitnessingParts, note: string): Promise<Comparison> {
  try {
    return await readAcknowledged(store, (db) => compareCheckpoint(db, note))
  } catch (cause) {
    throw new Failure("store_unavailable", "the ledger could not be compared: try again", { cause })
  }
}

/** The signature lines of one witness; whatever else it sent is not passed on. */
function linesOf(note: string, keys: readonly VerifierKey[]): string {
  try {
    const { text, signatures } = parseNote(note)
    const lines = note.slice(text.length + 1, -1).split("\n")
    const own = lines.filter((_, i) =>
      keys.some(({ name, id }) => name === signatures[i]?.name && id === signatures[i]?.id),
    )
    return own.map((line) => `${line}\n`).join("")
  } catch {
    return ""
  }
}
