import type { KeyObject } from "node:crypto"
import type { Logger } from "pino"
import type { Clock } from "../clock.ts"
import type { Appender, EntryDraft } from "../ledger/appender.ts"
import { type Ledger, openLedger } from "../ledger/ledger.ts"
import type { Query } from "../ledger/subject-keys.ts"
import { openVault, type Vault, type VaultParts } from "../ledger/vault.ts"
import type { AskPassphrase } from "../keys/vault-key.ts"
import { type Backlog, openBacklog, replayJournal } from "./backlog.ts"
import { FoldThread } from "./fold-thread.ts"
import { type DataFolder, prepareDataFolder } from "./data-folder.ts"
import { derivedKey } from "./derived-key.ts"
import { type CommitOptions, GroupCommit, type GroupCommitParts, type Scope } from "./group-commit.ts"
import { type DataLock, lockDataFolder } from "./lock.ts"
import { migrate, refuseNewer } from "./migrate.ts"
import { proveRecords } from "./prove-records.ts"
import { ProvenRecords, type RecordTable } from "./record-table.ts"
import { RowTarget } from "./row-target.ts"
import { openReader, openWriter, type SqliteConnection, type SqlValue } from "./sqlite-connection.ts"
import { asStoreError } from "./storage-error.ts"
import { openLedgerKey, openVaultKey } from "./store-keys.ts"

/** What a unit of work may do; all of it becomes durable together, or none of it happened. */
export interface Tx {
  /** Appends an entry to the ledger in the same commit and returns its index. */
  append(draft: EntryDraft): number
  /** The index that the next entry of this commit gets. */
  nextIndex(): number
  /** The time of the last entry of this commit. */
  lastAt(): number
  /** Runs one statement at once and returns how many rows it changed. */
  run(sql: string, params?: readonly SqlValue[]): number
  /** Reads rows at once, with this unit's own changes. The caller knows the columns that its statement names. */
  query<R>(sql: string, params?: readonly SqlValue[]): R[]
}

/** Everything durable in one data folder. */
export interface Store {
  readonly folder: DataFolder
  readonly ledger: Ledger
  readonly vault: Vault
  /** The rows of the governed state. */
  readonly records: RecordTable
  /** Reads committed rows at once. The caller knows the columns that its statement names. */
  query<R>(sql: string, params?: readonly SqlValue[]): R[]
  /** A key for one purpose, which only whoever can open the vault can have. */
  keyFor(purpose: string): KeyObject
  /** Runs a unit of work; resolves when it is on the disk, rejects when none of it happened. */
  commit<T>(work: (tx: Tx) => T | Promise<T>, options?: CommitOptions): Promise<T>
  /** Settles what is queued, signs what is new, and lets the data folder go. */
  close(): Promise<void>
}

export interface StoreOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly logger: Pick<Logger, "info" | "warn" | "error">
  /** How many units may wait for the disk before more are refused. */
  readonly maxQueued?: number
  /** Whether checkpoints are signed by ML-DSA-44 too. */
  readonly mlDsa?: boolean | undefined
  /** How long an asynchronous unit may hold the one transaction. */
  readonly unitTimeoutMs?: number
  /** Takes rows that somebody else wrote too: for what compares them with the ledger and mends them, and for nothing else. */
  readonly asFound?: boolean
  /** How many rows of those of which there may be a million a start looks at; at the rest the node looks while it runs. */
  readonly manyAtStart?: number
  /** Asks for the passphrase of a sealed vault key; without it such a data folder is refused. */
  readonly passphrase?: AskPassphrase | undefined
}

