import { once } from "node:events"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Config } from "@hufu/server/config"
import { connectLocal } from "@hufu/server/local/connect"
import { z } from "zod"
import {
  filesystemServer,
  type NodeUnderTest,
  runHufu,
  secret,
  startNode,
} from "../testing/hufu-under-test.ts"
import { checkBypasses } from "./bypass-check.ts"
import { checkClock } from "./clock-check.ts"
import { checkRuntime } from "./node-checks.ts"
import { checkRoom } from "./disk-checks.ts"
import { loopback } from "@hufu/server/http/testing/loopback"

// Every step starts processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const Report = z.object({
  ok: z.boolean(),
  findings: z.array(
    z.object({
      check: z.string(),
      state: z.enum(["ok", "warn", "fail"]),
      en: z.string(),
      zh: z.string(),
      do: z.object({ en: z.string(), zh: z.string() }).optional(),
    }),
  ),
})

let folder = ""
let node: NodeUnderTest | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-doctor-"))
})
afterEach(async () => {
  await node?.dispose()
  node = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function examined({ alone = false } = {}) {
  const { code, out } = await runHufu(["doctor", "--data", folder, "--json"], { alone })
  const report = Report.parse(JSON.parse(out))
  const states = (check: string) =>
    report.findings.filter((each) => each.check === check).map(({ state }) => state)
  const found = (check: string) =>
    report.findings
      .filter((each) => each.check === check)
      .map(({ en }) => en)
      .join(" ")
  return { code, report, states, found }
}

async function nodeThatRan() {
  node = await startNode(folder)
  await node.signal("SIGTERM")
}

describe("hufu doctor", () => {
  it("finds a running node well, and says of each trouble what to do", async () => {
    node = await startNode(folder)
    const { code, report, states } = await examined({ alone: true })
    expect(code).toBe(0)
    expect(report.ok).toBe(true)
    for (const check of ["node", "version", "runtime", "clock", "permissions", "rules", "ledger", "records"])
      expect([check, states(check)]).toEqual([check, ["ok"]])
    for (const check of ["port", "durability", "disk", "vault-key"])
      expect(states(check)).not.toContain("fail")
    expect(states("person")).toEqual(["warn"])
  })

  it("names guards that are another Hufu than the node, and says what to start again", async () => {
    node = await startNode(folder)
    expect((await examined()).found("guards")).toBe("No guard is connected")
    const { version } = (await node.run(["status", "--json"])).json()
    const guardOf = (agent: string, more: object) =>
      connectLocal(folder, "guard", {
        agent,
        name: "ends-at-once",
        command: [process.execPath, "-e", ""],
        ...more,
      })
    const same = await guardOf("new", { version })
    expect((await examined()).states("guards")).toEqual(["ok"])
    const others = [
      await guardOf("ann", { version: "0.0.9" }),
      await guardOf("bob", { version: "999.0.0" }),
      await guardOf("old", {}),
    ]
    const { report } = await examined()
    const found = report.findings.filter(({ check }) => check === "guards")
    const of = (agent: string) => found.find(({ en }) => en.includes(`(agents: ${agent})`))
    expect(of("ann")).toMatchObject({ state: "warn", en: expect.stringContaining("0.0.9") })
    expect(of("ann")?.do?.en).toContain("restart the clients")
    expect(of("bob")?.do?.en).toContain(`end the node (process ${node.pid})`)
    expect(of("old")?.en).toContain("of an older Hufu")
    expect(found).toHaveLength(3)
    for (const guard of [same, ...others]) guard.destroy()
    // What is no version is no guard of ours.
    await expect(guardOf("eve", { version: "0.1\u202e" })).rejects.toMatchObject({ code: "forbidden" })
  })

  it("works when no node runs, and on a folder that is not there", async () => {
    await nodeThatRan()
    const stopped = await examined()
    expect(stopped.code).toBe(0)
    expect(stopped.states("node")).toEqual(["warn"])
    expect(stopped.states("ledger")).toEqual(["ok"])
    rmSync(folder, { recursive: true })
    const none = await examined()
    expect(none.code).toBe(0)
    expect(none.states("folder")).toEqual(["warn"])
    const { out } = await runHufu(["doctor", "--data", folder, "--lang", "zh"])
    expect(out).toContain("! 注意  folder: 数据目录尚不存在")
  })

  it("fails on a key that others can read, and on one that is gone", async () => {
    await nodeThatRan()
    chmodSync(join(folder, "keys", "vault.key"), 0o644)
    const open = await examined({ alone: true })
    expect(open.code).toBe(1)
    expect(open.states("permissions")).toEqual(["fail"])
    rmSync(join(folder, "keys", "vault.key"))
    expect((await examined()).states("vault-key")).toEqual(["fail"])
  })

  it("fails on a ledger whose end was altered", async () => {
    await nodeThatRan()
    const db = new DatabaseSync(join(folder, "hufu.db"))
    db.exec(
      "DROP TRIGGER entry_keeps; UPDATE entry SET bytes = x'7b7d' WHERE idx = (SELECT max(idx) FROM entry)",
    )
    db.close()
    const { code, states, found } = await examined()
    expect(code).toBe(1)
    expect(states("ledger")).toEqual(["fail"])
    expect(found("ledger")).toContain("was altered")
  })

  it("fails on a row that the node did not write, by its name", async () => {
    await nodeThatRan()
    const db = new DatabaseSync(join(folder, "hufu.db"))
    db.exec("INSERT INTO record (kind, id, state, at, body) VALUES ('passkey', 'pky_x', 'live', 1, '{}')")
    db.close()
    const { code, report, found } = await examined()
    expect(code).toBe(1)
    expect(found("records")).toContain("the row of passkey `pky_x` is not what this node wrote")
    const finding = report.findings.find(({ check }) => check === "records")
    expect(finding?.zh).toContain("节点不会以这些数据表启动")
    expect(finding?.do?.en).toContain("hufu state rebuild --write")
  })

  it("names rules that do not load, and those that are not in force yet", async () => {
    node = await startNode(folder)
    writeFileSync(
      join(folder, "mine.cedar"),
      '@id("mine/no-send")\n@why("no")\n@why_zh("不")\nforbid (principal, action == Hufu::Action::"send", resource);\n',
    )
    writeFileSync(join(folder, "config.json"), '{"rules":["mine.cedar"]}', { mode: 0o600 })
    const changed = await examined()
    expect(changed.found("rules")).toContain("not those in force")
    writeFileSync(join(folder, "mine.cedar"), "permit (everything);")
    const broken = await examined()
    expect(broken.code).toBe(1)
    expect(broken.states("rules")).toEqual(["fail"])
  })

  it("asks every tool server, and names the one that does not start", async () => {
    node = await startNode(folder)
    await node.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
    const good = ["--", process.execPath, filesystemServer, folder]
    expect((await node.asPerson(["server", "command", "files", ...good])).code).toBe(0)
    expect((await examined()).states("upstream")).toEqual(["ok"])
    const bad = ["--", process.execPath, "-e", "process.exit(3)"]
    expect((await node.asPerson(["server", "command", "broken", ...bad])).code).toBe(0)
    const { code, states, found } = await examined()
    expect(code).toBe(1)
    expect(states("upstream").toSorted()).toEqual(["fail", "ok"])
    expect(found("upstream")).toContain("`broken` does not answer")
  })

  it("warns when another program has the port of a node that is down", async () => {
    const other = createServer().listen(0, loopback)
    await once(other, "listening")
    const address = other.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    writeFileSync(join(folder, "config.json"), JSON.stringify({ port }), { mode: 0o600 })
    expect((await examined()).states("port")).toEqual(["warn"])
    other.close()
    await once(other, "close")
    expect((await examined()).states("port")).toEqual(["ok"])
  })
})

describe("single checks", () => {
  it("name what goes around Hufu: open tool servers, and the client's own tools", () => {
    const look = { client: "claude-code", file: "/c.json", guarded: ["a"], open: ["b"], detail: undefined }
    const found = checkBypasses([{ ...look, state: "partly" }])
    expect(found.map(({ state }) => state)).toEqual(["warn", "warn"])
    expect(found[0]?.en).toContain("1 tool servers without Hufu (b)")
    expect(found[1]?.en).toContain("run commands")
    const behind = checkBypasses([{ ...look, client: "claude-desktop", open: [], state: "connected" }])
    expect(behind.map(({ state }) => state)).toEqual(["ok"])
    expect(checkBypasses([{ ...look, state: "missing" }]).map(({ state }) => state)).toEqual(["ok"])
    expect(checkBypasses([{ ...look, open: [], state: "unreadable" }])[0]?.state).toBe("warn")
  })

  const store = {
    entries: 1000,
    lastAt: 10_000_000,
    checkpoint: 1000,
    openIntents: 0,
    vkey: "",
    bytes: 1_000_000,
    recent: { days: 7, entries: 700 },
  }

  it("judge the clock as the ledger does", () => {
    const at = (now: number) => checkClock({ store, now })[0]?.state
    expect([at(10_000_000), at(9_990_000), at(9_939_000)]).toEqual(["ok", "warn", "fail"])
  })

  it("forecast the disk from the entries of the last days", () => {
    writeFileSync(join(folder, "hufu.db"), Buffer.alloc(1_000_000))
    const of = { dataFolder: folder, config: Config.parse({}), now: 10_000_000 }
    const says = checkRoom({ ...of, store })[0]?.en
    // 100 entries a day of 1,000 bytes each.
    expect(says).toContain("grows by 98 kB a day")
    const young = { ...store, recent: { days: 0.5, entries: 1000 } }
    expect(checkRoom({ ...of, store: young })[0]?.en).toContain("too young")
    // A bound that is nearer than the disk's end.
    const bounded = { ...of, config: Config.parse({ store: { megabytes: 16 } }) }
    expect(checkRoom({ ...bounded, store })[0]).toMatchObject({ state: "ok" })
    writeFileSync(join(folder, "hufu.db"), Buffer.alloc(16 * 1024 * 1024))
    expect(checkRoom({ ...bounded, store })[0]).toMatchObject({ state: "fail" })
    expect(checkRoom({ ...bounded, store })[0]?.en).toContain("new actions are refused")
  })

  it("know which Node.js is enough", () => {
    expect([checkRuntime("24.1.0")[0]?.state, checkRuntime("22.9.0")[0]?.state]).toEqual(["ok", "fail"])
  })
})
