import { createHash } from "node:crypto"
import { setTimeout as pause } from "node:timers/promises"
import { fromBase64Url, toBase64Url } from "@hufu/core/evidence/base64"
import { Failure } from "@hufu/core/failure"
import type { Logger } from "pino"
import { compareState } from "../ledger/compare-checkpoint.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { DataFolder } from "../store/data-folder.ts"
import { readAcknowledged } from "../store/read-acknowledged.ts"
import type { Store } from "../store/store.ts"
import { findKeychain, type Keychain, type KeychainItem } from "./keychain.ts"
import { vaultKeyMode } from "./vault-key.ts"

/** A state of the ledger, as it stands outside the data folder. */
interface State {
  readonly size: number
  readonly root: Uint8Array
}

export interface CheckpointMemory {
  /** Keeps the last checkpoint, once the store is closed. */
  close(): Promise<void>
}

export interface CheckpointMemoryParts {
  readonly store: Pick<Store, "folder" | "query">
  readonly ledger: Pick<Ledger, "origin" | "size" | "checkpoint">
  readonly logger: Pick<Logger, "warn">
  /** How often a checkpoint that is new is kept, while the node runs. */
  readonly everyMs?: number
  readonly withinMs?: number
}

const usualEveryMs = 600_000
// Neither a start nor a stop waits longer for a keychain that does not answer.
const usualWithinMs = 5_000

function itemOf(withinMs: number): KeychainItem {
  return { service: "hufu checkpoint", what: "the ledger's last checkpoint", withinMs }
}

/**
 * Keeps the ledger's last checkpoint in the keychain that has the vault's key, so that an older copy of the data folder is noticed
 * without anybody else: at a start, at each orderly stop and every ten minutes between, beside the actions.
 *
 * Throws Failure("ledger_rolled_back") or Failure("ledger_forked") when the ledger does not contain what is kept and does not say that
 * it was restored. A keychain that does not answer is logged and stops nothing.
 */
export async function openCheckpointMemory(
  parts: CheckpointMemoryParts,
): Promise<CheckpointMemory | undefined> {
  const { store, ledger, logger, everyMs = usualEveryMs, withinMs = usualWithinMs } = parts
  const keychain = keychainOf(store.folder, withinMs)
  if (keychain === null) return undefined
  const account = accountOf(ledger.origin)
  const kept = await within(withinMs, keychain.read(account, "")).then(readState, () => undefined)
  if (kept === undefined)
    logger.warn("the keychain gives no checkpoint of this ledger: there is nothing to compare it with yet")
  else await refuseOther(parts, kept)

  let isKept = kept?.size ?? -1
  let keeping: Promise<void> = Promise.resolve()
  const keep = (): Promise<void> => (keeping = keeping.then(keepLast))
  async function keepLast(): Promise<void> {
    const { size, root } = ledger.checkpoint()
    if (size === isKept) return
    try {
      await within(withinMs, keychain?.keep(account, formatState({ size, root })))
      isKept = size
    } catch (error) {
      logger.warn({ err: error }, "the ledger's last checkpoint could not be kept in the keychain")
    }
  }
  void keep()
  const timer = setInterval(() => void keep(), everyMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await keep()
    },
  }
}

/** Forgets what a keychain has of a ledger. */
export async function forgetCheckpoint(
  folder: Pick<DataFolder, "vaultKey">,
  ledgerOrigin: string,
): Promise<void> {
  const keychain = keychainOf(folder, usualWithinMs)
  // There may be none.
  await keychain?.remove(accountOf(ledgerOrigin)).catch(() => undefined)
}

// Windows encrypts for the account and keeps nothing: what it gives back would stand in the data folder, and be rolled back with it.
function keychainOf(folder: Pick<DataFolder, "vaultKey">, withinMs: number): Keychain | null {
  if (vaultKeyMode(folder) !== "keychain") return null
  const keychain = findKeychain(process.platform, process.env, itemOf(withinMs))
  return keychain?.name === "windows" ? null : keychain
}

/** Every copy of a data folder has the same one: it goes by the ledger, and not by the folder. */
function accountOf(ledgerOrigin: string): string {
  return createHash("sha256").update(`hufu checkpoint\n${ledgerOrigin}`).digest("hex").slice(0, 32)
}

async function refuseOther({ store, ledger }: CheckpointMemoryParts, kept: State): Promise<void> {
  const { is } = await readAcknowledged(store, (db) => compareState(db, kept))
  if (is === "contained" || is === "restored") return
  const here = ledger.size()
  if (is === "beyond")
    throw new Failure(
      "ledger_rolled_back",
      `the system's keychain remembers ${kept.size} entries of this ledger, and here are ${here}: the data folder is an older copy; bring back the newest one, or run \`hufu backup\` and \`hufu restore\` to begin an epoch that states the gap`,
    )
  throw new Failure(
    "ledger_forked",
    `the system's keychain remembers another history of this ledger, at size ${kept.size}: an older copy of the data folder went on, or it was rewritten; bring back the copy that the keychain remembers, or run \`hufu backup\` and \`hufu restore\` to begin an epoch that states the gap`,
  )
}

/** Letters that every keychain's command takes as they are. */
function formatState({ size, root }: State): string {
  return `1-${size}-${toBase64Url(root)}`
}

function readState(text: string): State | undefined {
  const [, size, root] = /^1-(0|[1-9]\d{0,14})-([\w-]{43})$/.exec(text) ?? []
  return size === undefined || root === undefined
    ? undefined
    : { size: Number(size), root: fromBase64Url(root) }
}

// The command itself is ended by then; what it left running must not hold us.
async function within<T>(ms: number, work: Promise<T> | undefined): Promise<T> {
  const ended = new AbortController()
  const late = pause(ms + 1_000, undefined, { ref: false, signal: ended.signal }).then(() => {
    throw new Error("the keychain did not answer in time")
  })
  late.catch(() => {})
  try {
    return (await Promise.race([work, late])) as T
  } finally {
    ended.abort()
  }
}
