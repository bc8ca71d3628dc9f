import { Failure } from "@hufu/core/failure"
import type { Backlog } from "./backlog.ts"
import type { Row } from "./row-codec.ts"
import type { RowTarget } from "./row-target.ts"
import type { SqliteConnection } from "./sqlite-connection.ts"
import { asStoreError, asUnavailable } from "./storage-error.ts"

/** Something with a state in memory that must follow what becomes durable. */
export interface Participant {
  /** A place to come back to. */
  mark(): number
  /** Forgets what was added since the mark: that unit was rolled back. */
  rewind(mark: number): void
  /** The last chance to write rows into the batch. */
  prepare(): void
  /** The batch is on the disk. */
  committed(): void
  /** The batch is gone; throws when memory and database cannot be brought to agree. */
  aborted(): void
}

/** What one unit of work may do, and only while it runs. */
export interface Scope {
  /** Throws once the unit has ended. */
  assertLive(): void
}

export interface GroupCommitParts {
  readonly db: SqliteConnection
  readonly backlog: Backlog
  readonly rows: RowTarget
}

export interface GroupCommitOptions {
  /** Told of a store that closed itself. */
  readonly onRefuse: (cause: unknown) => void
  readonly maxQueued?: number
  readonly unitTimeoutMs?: number
}

export interface CommitOptions {
  /** Joins the next batch that another unit causes, and waits 20 ms for one at most. */
  readonly lazy?: boolean
  /** Only runs journaled statements, synchronously, reads nothing, and collides with nothing: its ids are new. */
  readonly blind?: boolean
}

interface Unit {
  readonly blind: boolean
  readonly work: (scope: Scope) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  result:
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly error: unknown }
    | null
}

const lazyDelayMs = 20

/**
 * The one writer. Everything queued when it starts becomes one batch, durable by one write: a frame of the journal when all
 * its units are blind, else a transaction in which every unit has its own savepoint. No promise settles before the batch is
 * on the disk or gone.
 *
 * INVARIANT: batches never overlap, and units of a batch run one after another, also when they await.
 */
export class GroupCommit {
  readonly #db: SqliteConnection
  readonly #backlog: Backlog
  readonly #rows: RowTarget
  #participants: readonly Participant[] = []
  readonly #onRefuse: (cause: unknown) => void
  readonly #maxQueued: number
  readonly #unitTimeoutMs: number
  #queue: Unit[] = []
  /** Blind units that ran before anybody needed them, and their rows: the next frame begins with them. */
  #early: { units: Unit[]; rows: Row[] } = { units: [], rows: [] }
  #isBusy = false
  #immediate: NodeJS.Immediate | null = null
  #prelude: NodeJS.Immediate | null = null
  #timer: NodeJS.Timeout | null = null
  /** Why nothing more is taken. */
  #refusal: Failure | null = null
  /** Why nothing more is written, also not what was taken: memory and disk may not agree. */
  #broken: Failure | null = null
  #idle: PromiseWithResolvers<void> | null = null

  constructor({ db, backlog, rows }: GroupCommitParts, options: GroupCommitOptions) {
    this.#db = db
    this.#backlog = backlog
    this.#rows = rows
    this.#onRefuse = options.onRefuse
    this.#maxQueued = options.maxQueued ?? 10_000
    this.#unitTimeoutMs = options.unitTimeoutMs ?? 5_000
  }

  /** Adds what must follow every commit; before the first unit. */
  join(...participants: readonly Participant[]): void {
    this.#participants = [...this.#participants, ...participants]
  }

