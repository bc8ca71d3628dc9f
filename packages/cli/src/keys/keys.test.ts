import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { runHufu, startNode } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-keys-cli-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const passphrase = { stdin: "a passphrase of a test\n" }
const hufu = (args: string[], options = {}) => runHufu([...args, "--data", folder, "--json"], options)

it("`hufu keys` seals, shows, rotates and unseals, only while no node runs", async () => {
  const node = await startNode(folder)
  expect((await hufu(["keys", "seal", "--passphrase-stdin"], passphrase)).err).toContain(
    "[data_folder_in_use]",
  )
  await node.signal("SIGTERM")
  expect((await hufu(["keys", "seal"])).code).toBe(2)
  expect((await hufu(["keys", "seal", "--passphrase-stdin"], passphrase)).json()).toEqual({
    vault: "passphrase",
  })
  expect(readdirSync(join(folder, "keys"))).not.toContain("vault.key")
  // A node that nobody can be asked for says what to do; one that gets the passphrase starts.
  expect((await hufu(["serve", "--port", "0"])).err).toContain("[vault_sealed]")
  const rotated = await hufu(["keys", "rotate", "vault", "--passphrase-stdin"], passphrase)
  expect(rotated.json()["rotated"]).toBe("vault")
  expect((await hufu(["keys", "rotate", "ledger", "--passphrase-stdin"], passphrase)).code).toBe(0)
  const shown = await hufu(["keys", "show"])
  expect(shown.json()).toMatchObject({ vault: "passphrase", former: [{ until: expect.any(Number) }] })
  expect(shown.out).not.toContain("PRIVATE")
  expect((await hufu(["keys", "unseal", "--passphrase-stdin"], { stdin: "not that one, no\n" })).code).toBe(3)
  expect((await hufu(["keys", "unseal", "--passphrase-stdin"], passphrase)).code).toBe(0)
  const again = await startNode(folder)
  expect((await again.run(["log", "verify"])).code).toBe(0)
  await again.dispose()
})
