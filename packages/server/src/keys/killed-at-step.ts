import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { usedDataFolder } from "../store/data-folder.ts"
import { rotateLedgerKey, rotateVaultKey } from "./rotate-keys.ts"
import { keepVaultKey, readVaultKey } from "./vault-key.ts"

// A process of a test: it changes a key and dies by itself, as by kill -9, before its nth step on the disk.
const [dataDir = "", work = "", step = "0"] = process.argv.slice(2)
let left = Number(step)

function count(): void {
  left -= 1
  if (left === 0) process.kill(process.pid, "SIGKILL")
}

const { renameSync, rmSync, fsyncSync } = fs
fs.renameSync = (...args) => (count(), renameSync(...args))
fs.rmSync = (...args) => (count(), rmSync(...args))
fs.fsyncSync = (...args) => (count(), fsyncSync(...args))
syncBuiltinESMExports()

const passphrase = "a passphrase of a test"
const ask = (): Promise<string> => Promise.resolve(passphrase)
if (work === "vault") await rotateVaultKey(dataDir, ask)
if (work === "ledger") await rotateLedgerKey(dataDir, ask)
if (work === "seal" || work === "unseal") {
  const folder = usedDataFolder(dataDir)
  const text = await readVaultKey(folder, ask)
  await keepVaultKey(folder, text, work === "seal" ? { mode: "passphrase", passphrase } : { mode: "file" })
}
process.stdout.write("done\n")
