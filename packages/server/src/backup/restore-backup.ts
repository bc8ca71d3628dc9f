import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { createHash } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { pino } from "pino"
import { z } from "zod"
import { declareWith } from "../authority/declare.ts"
import { openHolds } from "../authority/holds.ts"
import { openStop } from "../authority/stop.ts"
import { systemClock } from "../clock.ts"
import { unsealByPassphrase } from "../keys/sealed-by-passphrase.ts"
import { compareCheckpoint } from "../ledger/compare-checkpoint.ts"
import { readSecret, syncFolder, writeSecret } from "../store/secret-file.ts"
import { openReader } from "../store/sqlite-connection.ts"
import { asStoreError } from "../store/storage-error.ts"
import { openStore } from "../store/store.ts"
import { type Member, memberBytes, readMember, readMembers } from "./archive.ts"
import { checkArchive, sealedKeysName, tablesName } from "./create-backup.ts"
import type { Manifest } from "./manifest.ts"
import { checkTables } from "./snapshot.ts"

export interface RestoreOptions {
  readonly file: string
  readonly dataDir: string
  /** Asked for when the keys are sealed in the backup. */
  readonly passphrase: () => Promise<string>
  /** A folder with `ledger.key` and `vault.key`, for a backup without keys. */
  readonly keysFrom: string | null
  /** A later checkpoint of this ledger that somebody kept: the gap then has an end. */
  readonly held: string | null
}

export interface Restored {
  readonly manifest: Manifest
  /** Where the new epoch begins. */
  readonly epoch: number
  /** The size of the kept checkpoint, if it is later than the backup. */
  readonly heldSize: number | null
  /** Held actions that were taken back. */
  readonly cancelled: number
}

const Keys = z.strictObject({ ledger: z.string().max(4000), vault: z.string().max(4000) })
const maxOwnFile = 16 * 1024 * 1024

/**
 * Makes a data folder out of a backup, after every byte of it was checked. INVARIANT 8: the ledger goes on in a new epoch, whose first
 * entry says from where. What was revoked or used since the backup is not in it, so nothing acts until a person has looked: everything
 * is stopped, and no held action is open.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const dataDir = resolve(options.dataDir)
  refuseUsed(dataDir)
  const manifest = await checkArchive(options.file)
  const stage = mkdtempSync(join(dirname(dataDir), `.${basename(dataDir)}-restoring-`))
  try {
    await unpack(stage, manifest, options)
    const heldSize = await check(stage, manifest, options.held)
    const opened = await beginEpoch(stage, manifest, heldSize)
    if (existsSync(dataDir)) rmdirSync(dataDir)
    renameSync(stage, dataDir)
    syncFolder(dirname(dataDir))
    return { manifest, heldSize, ...opened }
  } catch (error) {
    rmSync(stage, { recursive: true, force: true })
    throw asStoreError(error)
  }
}

function refuseUsed(dataDir: string): void {
  if (!existsSync(dataDir)) return void mkdirSync(dirname(dataDir), { recursive: true })
  if (readdirSync(dataDir).length > 0)
    throw new Failure(
      "already_exists",
      `\`${dataDir}\` is not empty: move it away, or choose another folder with --data`,
    )
}

async function unpack(stage: string, manifest: Manifest, options: RestoreOptions): Promise<void> {
  if (process.platform !== "win32") chmodSync(stage, 0o700)
  mkdirSync(join(stage, "keys"), { mode: 0o700 })
  const fd = openSync(options.file, "r")
  try {
    const members = readMembers(fd)
    for (const member of members) {
      if (member.name === tablesName) extract(fd, member, join(stage, tablesName))
      if (!member.name.startsWith("files/") || member.size > maxOwnFile) continue
      const path = join(stage, member.name.slice("files/".length))
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      extract(fd, member, path)
    }
    const sealed = members.find(({ name }) => name === sealedKeysName)
    const keys = await keysOf(sealed && memberBytes(fd, sealed, 200_000).toString("utf8"), options)
    writeSecret(join(stage, "keys", "ledger.key"), keys.ledger)
    writeSecret(join(stage, "keys", "vault.key"), `${keys.vault.trim()}\n`)
  } finally {
    closeSync(fd)
  }
}

async function keysOf(sealed: string | undefined, options: RestoreOptions): Promise<z.infer<typeof Keys>> {
  const { keysFrom } = options
  if (keysFrom !== null)
    return {
      ledger: readKey(join(keysFrom, "ledger.key")),
      vault: readKey(join(keysFrom, "vault.key")),
    }
  if (sealed === undefined)
    throw new Failure(
      "invalid_input",
      "this backup was made without keys: name the folder that has ledger.key and vault.key with --keys",
    )
  return Keys.parse(parseStrict(await unsealByPassphrase(sealedKeysName, sealed, await options.passphrase())))
}

function readKey(path: string): string {
  const bytes = readSecret(path)
  if (bytes === null)
    throw new Failure("not_found", `\`${path}\` is missing: name another folder with --keys`)
  return bytes.toString("utf8")
}

// The digest was compared before; what is written is what was read.
function extract(from: number, member: Member, path: string): void {
  const fd = openSync(path, "wx", 0o600)
  try {
    readMember(from, member, (chunk) => {
      for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done)
    })
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

async function check(stage: string, manifest: Manifest, held: string | null): Promise<number | null> {
  const tables = join(stage, tablesName)
  const found = await checkTables(tables)
  const { key, size, root } = manifest.ledger
  if (found.key !== key || found.size !== size || found.root !== root)
    throw new Failure("ledger_ambiguous", "the tables in the backup are not those of its manifest")
  if (held === null) return null
  const db = openReader(tables)
  try {
    const verdict = await compareCheckpoint(db, held)
    if (verdict.is === "contained") return null
    if (verdict.is === "beyond") return verdict.size
    throw new Failure(
      "ledger_ambiguous",
      "the checkpoint that was given is not of the ledger in this backup: they do not belong together",
    )
  } finally {
    db.close()
  }
}

async function beginEpoch(stage: string, manifest: Manifest, heldSize: number | null) {
  const clock = systemClock
  const store = await openStore({ dataDir: stage, clock, logger: pino({ level: "silent" }) })
  try {
    const { size, root } = manifest.ledger
    const backup = createHash("sha256").update(JSON.stringify(manifest)).digest("hex")
    const refs = {
      backup,
      root,
      size: `entries-${size}`,
      made: `ms-${manifest.at}`,
      ...(heldSize === null ? {} : { lost: `entries-${heldSize - size}` }),
    }
    const epoch = await store.commit((tx) =>
      tx.append({ kind: "statement", fact: "ledger.restored", subject: "ledger", refs }),
    )
    const declare = declareWith(store.vault)
    await openStop(store, clock, declare).declare("node", "")
    const cancelled = await openHolds(store, store.vault, clock, 1).cancel(() => true, "node")
    return { epoch, cancelled: cancelled.length }
  } finally {
    await store.close()
  }
}
