import { spawn } from "node:child_process"
import { chmodSync, closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { once } from "node:events"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { usedDataFolder } from "../store/data-folder.ts"
import { note, type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore } from "../store/store.ts"
import { endArchive, isMemberName, memberBytes, readMembers, writeMember } from "./archive.ts"
import { checkTables, snapshot } from "./snapshot.ts"

vi.setConfig({ testTimeout: 60_000 })

let parent = ""
let data: Scratch
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "hufu-snapshot-"))
  data = scratch()
})
afterEach(() => {
  data.remove()
  rmSync(parent, { recursive: true, force: true })
})

describe("a snapshot", () => {
  it("of a running node has what was only in the journal, once that is asked to be brought in", async () => {
    const store = await openStore(data.options())
    const { index } = await store.ledger.append(note())
    const file = join(parent, "copy.db")
    await snapshot(usedDataFolder(data.dataDir), file, async () => void store.ledger.entries(0, 1))
    expect((await checkTables(file)).size).toBe(index + 1)
    await store.close()
  })

  it("of a node that was killed has all that it had acknowledged, and leaves the folder fit to start", async () => {
    const program = fileURLToPath(new URL("../store/crash-writer.ts", import.meta.url))
    const child = spawn(process.execPath, [program, data.dataDir], { stdio: ["ignore", "pipe", "ignore"] })
    const ended = once(child, "close")
    let last = -1
    for await (const line of createInterface({ input: child.stdout })) {
      last = Math.max(last, Number(line.split(" ")[1] ?? -1))
      if (last > 200) child.kill("SIGKILL")
    }
    await ended
    const folder = usedDataFolder(data.dataDir)
    const file = join(parent, "copy.db")
    await snapshot(folder, file, () => Promise.reject(new Error("no node runs")))
    expect((await checkTables(file)).size).toBeGreaterThan(last)
    const { systemClock } = await import("../clock.ts")
    const store = await openStore(data.options({ clock: systemClock }))
    expect(store.ledger.size()).toBe((await checkTables(file)).size)
    await store.close()
  })

  it("of a node that went while a batch was only in the journal has that batch", async () => {
    const store = await openStore(data.options())
    const { index } = await store.ledger.append(note())
    // As a power cut would leave it: in the same turn, before anything is brought into the tables.
    const left = join(parent, "left")
    cpSync(data.dataDir, left, { recursive: true })
    for (const each of [left, join(left, "keys")]) chmodSync(each, 0o700)
    await store.close()
    const file = join(parent, "copy.db")
    await snapshot(usedDataFolder(left), file, () => Promise.reject(new Error("no node runs")))
    expect((await checkTables(file)).size).toBe(index + 1)
  })

  it("has nothing of what was erased", async () => {
    const store = await openStore(data.options())
    await store.commit((tx) => store.vault.put(tx, { id: "one", subject: "tsk_gone", value: "x" }))
    await store.vault.erase("tsk_gone")
    const file = join(parent, "copy.db")
    await snapshot(store.folder, file, () => Promise.resolve())
    expect(readFileSync(file).includes("tsk_gone")).toBe(false)
    await store.close()
  })
})

describe("an archive", () => {
  it("gives its files back, and refuses names that lead out of it, doubles and a cut", () => {
    const file = join(parent, "a.tar")
    const write = (names: string[]) => {
      const fd = openSync(file, "w")
      for (const name of names) writeMember(fd, name, { bytes: Buffer.from(`of ${name}`) })
      endArchive(fd)
      closeSync(fd)
    }
    const read = () => {
      const fd = openSync(file, "r")
      try {
        return readMembers(fd).map((member) => [member.name, memberBytes(fd, member, 100).toString()])
      } finally {
        closeSync(fd)
      }
    }
    write(["a.txt", "files/b/c.txt"])
    expect(read()).toEqual([
      ["a.txt", "of a.txt"],
      ["files/b/c.txt", "of files/b/c.txt"],
    ])
    expect(["../a", "/a", "a/../b", "a//b", ".a", "a\\b", ""].filter(isMemberName)).toEqual([])
    write(["a.txt", "a.txt"])
    expect(read).toThrow("twice")
    write(["a.txt"])
    const fd = openSync(file, "r+")
    // The name in the first header, without its checksum.
    writeSync(fd, "../", 0)
    closeSync(fd)
    expect(read).toThrow("not a file that")
  })
})