/** Opens the store of a data folder, alone, after checking that its ledger is what its last checkpoint says. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const cleanups: (() => void)[] = []
  try {
    const folder = prepareDataFolder(options.dataDir)
    const lock = lockDataFolder(folder)
    cleanups.push(() => lock.release())
    refuseNewer(folder.database)
    const writer = openWriter(folder.database)
    cleanups.push(() => writer.close())
    replayJournal(writer, folder.journal)
    migrate(writer)
    // Folds in what the last run left in the log beside the database, erased pages included.
    writer.all("PRAGMA wal_checkpoint(TRUNCATE)")
    const reader = openReader(folder.database)
    cleanups.push(() => reader.close())
    const { logger } = options
    const thread = new FoldThread(folder.database, (error) =>
      logger.warn({ err: error }, "rows are brought into the tables by the thread that commits from now on"),
    )
    const backlog = openBacklog(writer, folder.journal, {
      thread,
      onError: (error) =>
        logger.error(
          { err: asStoreError(error) },
          "what is in the journal cannot be brought into the tables",
        ),
    })
    cleanups.push(() => backlog.abandon())
    reader.before(() => fold(backlog))
    return await assemble({ folder, lock, writer, reader, backlog }, options)
  } catch (error) {
    for (const cleanup of cleanups.toReversed()) cleanup()
    throw asStoreError(error)
  }
}

// What is acknowledged and cannot be shown is not left out.
function fold(backlog: Backlog): void {
  try {
    backlog.fold()
  } catch (error) {
    throw asStoreError(error)
  }
}

interface Parts {
  readonly folder: DataFolder
  readonly lock: DataLock
  readonly writer: SqliteConnection
  readonly reader: SqliteConnection
  readonly backlog: Backlog
}

async function assemble(parts: Parts, options: StoreOptions): Promise<Store> {
  const { folder, lock, writer, reader, backlog } = parts
  const { clock, logger } = options
  const rows = new RowTarget(writer)
  const committer = openCommitter({ db: writer, backlog, rows }, options)
  const key = openLedgerKey(writer, folder)
  const vaultKey = await openVaultKey(writer, folder, options.passphrase)
  const opened = await openLedger({
    writer,
    reader,
    rows,
    key,
    clock,
    logger,
    committer,
    mlDsa: options.mlDsa,
  })
  const { ledger, appender, checkpointer } = opened
  const commit: Store["commit"] = (work, commitOptions) =>
    committer.enqueue((scope) => work(new UnitTx({ writer, rows, appender, scope })), commitOptions)
  // The caller names the columns in its statement and their types beside it.
  const query: Query = (sql, params = []) => reader.all(sql, ...params) as never[]
  const truncateLog = (): void => {
    backlog.settle()
    const [result] = writer.all("PRAGMA wal_checkpoint(TRUNCATE)")
    if (result?.["busy"] !== 0) throw new Error("another program reads the database")
    backlog.scrub()
  }
  const records = new ProvenRecords({ query, rows, vaultKey, size: () => appender.nextIndex })
  const blankRows: VaultParts["blankRows"] = (tx, subject) => records.blank(tx, subject)
  const { vault, participant } = openVault({
    query,
    commit,
    truncateLog,
    blankRows,
    wrappingKey: vaultKey,
  })
  committer.join(appender, participant, records)
  if (!records.load({ asFound: options.asFound ?? false, manyAtStart: options.manyAtStart }))
    await proveRecords({ query, commit, records, vaultKey, size: ledger.size() })
  await checkpointer.sign()
  const looking = lookOnAtRows(records, logger)
  async function close(): Promise<void> {
    looking.end()
    try {
      await checkpointer.close()
    } finally {
      await committer.close()
      letGo()
    }
  }
  function letGo(): void {
    try {
      backlog.close()
    } catch (error) {
      // The journal keeps what could not be brought into the tables.
      throw asStoreError(error)
    } finally {
      reader.close()
      writer.close()
      lock.release()
    }
  }
  let closing: Promise<void> | null = null
  const keyFor = (purpose: string) => derivedKey(vaultKey, purpose)
  return { folder, ledger, vault, records, query, keyFor, commit, close: () => (closing ??= close()) }
}

/** Between whatever else is done, a few rows at a time. */
function lookOnAtRows(records: ProvenRecords, logger: StoreOptions["logger"]): { end(): void } {
  let next: NodeJS.Immediate | undefined
  const look = () => {
    try {
      next = records.lookOn() ? setImmediate(look) : undefined
    } catch (error) {
      logger.error({ err: asStoreError(error) }, "rows of the tables are not what this node wrote")
    }
  }
  next = setImmediate(look)
  return { end: () => clearImmediate(next) }
}

function openCommitter(parts: GroupCommitParts, options: StoreOptions): GroupCommit {
  const { logger, maxQueued, unitTimeoutMs } = options
  return new GroupCommit(parts, {
    onRefuse: (cause) => logger.error({ err: cause }, "the store closed itself"),
    ...(maxQueued === undefined ? {} : { maxQueued }),
    ...(unitTimeoutMs === undefined ? {} : { unitTimeoutMs }),
  })
}

interface UnitParts {
  readonly writer: SqliteConnection
  readonly rows: RowTarget
  readonly appender: Appender
  readonly scope: Scope
}

/** One unit's view of the writer; useless once the unit has ended. */
class UnitTx implements Tx {
  readonly #parts: UnitParts

  constructor(parts: UnitParts) {
    this.#parts = parts
  }

  append(draft: EntryDraft): number {
    this.#parts.scope.assertLive()
    return this.#parts.appender.append(draft)
  }

  nextIndex(): number {
    this.#parts.scope.assertLive()
    return this.#parts.appender.nextIndex
  }

  lastAt(): number {
    this.#parts.scope.assertLive()
    return this.#parts.appender.lastAt
  }

  run(sql: string, params: readonly SqlValue[] = []): number {
    this.#parts.scope.assertLive()
    return this.#parts.rows.run(sql, ...params)
  }

  query<R>(sql: string, params: readonly SqlValue[] = []): R[] {
    this.#parts.scope.assertLive()
    // The tables do not show a blind unit what it wrote itself, nor what its batch did.
    if (this.#parts.rows.isCollecting) throw new Error("a blind unit of work reads nothing")
    return this.#parts.writer.all(sql, ...params) as R[]
  }
}
