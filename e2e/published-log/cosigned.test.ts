import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { prepareWitnessFolder } from "@hufu/server/witness/witness-folder"
import { type RunningWitness, startWitness } from "@hufu/server/witness/witness-server"
import { openWitnessState } from "@hufu/server/witness/witness-state"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { runHufu } from "../attacks/run-hufu.ts"
import { createWorld, type World } from "../invariants/world.ts"
import { loopback } from "@hufu/server/http/testing/loopback"

// A node publishes its log and serves it; a witness at another address cosigns it; somebody who has the address, the log's key and the
// witness's reads all of it by the command.

let folder = ""
let witness: RunningWitness
let world: World
const at = (name: string) => join(folder, name)
const startedWitness = (name: string) =>
  startWitness({ folder: at(name), name, host: loopback, port: 0, now: Date.now, onError: () => {} })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hufu-cosigned-"))
  witness = await startedWitness("one.example")
  world = await createWorld({
    config: {
      publish: { folder: at("log"), serve: true },
      witnesses: [{ url: witness.url, keys: [...witness.vkeys] }],
    },
  })
}, 60_000)
afterAll(async () => {
  await world.dispose()
  await witness.close()
  rmSync(folder, { recursive: true, force: true })
})

const address = () => `${world.node.url}/log`

/** The checkpoint as anybody gets it, once the log's operator has a cosignature of the witness under it. */
function cosigned(): Promise<string> {
  return vi.waitFor(
    async () => {
      const note = await (await fetch(`${address()}/checkpoint`)).text()
      expect(note).toContain("\u2014 one.example ")
      return note
    },
    { timeout: 60_000, interval: 50 },
  )
}

test("carries the cosignatures of its witness to a reader, who checks them against the witness's key", async () => {
  const agent = await world.agent("scribe")
  const { key } = await world.local.log.checkpoint()
  // The witness's operator takes the log's key; the next checkpoint is the first that it sees.
  const known = openWitnessState(prepareWitnessFolder(at("one.example")))
  known.add(parseVkey(key))
  known.close()
  await (await world.door("modern", agent)).call("get_note", { id: "1" })
  const note = await cosigned()

  const [vkey = ""] = witness.vkeys
  const watch = (by: string, state: string) =>
    runHufu(
      `log watch ${address()} --key ${key} --witness ${by} --witnesses 1 --once --state ${at(state)} --data ${at("none")}`.split(
        " ",
      ),
    )
  // Of a checkpoint that came meanwhile the witness may not have been asked yet.
  await vi.waitFor(async () => expect(await watch(vkey, "mine")).toMatchObject({ code: 0, said: "" }), {
    timeout: 60_000,
    interval: 50,
  })
  const other = await startedWitness("two.example")
  const unknown = await watch(other.vkeys[0] ?? "", "theirs")
  await other.close()
  expect(unknown).toMatchObject({ code: 1, said: expect.stringContaining("unwitnessed") as string })

  writeFileSync(at("kept"), note)
  const verify = ["log", "verify", "--folder", address(), "--key", key, "--checkpoint", at("kept")]
  expect(await runHufu(verify)).toMatchObject({
    code: 0,
    said: expect.stringContaining("The published log is sound") as string,
  })
}, 180_000)
