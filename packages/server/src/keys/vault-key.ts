import { existsSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { randomBytes } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import type { DataFolder } from "../store/data-folder.ts"
import { readSecret, syncFolder, writeSecret } from "../store/secret-file.ts"
import { findKeychain, type Keychain } from "./keychain.ts"
import { sealByPassphrase, unsealByPassphrase } from "./sealed-by-passphrase.ts"

/** Where the vault's key is kept: a plain file in the data folder, one sealed by a passphrase, or the system's keychain. */
export const vaultKeyModes = ["file", "passphrase", "keychain"] as const
export type VaultKeyMode = (typeof vaultKeyModes)[number]

/** Asks for the passphrase of a sealed key. */
export type AskPassphrase = () => Promise<string>

const sealedName = "vault.key"
const Pointer = z.strictObject({
  format: z.literal("hufu keychain 1"),
  keychain: z.enum(["macos", "secret-service", "windows"]),
  account: z.string().regex(/^[0-9a-f]{32}$/),
  kept: z.string().max(16_000),
})

function fileOf(folder: Pick<DataFolder, "vaultKey">, mode: VaultKeyMode): string {
  const names = { file: "vault.key", passphrase: "vault.sealed", keychain: "vault.keychain" }
  return join(dirname(folder.vaultKey), names[mode])
}

/** What a rotation leaves behind until it is over. */
const nextSuffix = ".next"

/** How the key is kept; `null` when there is none. After a crash between two steps there are two ways: the first holds. */
export function vaultKeyMode(folder: Pick<DataFolder, "vaultKey">): VaultKeyMode | null {
  return vaultKeyModes.find((mode) => existsSync(fileOf(folder, mode))) ?? null
}

/** A key, and the one that a rotation which was interrupted would have put in its place. */
export interface FoundVaultKey {
  readonly text: string
  readonly next: string | null
}

/** The vault's key as text, from wherever it is kept; `null` when there is none. */
export async function findVaultKey(
  folder: Pick<DataFolder, "vaultKey">,
  ask: AskPassphrase | undefined,
): Promise<FoundVaultKey | null> {
  const mode = vaultKeyMode(folder)
  if (mode === null) return null
  let asked: Promise<string> | undefined
  const askOnce = ask && (() => (asked ??= ask()))
  const file = fileOf(folder, mode)
  const next = `${file}${nextSuffix}`
  return {
    text: await open(mode, file, askOnce),
    next: existsSync(next) ? await open(mode, next, askOnce) : null,
  }
}

/** The same, for whoever needs one. */
export async function readVaultKey(folder: DataFolder, ask: AskPassphrase): Promise<string> {
  const found = await findVaultKey(folder, ask)
  if (found === null)
    throw new Failure(
      "vault_damaged",
      `\`${folder.vaultKey}\`, which opens this vault, is missing: restore it`,
    )
  return found.text
}

async function open(mode: VaultKeyMode, file: string, ask: AskPassphrase | undefined): Promise<string> {
  const bytes = readSecret(file)
  if (bytes === null)
    throw new Failure("vault_damaged", `\`${file}\` is missing: restore it from your backup`)
  const content = bytes.toString("utf8")
  if (mode === "file") return content.trim()
  if (mode === "keychain") return fromKeychain(content, file)
  if (ask === undefined)
    throw new Failure(
      "vault_sealed",
      "the vault's key is sealed by a passphrase: start the node with `hufu serve` in a terminal",
    )
  return unsealByPassphrase(sealedName, content, await ask())
}

function fromKeychain(content: string, file: string): Promise<string> {
  const { pointer, keychain } = pointedAt(content, file)
  return keychain.read(pointer.account, pointer.kept)
}

function pointedAt(content: string, file: string) {
  const parsed = Pointer.safeParse(parseStrict(content))
  if (!parsed.success)
    throw new Failure("vault_damaged", `\`${file}\` is damaged: restore it from your backup`)
  const keychain = findKeychain()
  if (keychain?.name !== parsed.data.keychain)
    throw new Failure(
      "vault_sealed",
      "the vault's key is in a keychain that this system does not have: restore a backup with its passphrase",
    )
  return { pointer: parsed.data, keychain }
}

/** How to keep a key. */
export type Keeping =
  | { readonly mode: "file" }
  | { readonly mode: "passphrase"; readonly passphrase: string }
  | { readonly mode: "keychain" }

/** Keeps a key under a new way, and only when that gives it back, forgets every other. */
export async function keepVaultKey(folder: DataFolder, text: string, keeping: Keeping): Promise<void> {
  const file = fileOf(folder, keeping.mode)
  const before = keeping.mode === "keychain" ? readSecret(file) : null
  await write(file, text, keeping)
  await proveKept(file, text, keeping)
  if (before !== null) await forget(before.toString("utf8"), file)
  for (const mode of vaultKeyModes) if (mode !== keeping.mode) await remove(mode, fileOf(folder, mode))
  syncFolder(dirname(file))
}

async function write(file: string, text: string, keeping: Keeping): Promise<void> {
  if (keeping.mode === "file") return writeSecret(file, `${text}\n`)
  if (keeping.mode === "passphrase")
    return writeSecret(file, await sealByPassphrase(sealedName, text, keeping.passphrase))
  const keychain = needKeychain()
  const account = randomBytes(16).toString("hex")
  const kept = await keychain.keep(account, text)
  writeSecret(
    file,
    JSON.stringify({ format: "hufu keychain 1", keychain: keychain.name, account, kept } satisfies z.infer<
      typeof Pointer
    >),
  )
}

async function proveKept(file: string, text: string, keeping: Keeping): Promise<void> {
  const ask = keeping.mode === "passphrase" ? () => Promise.resolve(keeping.passphrase) : undefined
  if ((await open(keeping.mode, file, ask)) === text) return
  throw new Failure(
    "vault_sealed",
    "the key did not come back as it was kept: nothing was changed; try again",
  )
}

function needKeychain(): Keychain {
  const keychain = findKeychain()
  if (keychain !== null) return keychain
  throw new Failure(
    "vault_sealed",
    "this system has no keychain command (on Linux: secret-tool): seal with --passphrase instead",
  )
}

async function remove(mode: VaultKeyMode, file: string): Promise<void> {
  const bytes = readSecret(file)
  if (bytes === null) return
  if (mode === "keychain") await forget(bytes.toString("utf8"), file)
  rmSync(file)
}

async function forget(content: string, file: string): Promise<void> {
  const { pointer, keychain } = pointedAt(content, file)
  await keychain.remove(pointer.account)
}

/** Forgets the key in every place. */
export async function removeVaultKey(folder: DataFolder): Promise<void> {
  for (const mode of vaultKeyModes) {
    const file = fileOf(folder, mode)
    for (const each of [file, `${file}${nextSuffix}`]) await remove(mode, each)
  }
}

/** Writes the key that is to follow beside the one that holds. */
export async function prepareNextVaultKey(folder: DataFolder, text: string, keeping: Keeping): Promise<void> {
  const next = `${fileOf(folder, keeping.mode)}${nextSuffix}`
  await remove(keeping.mode, next)
  await write(next, text, keeping)
  await proveKept(next, text, keeping)
}

/** Ends a rotation: `taken` says whether the vault is under the next key or still under the one before. */
export async function settleNextVaultKey(folder: DataFolder, taken: boolean): Promise<void> {
  const mode = vaultKeyMode(folder)
  if (mode === null) return
  const file = fileOf(folder, mode)
  const next = `${file}${nextSuffix}`
  if (!existsSync(next)) return
  if (!taken) return remove(mode, next)
  const before = readSecret(file)
  renameSync(next, file)
  syncFolder(dirname(file))
  if (mode === "keychain" && before !== null) await forget(before.toString("utf8"), file)
}
