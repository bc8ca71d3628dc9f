import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto"
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Failure } from "@hufu/core/failure"
import { readSecret, syncFolder, writeSecret } from "@hufu/server/store/secret-file"
import { z } from "zod"
import { connectFolder } from "./connect-lock.ts"

const ServerChange = z.strictObject({
  kind: z.literal("server"),
  pointer: z.array(z.string()),
  /** The whole entry, byte for byte. */
  before: z.string(),
  after: z.string(),
  /** Names of the variables or headers that went into the vault. */
  vault: z.array(z.string()),
})
const HookChange = z.strictObject({
  kind: z.literal("hook"),
  /** What was put into the text, byte for byte. */
  inserted: z.string(),
  element: z.string(),
  /** The outermost thing that was not there before. */
  made: z.enum(["file", "hooks", "event", "element"]),
})
export type ServerChange = z.infer<typeof ServerChange>
export type HookChange = z.infer<typeof HookChange>
export type Change = ServerChange | HookChange

/** What was changed in one config. */
const ConnectRecord = z.strictObject({
  client: z.string(),
  path: z.string(),
  /** Whether there was such a file at all. */
  existed: z.boolean(),
  /** The text as it would be without Hufu: the backup. */
  original: z.string(),
  /** Digests of the text without Hufu, before the last change and after it. */
  without: z.string(),
  before: z.string(),
  after: z.string(),
  changes: z.array(z.discriminatedUnion("kind", [ServerChange, HookChange])),
})
export type ConnectRecord = z.infer<typeof ConnectRecord>

const Sealed = z.strictObject({
  hufu: z.literal("connect/1"),
  iv: z.string(),
  tag: z.string(),
  sealed: z.string(),
})

/** The records of a data folder. What they keep of configs holds secrets, so each is sealed. Used under the lock only. */
export interface ConnectJournal {
  all(): ConnectRecord[]
  find(path: string): ConnectRecord | undefined
  /** What a run was about to do that has not said that it is done. */
  unfinished(): ConnectRecord[]
  /** Durable before the config is touched. */
  begin(record: ConnectRecord): void
  /** The config has been written. */
  finish(path: string): void
  /** The config has not been written. */
  abandon(path: string): void
  forget(path: string): void
  /** Removes records that were never written to their end. */
  sweep(): void
}

/** Whether a client's config names this data folder, so that nothing but its records can put the config back. */
export function hasConnected(dataFolder: string): boolean {
  const folder = connectFolder(dataFolder)
  return existsSync(folder) && readdirSync(folder).some((name) => /\.(?:done|next)$/.test(name))
}

/** Opens the records; nothing is made before something is written. */
export function openConnectJournal(dataFolder: string): ConnectJournal {
  const folder = connectFolder(dataFolder)
  const keyFile = join(dataFolder, "keys", "connect.key")
  const fileOf = (path: string, ending: string) =>
    join(folder, `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.${ending}`)

  function key(): Buffer {
    const known = readSecret(keyFile)
    if (known !== null) return Buffer.from(known.toString("utf8").trim(), "hex")
    if (hasConnected(dataFolder))
      throw new Failure(
        "vault_damaged",
        `\`${keyFile}\`, which opens the record of what was changed, is missing: restore it from your backup`,
      )
    const made = randomBytes(32)
    writeSecret(keyFile, `${made.toString("hex")}\n`)
    return made
  }

  function names(ending: string): string[] {
    if (!existsSync(folder)) return []
    return readdirSync(folder).filter((name) => name.endsWith(`.${ending}`))
  }

  function read(file: string): ConnectRecord | undefined {
    if (!existsSync(file)) return undefined
    try {
      const { iv, tag, sealed } = Sealed.parse(JSON.parse(readFileSync(file, "utf8")))
      const open = createDecipheriv("aes-256-gcm", key(), Buffer.from(iv, "base64"))
      open.setAuthTag(Buffer.from(tag, "base64"))
      const text = Buffer.concat([open.update(Buffer.from(sealed, "base64")), open.final()])
      return ConnectRecord.parse(JSON.parse(text.toString("utf8")))
    } catch (cause) {
      if (cause instanceof Failure) throw cause
      throw new Failure("vault_damaged", `\`${file}\` is damaged: restore it from your backup`, { cause })
    }
  }

  function write(file: string, record: ConnectRecord): void {
    const iv = randomBytes(12)
    const seal = createCipheriv("aes-256-gcm", key(), iv)
    const sealed = Buffer.concat([seal.update(JSON.stringify(record)), seal.final()]).toString("base64")
    const tag = seal.getAuthTag().toString("base64")
    writeSecret(file, JSON.stringify({ hufu: "connect/1", iv: iv.toString("base64"), tag, sealed }))
  }

  function remove(file: string): void {
    rmSync(file, { force: true })
    syncFolder(folder)
  }

  const readAll = (ending: string) => names(ending).flatMap((name) => read(join(folder, name)) ?? [])
  return {
    all: () => readAll("done"),
    unfinished: () => readAll("next"),
    find: (path) => read(fileOf(path, "done")),
    begin: (record) => write(fileOf(record.path, "next"), record),
    finish(path) {
      renameSync(fileOf(path, "next"), fileOf(path, "done"))
      syncFolder(folder)
    },
    abandon: (path) => remove(fileOf(path, "next")),
    forget: (path) => remove(fileOf(path, "done")),
    sweep() {
      for (const name of names("new")) rmSync(join(folder, name), { force: true })
    },
  }
}
