import { Failure } from "@hufu/core/failure"
import type { SqliteConnection } from "./sqlite-connection.ts"
import { asStoreError, asUnavailable } from "./storage-error.ts"

/** Something with a state in memory that must follow what the database commits. */
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

export interface GroupCommitOptions {
  /** Told of a store that closed itself. */
  readonly onRefuse: (cause: unknown) => void
  readonly maxQueued?: number
  readonly unitTimeoutMs?: number
}

export interface CommitOptions {
  readonly lazy?: boolean
  readonly repeatable?: boolean
}

interface Unit {
  readonly repeatable: boolean
  readonly work: (scope: Scope) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  result:
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly error: unknown }
    | null
}

const lazyDelayMs = 20
/** From so many at once on, a batch waits this long for as many as the one before. */
const crowd = 3
const gatherMs = 1

/**
 * The one writer. Everything queued when it starts becomes one transaction with one fsync; every unit has its own
 * savepoint, and no promise settles before the transaction is on the disk or gone.
 *
 * INVARIANT: batches never overlap, and units of a batch run one after another, also when they await.
 */
export class GroupCommit {
  readonly #db: SqliteConnection
  #participants: readonly Participant[] = []
  readonly #onRefuse: (cause: unknown) => void
  readonly #maxQueued: number
  readonly #unitTimeoutMs: number
  #queue: Unit[] = []
  #isBusy = false
  #immediate: NodeJS.Immediate | null = null
  #timer: NodeJS.Timeout | null = null
  #gathering: NodeJS.Timeout | null = null
  /** Units in the queue that somebody waits for, and how many there were in the batch before. */
  #eager = 0
  #lastEager = 0
  #refusal: Failure | null = null
  #idle: PromiseWithResolvers<void> | null = null

  constructor(db: SqliteConnection, options: GroupCommitOptions) {
    this.#db = db
    this.#onRefuse = options.onRefuse
    this.#maxQueued = options.maxQueued ?? 10_000
    this.#unitTimeoutMs = options.unitTimeoutMs ?? 5_000
  }

  /** Adds what must follow every commit; before the first unit. */
  join(...participants: readonly Participant[]): void {
    this.#participants = [...this.#participants, ...participants]
  }

  /**
   * Queues a unit of work; the promise settles when its batch has.
   *
   * @param lazy joins the next batch that another unit causes, and waits 20 ms for one at most
   * @param repeatable the work is synchronous, changes nothing but the database, and hardly ever throws: it goes without a savepoint,
   *   and is done again with one if anything in its batch throws
   */
  enqueue<T>(
    work: (scope: Scope) => T | Promise<T>,
    { lazy = false, repeatable = false }: CommitOptions = {},
  ): Promise<T> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal)
    if (this.#queue.length >= this.#maxQueued) {
      return Promise.reject(
        new Failure("overloaded", "the store has too much waiting: try again in a second"),
      )
    }
    if (!lazy) this.#eager++
    return new Promise<T>((resolve, reject) => {
      // The value that resolves is the one that this very work returned.
      this.#queue.push({
        work,
        repeatable,
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
    if (this.#queue.length === 0 && !this.#isBusy) return
    this.#idle ??= Promise.withResolvers<void>()
    this.#schedule(false)
    await this.#idle.promise
  }

  #schedule(lazy: boolean): void {
    if (this.#isBusy || this.#immediate !== null) return
    if (lazy) {
      this.#timer ??= setTimeout(() => this.#start(), lazyDelayMs)
      return
    }
    // Many came together a moment ago: they come together again, and one fsync serves them all.
    if (this.#lastEager >= crowd && this.#eager < this.#lastEager) {
      this.#gathering ??= setTimeout(() => this.#start(), gatherMs)
      return
    }
    // After the events of this turn of the loop, so that all that they bring shares one fsync.
    this.#immediate = setImmediate(() => this.#start())
  }

  #start(): void {
    if (this.#immediate !== null) clearImmediate(this.#immediate)
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#immediate = null
    this.#timer = null
    this.#gathering = null
    this.#lastEager = this.#eager
    this.#eager = 0
    this.#isBusy = true
    const batch = this.#queue
    this.#queue = []
    void this.#commit(batch).finally(() => this.#next())
  }

  #next(): void {
    this.#isBusy = false
    if (this.#queue.length > 0) return this.#schedule(false)
    this.#idle?.resolve()
  }

  async #commit(batch: readonly Unit[]): Promise<void> {
    try {
      this.#db.exec("BEGIN IMMEDIATE")
      if (!this.#runPlainly(batch)) {
        for (const unit of batch) {
          const pending = this.#run(unit)
          // No await for a unit that did not: a batch without async units is one turn, start to fsync.
          if (pending !== null) await pending
        }
      }
      for (const participant of this.#participants) participant.prepare()
      this.#db.exec("COMMIT")
    } catch (error) {
      this.#abort(error)
      const failure = asUnavailable(error)
      for (const unit of batch) unit.reject(unit.result?.ok === false ? unit.result.error : failure)
      return
    }
    for (const participant of this.#participants) participant.committed()
    for (const unit of batch) settle(unit)
  }

  /** Without savepoints; false when nothing was done, because a unit needs one or threw. */
  #runPlainly(batch: readonly Unit[]): boolean {
    if (!batch.every((unit) => unit.repeatable)) return false
    try {
      for (const unit of batch) {
        const scope = new UnitScope()
        unit.result = { ok: true, value: unit.work(scope) }
        scope.end()
      }
      return true
    } catch {
      // What threw throws again with its savepoint, and takes nobody else along.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK")
      for (const participant of this.#participants) participant.aborted()
      for (const unit of batch) unit.result = null
      this.#db.exec("BEGIN IMMEDIATE")
      return false
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
      for (const participant of this.#participants) participant.aborted()
    } catch (error) {
      this.#refusal = new Failure(
        "store_unavailable",
        "the store closed itself after an error: restart Hufu",
        {
          cause: error,
        },
      )
      this.#onRefuse(cause)
      for (const unit of this.#queue.splice(0)) unit.reject(this.#refusal)
    }
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