  /** Queues a unit of work; the promise settles when its batch has. */
  enqueue<T>(
    work: (scope: Scope) => T | Promise<T>,
    { lazy = false, blind = false }: CommitOptions = {},
  ): Promise<T> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal)
    if (this.#queue.length + this.#early.units.length >= this.#maxQueued) {
      return Promise.reject(
        new Failure("overloaded", "the store has too much waiting: try again in a second"),
      )
    }
    return new Promise<T>((resolve, reject) => {
      // The value that resolves is the one that this very work returned.
      this.#queue.push({
        work,
        blind,
        resolve: resolve as (value: unknown) => void,
        reject,
        result: null,
      })
      this.#schedule(lazy)
    })
  }

  /** Takes nothing more, and resolves when all that was queued has settled. */
  async close(): Promise<void> {
    this.#refusal ??= new Failure("store_unavailable", "the store is closed: start Hufu again")
    if (this.#queue.length + this.#early.units.length === 0 && !this.#isBusy) return
    this.#idle ??= Promise.withResolvers<void>()
    this.#schedule(false)
    await this.#idle.promise
  }

  #schedule(lazy: boolean): void {
    if (this.#isBusy || this.#immediate !== null) return
    if (lazy) {
      this.#timer ??= setTimeout(() => this.#start(), lazyDelayMs)
      this.#prelude ??= setImmediate(() => this.#runEarly())
      return
    }
    // After the events of this turn of the loop, so that all that they bring shares one fsync.
    this.#immediate = setImmediate(() => this.#start())
  }

  /** What nobody waits for is worked out while nothing else is to be done, so that the next batch only has to write it. */
  #runEarly(): void {
    this.#prelude = null
    if (this.#isBusy || !this.#queue.every((unit) => unit.blind)) return
    const units = this.#queue
    this.#queue = []
    this.#rows.collect(this.#early.rows, () => {
      for (const unit of units) this.#runBlind(unit)
    })
    this.#early.units.push(...units)
  }

  #start(): void {
    if (this.#immediate !== null) clearImmediate(this.#immediate)
    if (this.#prelude !== null) clearImmediate(this.#prelude)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#immediate = null
    this.#prelude = null
    this.#timer = null
    this.#isBusy = true
    const batch = this.#queue
    const early = this.#early
    this.#queue = []
    this.#early = { units: [], rows: [] }
    void this.#commitAll(early, batch).finally(() => this.#next())
  }

  #next(): void {
    this.#isBusy = false
    if (this.#queue.length > 0) return this.#schedule(false)
    this.#idle?.resolve()
  }

  async #commitAll(early: { units: Unit[]; rows: Row[] }, batch: readonly Unit[]): Promise<void> {
    if (batch.every((unit) => unit.blind)) {
      const all = [...early.units, ...batch]
      return this.#commit(all, () => this.#journal(early.rows, batch))
    }
    if (early.units.length > 0) await this.#commit(early.units, () => this.#journal(early.rows, []))
    return this.#commit(batch, () => this.#transact(batch))
  }

  async #commit(batch: readonly Unit[], work: () => Promise<void>): Promise<void> {
    if (this.#broken !== null) return rejectAll(batch, this.#broken)
    try {
      await work()
    } catch (error) {
      this.#abort(error)
      const failure = asUnavailable(error)
      for (const unit of batch) unit.reject(unit.result?.ok === false ? unit.result.error : failure)
      return
    }
    for (const participant of this.#participants) participant.committed()
    for (const unit of batch) settle(unit)
  }

  async #journal(rows: Row[], batch: readonly Unit[]): Promise<void> {
    this.#rows.collect(rows, () => {
      for (const unit of batch) this.#runBlind(unit)
      for (const participant of this.#participants) participant.prepare()
    })
    if (rows.length > 0) await this.#backlog.add(rows)
  }

  async #transact(batch: readonly Unit[]): Promise<void> {
    this.#backlog.fold()
    this.#db.exec("BEGIN IMMEDIATE")
    for (const unit of batch) {
      const pending = this.#run(unit)
      // No await for a unit that did not: a batch without async units is one turn, start to fsync.
      if (pending !== null) await pending
    }
    for (const participant of this.#participants) participant.prepare()
    this.#backlog.stamp()
    this.#db.exec("COMMIT")
    this.#backlog.release()
  }

  #runBlind(unit: Unit): void {
    const marks = this.#participants.map((participant) => participant.mark())
    const row = this.#rows.mark()
    const scope = new UnitScope()
    try {
      const value = unit.work(scope)
      if (value instanceof Promise) {
        value.catch(() => {})
        throw new Error("a blind unit of work is synchronous")
      }
      unit.result = { ok: true, value }
    } catch (error) {
      unit.result = { ok: false, error }
      this.#rows.rewind(row)
      for (const [i, participant] of this.#participants.entries()) participant.rewind(marks[i] ?? 0)
    } finally {
      scope.end()
    }
  }

  #run(unit: Unit): Promise<void> | null {
    const marks = this.#participants.map((participant) => participant.mark())
    const scope = new UnitScope()
    this.#db.run("SAVEPOINT unit")
    let value: unknown
    try {
      value = unit.work(scope)
      if (value instanceof Promise) return this.#runAsync(unit, { scope, marks, promise: value })
    } catch (error) {
      this.#undo(unit, { scope, marks, error })
      return null
    }
    this.#keep(unit, scope, value)
    return null
  }

  async #runAsync(
    unit: Unit,
    { scope, marks, promise }: { scope: UnitScope; marks: number[]; promise: Promise<unknown> },
  ): Promise<void> {
    let value: unknown
    try {
      value = await within(promise, this.#unitTimeoutMs)
    } catch (error) {
      this.#undo(unit, { scope, marks, error })
      return
    }
    this.#keep(unit, scope, value)
  }

  #keep(unit: Unit, scope: UnitScope, value: unknown): void {
    scope.end()
    this.#db.run("RELEASE unit")
    unit.result = { ok: true, value }
  }

  #undo(unit: Unit, { scope, marks, error }: { scope: UnitScope; marks: number[]; error: unknown }): void {
    scope.end()
    unit.result = { ok: false, error: asStoreError(error) }
    // SQLite ends the whole transaction by itself after some errors of the disk.
    if (!this.#db.isTransaction) throw error
    this.#db.run("ROLLBACK TO unit")
    this.#db.run("RELEASE unit")
    for (const [i, participant] of this.#participants.entries()) participant.rewind(marks[i] ?? 0)
  }

  // INVARIANT: after a failed batch, memory and database are as before it, or the store refuses everything.
  #abort(cause: unknown): void {
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK")
      for (const participant of this.#participants) {
        // With a backlog nothing of this batch came as far as the tables.
        if (this.#backlog.isEmpty) participant.aborted()
        else participant.rewind(0)
      }
      this.#backlog.assertSound()
    } catch (error) {
      this.#refuse(cause, error)
    }
  }

  #refuse(cause: unknown, error: unknown): void {
    this.#broken = new Failure("store_unavailable", "the store closed itself after an error: restart Hufu", {
      cause: error,
    })
    this.#refusal ??= this.#broken
    this.#onRefuse(cause)
    rejectAll(this.#queue.splice(0), this.#broken)
  }
}

class UnitScope implements Scope {
  #isLive = true

  assertLive(): void {
    if (!this.#isLive) throw new Error("this unit of work has ended: await everything that it starts")
  }

  end(): void {
    this.#isLive = false
  }
}

function rejectAll(units: readonly Unit[], failure: Failure): void {
  for (const unit of units) unit.reject(failure)
}

function settle(unit: Unit): void {
  if (unit.result?.ok === true) unit.resolve(unit.result.value)
  else unit.reject(unit.result?.error)
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(
      new Failure("store_unavailable", "a unit of work held the store too long: await nothing but the store"),
    )
  }, ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
