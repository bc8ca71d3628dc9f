import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { basename, dirname, isAbsolute, join, resolve } from "node:path"
import { Failure } from "@hufu/core/failure"
import { parseLedgerKey } from "../ledger/ledger-key.ts"
import { type DataFolder, usedDataFolder } from "../store/data-folder.ts"
import { readSecret, syncFolder } from "../store/secret-file.ts"
import { asStoreError } from "../store/storage-error.ts"
import { sealByPassphrase } from "../keys/sealed-by-passphrase.ts"
import {
  digestOfMember,
  endArchive,
  isMemberName,
  memberBytes,
  readMembers,
  type Source,
  writeMember,
} from "./archive.ts"
import { type Manifest, readManifest, signManifest } from "./manifest.ts"
import { checkTables, snapshot } from "./snapshot.ts"

/** The name under which the keys are sealed, in the archive and in what the passphrase is bound to. */
export const sealedKeysName = "keys.sealed"
export const manifestName = "manifest.txt"
export const tablesName = "hufu.db"

export interface BackupOptions {
  readonly dataDir: string
  readonly file: string
  /** Seals the keys into the backup; without it they are left out. */
  readonly passphrase: string | null
  /** The vault's key as text, wherever it is kept. */
  readonly vaultKey: () => Promise<string>
  readonly fold: () => Promise<void>
  /** Configuration and rule files, relative to the data folder. */
  readonly files: readonly string[]
  readonly now: number
  readonly version: string
}

/** Writes everything that a node keeps into one file, and reads it again before it gets its name. */
export async function createBackup(options: BackupOptions): Promise<Manifest> {
  const file = resolve(options.file)
  if (existsSync(file))
    throw new Failure("already_exists", `\`${file}\` is there already: choose another name`)
  if (!existsSync(dirname(file)))
    throw new Failure("not_found", `\`${dirname(file)}\` is not there: choose a folder that is`)
  const folder = usedDataFolder(options.dataDir)
  const work = mkdtempSync(join(dirname(file), ".hufu-backup-"))
  try {
    const tables = join(work, tablesName)
    await snapshot(folder, tables, options.fold)
    const manifest = await describe(tables, folder, options)
    const draft = join(work, basename(file))
    await pack(draft, { manifest, folder, tables }, options)
    await checkArchive(draft)
    renameSync(draft, file)
    syncFolder(dirname(file))
    return manifest
  } catch (error) {
    throw asStoreError(error)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function describe(tables: string, folder: DataFolder, options: BackupOptions): Promise<Manifest> {
  const { key, size, root, checkpoint } = await checkTables(tables)
  const entryOf = (name: string, path: string) => ({
    name,
    bytes: statSync(path).size,
    sha256: digestOfFile(path),
  })
  return {
    hufu: options.version,
    at: options.now,
    ledger: { key, size, root, checkpoint },
    keys: options.passphrase === null ? "none" : "sealed",
    files: [
      entryOf(tablesName, tables),
      ...ownFiles(folder, options.files).map(({ name, path }) => entryOf(name, path)),
    ],
  }
}

/** Under `files/`, what the person wrote into the data folder; what lies elsewhere is not the node's to keep. */
function ownFiles(folder: DataFolder, files: readonly string[]): { name: string; path: string }[] {
  const own = files
    .map((each) => ({ each, name: `files/${each}`, path: join(folder.path, each) }))
    .filter(({ each, path }) => !isAbsolute(each) && existsSync(path))
  // Left out, it would be missed when everything else is restored.
  const odd = own.find(({ each, name }) => !isMemberName(name) && !each.split("/").includes(".."))
  if (odd !== undefined)
    throw new Failure(
      "invalid_input",
      `\`${odd.each.slice(0, 99)}\` cannot be in a backup under this name: give it one of at most 90 letters, digits, dots and dashes`,
    )
  return own.filter(({ name }) => isMemberName(name))
}

interface Packed {
  readonly manifest: Manifest
  readonly folder: DataFolder
  readonly tables: string
}

async function pack(draft: string, { manifest, folder, tables }: Packed, options: BackupOptions) {
  const ledgerKey = readText(folder.ledgerKey)
  const signer = parseLedgerKey(ledgerKey, manifest.ledger.key.split("+")[0] ?? "")?.signer
  if (signer === undefined)
    throw new Failure("ledger_ambiguous", `\`${folder.ledgerKey}\` is not a key: restore it from a backup`)
  const members: [string, Source][] = [
    [manifestName, { bytes: Buffer.from(signManifest(manifest, signer)) }],
    [tablesName, { file: tables }],
    ...ownFiles(folder, options.files).map(({ name, path }): [string, Source] => [name, { file: path }]),
  ]
  if (options.passphrase !== null) {
    const keys = JSON.stringify({ ledger: ledgerKey, vault: await options.vaultKey() })
    const sealed = await sealByPassphrase(sealedKeysName, keys, options.passphrase)
    members.push([sealedKeysName, { bytes: Buffer.from(sealed) }])
  }
  const fd = openSync(draft, "wx", 0o600)
  try {
    for (const [name, source] of members) writeMember(fd, name, source)
    endArchive(fd)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function readText(path: string): string {
  const bytes = readSecret(path)
  if (bytes === null)
    throw new Failure("ledger_ambiguous", `\`${path}\`, which signed this ledger, is missing: restore it`)
  return bytes.toString("utf8")
}

/** Compares every byte of a backup with what its signed manifest says. UNTRUSTED. */
export async function checkArchive(file: string): Promise<Manifest> {
  if (!existsSync(file)) throw new Failure("not_found", `\`${file}\` is not there: choose another file`)
  const fd = openSync(file, "r")
  try {
    const members = readMembers(fd)
    const head = members[0]
    if (head?.name !== manifestName)
      throw new Failure("invalid_input", `\`${file}\` is not a backup: choose a file of \`hufu backup\``)
    const manifest = await readManifest(memberBytes(fd, head, 16_384).toString("utf8"))
    const wanted = new Map(manifest.files.map((each) => [each.name, each]))
    for (const member of members.slice(1)) {
      if (member.name === sealedKeysName && manifest.keys === "sealed") continue
      const said = wanted.get(member.name)
      wanted.delete(member.name)
      if (said?.bytes !== member.size || said.sha256 !== digestOfMember(fd, member))
        throw new Failure(
          "invalid_evidence",
          `\`${member.name}\` in the backup was altered; take another copy of it`,
        )
    }
    const [missing] = wanted.keys()
    if (missing !== undefined)
      throw new Failure("invalid_evidence", `\`${missing}\` is missing in the backup; take another copy`)
    return manifest
  } finally {
    closeSync(fd)
  }
}

function digestOfFile(path: string): string {
  const fd = openSync(path, "r")
  try {
    return digestOfMember(fd, { offset: 0, size: statSync(path).size })
  } finally {
    closeSync(fd)
  }
}
