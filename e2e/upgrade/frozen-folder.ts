import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { endArchive, memberBytes, readMembers, writeMember } from "@hufu/server/backup/archive"

/** What makes a data folder; the rest belongs to one run. */
const kept = [
  "hufu.db",
  "hufu.db-wal",
  "hufu.journal",
  "keys/ledger.key",
  "keys/vault.key",
  "keys/local.key",
  "config.json",
]
const maxBytes = 64 * 1024 * 1024

/** Packs a data folder that no node uses into one compressed archive. */
export function packFolder(folder: string, file: string): void {
  const fd = openSync(file, "w+")
  try {
    for (const name of kept)
      if (existsSync(join(folder, name))) writeMember(fd, name, { file: join(folder, name) })
    endArchive(fd)
  } finally {
    closeSync(fd)
  }
  writeFileSync(file, gzipSync(readFileSync(file), { level: 9 }))
}

/** Unpacks a frozen data folder as a node would have left it. */
export function unpackFolder(file: string, folder: string): void {
  const archive = join(folder, "frozen.tar")
  writeFileSync(archive, gunzipSync(readFileSync(file)))
  const fd = openSync(archive, "r")
  try {
    for (const member of readMembers(fd)) {
      const path = join(folder, member.name)
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, memberBytes(fd, member, maxBytes), { mode: 0o600 })
    }
  } finally {
    closeSync(fd)
    rmSync(archive)
  }
}
