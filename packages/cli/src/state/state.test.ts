import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, expect, test, vi } from "vitest"
import { exitCodes } from "../exit-code.ts"
import { type NodeUnderTest, runHufu, secret, startNode } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let node: NodeUnderTest | undefined
afterEach(() => node?.dispose())

interface Lived {
  readonly dataFolder: string
  readonly live: string
  readonly revoked: string
}

/** A node with its person, an agent, a mandate that holds and one that was revoked; it has stopped. */
async function lived(): Promise<Lived> {
  const started = (node = await startNode())
  await started.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
  await started.asPerson(["agent", "create", "ann"])
  const give = async (words: string) => {
    const flags = ["--effects", "read", "--tools", "*", "--words", words, "--json"]
    return String((await started.asPerson(["mandate", "grant", "ann", ...flags])).json()["id"])
  }
  const [live, revoked] = [await give("stays"), await give("goes")]
  expect((await started.run(["mandate", "revoke", revoked])).code).toBe(exitCodes.ok)
  // The node itself agrees while it runs.
  const looked = await started.run(["state", "rebuild", "--json"])
  expect(looked.json()).toMatchObject({ fault: null, differences: [], differing: 0 })
  expect(looked.code).toBe(exitCodes.ok)
  await started.signal("SIGTERM")
  return { dataFolder: started.dataFolder, live, revoked }
}

/** Changes a mandate's row as somebody with the account may, while no node runs. */
function setState(dataFolder: string, mandate: string, from: string, to: string): void {
  const db = new DatabaseSync(join(dataFolder, "hufu.db"))
  const sql = "UPDATE record SET state = ?, body = replace(body, ?, ?) WHERE kind = 'mandate' AND id = ?"
  const changed = db.prepare(sql).run(to, `"state":"${from}"`, `"state":"${to}"`, mandate).changes
  db.close()
  expect(changed).toBe(1)
}

const rebuild = (dataFolder: string, more: readonly string[] = [], stdin = "") =>
  runHufu(["state", "rebuild", "--data", dataFolder, ...more], { stdin })

test("a mandate that somebody brought back to life is found, kept from a node, and taken back without the person", async () => {
  const { dataFolder, revoked } = await lived()
  setState(dataFolder, revoked, "revoked", "live")
  const serve = await runHufu(["serve", "--data", dataFolder, "--port", "0", "--json"])
  expect(serve.json()).toMatchObject({ code: "records_altered" })

  const looked = await rebuild(dataFolder, ["--json"])
  expect(looked.code).toBe(exitCodes.differs)
  expect(looked.json()["differences"]).toEqual([
    expect.objectContaining({
      kind: "mandate",
      id: revoked,
      fault: "differs",
      member: "state",
      ledger: "revoked",
      table: "live",
      narrows: true,
    }),
  ])
  const said = await rebuild(dataFolder, ["--lang", "zh"])
  expect(said.out).toContain(`mandate ${revoked}，成员 state：不符`)

  const written = await rebuild(dataFolder, ["--write", "--json"])
  expect(written.json()).toMatchObject({ mended: 1, differing: 0 })
  expect(written.code).toBe(exitCodes.ok)
  const again = (node = await startNode(dataFolder))
  expect((await again.run(["mandate", "list", "--json"])).items()).toHaveLength(1)
  const { items } = (await again.run(["log", "entries", "--from", "0", "--json"])).json()
  expect(JSON.stringify(items)).toContain("state.rebuilt")
})

test("what the ledger grants and the tables do not comes back by the person alone", async () => {
  const { dataFolder, live } = await lived()
  setState(dataFolder, live, "live", "revoked")
  const [none, wrong] = [
    await rebuild(dataFolder, ["--write", "--json"]),
    await rebuild(dataFolder, ["--write", "--json", "--secret-stdin"], "not the secret\n"),
  ]
  expect(none.code).not.toBe(exitCodes.ok)
  expect(wrong).toMatchObject({ code: exitCodes.denied })
  expect((await rebuild(dataFolder)).code).toBe(exitCodes.differs)
  const written = await rebuild(dataFolder, ["--write", "--secret-stdin"], `${secret}\n`)
  expect(written.out).toContain("the tables agree")
  expect(written.code).toBe(exitCodes.ok)
  const again = (node = await startNode(dataFolder))
  expect((await again.run(["mandate", "list", "--json"])).items().map(({ id }) => id)).toEqual([live])
  const refused = await again.run(["state", "rebuild", "--write", "--json"])
  expect(refused.json()).toMatchObject({ code: "data_folder_in_use" })
})

test("what held at a moment is told from the ledger alone, by its time or by an entry", async () => {
  const { dataFolder, live, revoked } = await lived()
  const at = (moment: string, ...more: string[]) =>
    runHufu(["state", "at", moment, "--data", dataFolder, ...more])
  const mandatesIn = (state: Record<string, unknown>) =>
    (state["agents"] as { mandates: { id: string }[] }[]).flatMap(({ mandates }) =>
      mandates.map(({ id }) => id),
    )
  const now = (await at(new Date().toISOString(), "--json")).json()
  expect(mandatesIn(now)).toEqual([live])
  // Before the last statement but the node's own end, the second mandate was not revoked yet.
  const entries = Number(now["entries"])
  const before = (await at(String(entries - 2), "--agent", "ann", "--json")).json()
  expect(mandatesIn(before)).toEqual([live, revoked])
  const said = await at(String(entries - 1), "--lang", "zh")
  expect(said.out).toContain(`授权 ${live}`)
  expect(said.out).not.toContain(revoked)
  expect((await at("2026-12-31T18:00")).code).toBe(exitCodes.usage)
  expect((await at(String(entries))).err).toContain("not_found")
})
