import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import {
  filesystemServer,
  type NodeUnderTest,
  type Ran,
  runHufu,
  secret,
  startHufu,
  startNode,
} from "./testing/hufu-under-test.ts"
import { type McpLines, mcpLines } from "./testing/mcp-lines.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

// Every step starts processes, or waits for the person's secret.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let node: NodeUnderTest
let files = ""
let guard: ReturnType<typeof startHufu>
let client: McpLines
let nextId = 1

beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), "hufu-files-"))
  node = await startNode()
  const enrolled = await node.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n`, alone: true })
  expect(enrolled.code).toBe(0)
  guard = startHufu([
    "guard",
    "--data",
    node.dataFolder,
    "--existing",
    "--name",
    "fs",
    "--",
    process.execPath,
    filesystemServer,
    files,
  ])
  client = mcpLines(guard)
  await client.initialize()
  await client.ask(nextId++, "tools/list")
}, 60_000)
afterAll(async () => {
  guard.kill("SIGKILL")
  await node.dispose()
  rmSync(files, { recursive: true, force: true })
})

const path = (name: string) => join(files, name)
const call = (tool: string, args: Record<string, unknown>) =>
  client.ask(nextId++, "tools/call", { name: tool, arguments: args })
const logKey = async () => String((await node.run(["log", "checkpoint", "--json"])).json()["key"])
const waiting = async () => (await node.run(["approvals", "--json"])).items()

/** Lets the agent ask for a write, and answers the hold's id once it waits. */
async function askFor(name: string, content: string) {
  const answer = call("write_file", { path: path(name), content })
  await expect.poll(waiting, { timeout: 20_000, interval: 150 }).toHaveLength(1)
  const [hold] = await waiting()
  return { answer, hold: String(hold?.["id"]) }
}

const refusedWith = (ran: Ran, code: number, name: string) => {
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code, err: expect.stringContaining(`[${name}]`) })
}

describe("the terminal secret", () => {
  it("is set once, and read from one line of standard input", async () => {
    refusedWith(
      await node.run(["enrol", "--secret-stdin"], { stdin: "another secret\n" }),
      1,
      "already_enrolled",
    )
    refusedWith(
      await node.run(["agent", "create", "x", "--secret-stdin"], { stdin: "not the secret\n" }),
      3,
      "wrong_secret",
    )
    expect((await node.run(["agent", "create", "x", "--secret-stdin"], { stdin: "\n" })).code).toBe(2)
    expect((await node.run(["agent", "create", "x"])).err).toContain("--secret-stdin")
  })

  it("is changed by who knows it", async () => {
    const change = (stdin: string) => node.run(["secret", "change", "--secret-stdin"], { stdin })
    refusedWith(await change("not the secret\nanother secret\n"), 3, "wrong_secret")
    expect((await change(`${secret}\nanother secret\n`)).code).toBe(0)
    refusedWith(await node.asPerson(["agent", "create", "x"]), 3, "wrong_secret")
    expect((await change(`another secret\n${secret}\n`)).code).toBe(0)
  })
})

describe("agents and credentials", () => {
  it("shows a credential once, and only to the person", async () => {
    const made = await node.asPerson(["agent", "create", "ann", "--json"])
    const credential = String(made.json()["credential"])
    expect(credential).toMatch(/^hufu_agent_/)
    expect((await node.run(["agent", "show", "ann", "--json"])).out).not.toContain(credential)
    expect(
      (await node.asPerson(["agent", "create", "bob", "--no-credential", "--json"])).json()["credential"],
    ).toBeNull()
    refusedWith(await node.asPerson(["agent", "create", "ann"]), 1, "name_taken")
    expect((await node.asPerson(["agent", "create", "Ann!"])).code).toBe(2)
  })

  it("lists in a table, and shows in the reader's language", async () => {
    const table = (await node.run(["agent", "list"])).out.split("\n")
    expect(table[0]).toMatch(/^ID +NAME +IDENTIFIED BY/)
    expect(table.some((line) => line.includes(" local "))).toBe(true)
    expect((await node.run(["approvals", "--lang", "zh"])).out).toBe("没有等待批准的行为。\n")
  })
})

describe("approving", () => {
  it("shows the exact action, takes the secret, and lets it happen once", async () => {
    const { answer, hold } = await askFor("one.txt", "first\u001b[2J\u202e line")
    const refusal = await node.run(["approve", hold, "--secret-stdin"], {
      stdin: "not the secret\n",
      alone: true,
    })
    refusedWith(refusal, 3, "wrong_secret")
    const approved = await node.asPerson(["approve", hold], { alone: true })
    expect(approved).toMatchObject({ code: 0, err: "" })
    expect(approved.out).toContain(String.raw`  |   "content": "first\u001b[2J⟦U+202E⟧ line"`)
    for (const hidden of ["\u001b", "\u202e"]) expect(approved.out).not.toContain(hidden)
    expect(approved.out).toContain("The agent local wants to use write_file of fs (write).")
    expect(approved.out).toContain(`path: ${path("one.txt")}`)
    expect(await answer).toMatchObject({
      result: { content: [{ text: expect.stringContaining("Successfully") }] },
    })
    expect(readFileSync(path("one.txt"), "utf8")).toBe("first\u001b[2J\u202e line")
    refusedWith(await node.asPerson(["approve", hold]), 1, "hold_decided")
  })

  it("can change the arguments, and performs what was approved", async () => {
    const { answer, hold } = await askFor("two.txt", "too much")
    const edit = JSON.stringify({ path: path("two.txt"), content: "less" })
    const approved = await node.asPerson(["approve", hold, "--arguments", edit, "--json"])
    expect(approved.code).toBe(0)
    expect(approved.json()).toMatchObject({ id: hold, state: "approved" })
    await answer
    expect(readFileSync(path("two.txt"), "utf8")).toBe("less")
  })

  it("can cover the same again for the task", async () => {
    const { answer, hold } = await askFor("three.txt", "a")
    expect((await node.asPerson(["approve", hold, "--for", "task"])).code).toBe(0)
    await answer
    expect(await call("write_file", { path: path("three.txt"), content: "a" })).toMatchObject({
      result: { content: [{ text: expect.stringContaining("Successfully") }] },
    })
    expect(await waiting()).toEqual([])
  })

  it("can be refused with a reason that the agent reads, without the secret", async () => {
    const { answer, hold } = await askFor("four.txt", "no")
    expect((await node.run(["refuse", hold, "--reason", "not this file"])).code).toBe(0)
    expect(JSON.stringify(await answer)).toContain("not this file")
    expect((await node.run(["approval", "show", hold])).out).toContain("State: refused")
    const why = await node.run(["why", hold])
    expect(why.out).toContain("refused it on")
    expect(why.out).toContain("“not this file”")
    expect((await node.run(["approvals", "--state", "all"])).out).toContain(hold)
  })
})

describe("mandates and decisions", () => {
  it("says what would happen, by exit code too", async () => {
    const decide = (tool: string, args: object) =>
      node.run(["decide", "local", "fs", tool, "--arguments", JSON.stringify(args)], { alone: true })
    expect(await decide("read_text_file", { path: path("one.txt") })).toMatchObject({
      code: 0,
      out: expect.stringContaining("Allowed"),
    })
    expect(await decide("write_file", { path: path("new.txt"), content: "x" })).toMatchObject({ code: 4 })
    const own = await decide("read_text_file", { path: join(node.dataFolder, "keys", "local.key") })
    expect(own).toMatchObject({ code: 3, out: expect.stringContaining("Denied") })
  })

  it("grants, narrows and explains; never widens", async () => {
    await node.asPerson(["agent", "create", "cat", "--no-credential"])
    const flags = [
      "--effects",
      "read,write",
      "--tools",
      "fs/*",
      "--path",
      `/path=${files}`,
      "--until",
      "2h",
      "--words",
      "only here",
    ]
    const granted = await node.asPerson(["mandate", "grant", "cat", ...flags, "--json"])
    expect(granted.code).toBe(0)
    const id = String(granted.json()["id"])
    const narrowed = await node.run(["mandate", "narrow", id, "--effects", "read", "--count", "3", "--json"])
    expect(narrowed.json()).toMatchObject({
      grants: [{ effects: ["read"] }],
      budget: { count: 3 },
      words: "only here",
    })
    const wider = await node.run(["mandate", "narrow", String(narrowed.json()["id"]), "--until", "9d"])
    refusedWith(wider, 1, "not_narrower")
    const said = await node.run(["mandate", "explain", String(narrowed.json()["id"])])
    expect(said.out).toContain("3 times")
    refusedWith(
      await node.run(["mandate", "grant", "cat", ...flags, "--secret-stdin"], { stdin: "guess at it\n" }),
      3,
      "wrong_secret",
    )
  })
})

describe("tool profiles", () => {
  it("are shown before they are confirmed, by the person alone", async () => {
    refusedWith(
      await node.run(["tool", "confirm", "fs", "move_file", "--secret-stdin"], { stdin: "guess at it\n" }),
      3,
      "wrong_secret",
    )
    const confirmed = await node.asPerson(["tool", "confirm", "fs", "move_file"])
    expect(confirmed.code).toBe(0)
    expect(confirmed.out).toContain("Tool fs/move_file")
    expect(confirmed.out).toContain("for exactly this definition")
    const tools = (await node.run(["tool", "list", "fs", "--json"])).items()
    expect(tools.find(({ tool }) => tool === "move_file")).toMatchObject({ confirmed: true })
    refusedWith(await node.asPerson(["tool", "confirm", "fs", "fly"]), 1, "not_found")
    const stale = await node.asPerson(["tool", "confirm", "fs", "move_file", "--definition", "0".repeat(64)])
    refusedWith(stale, 1, "stale")
  })
})

describe("evidence", () => {
  it("gives a receipt that verifies offline, and does not when one byte is another", async () => {
    const [action] = (await node.run(["action", "list", "--outcome", "done", "--json"])).items()
    const id = String(action?.["id"])
    const why = await node.run(["why", id])
    expect(why.out).toContain("The agent local wanted to")
    expect(why.out).toContain("Allowed by platform/permit-under-mandate")
    const file = path("receipt.json")
    const written = await node.run(["receipt", id, "-o", file, "--open", "arguments"])
    expect(written).toMatchObject({ code: 0, out: "" })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const sound = await runHufu(["verify", file], { alone: true })
    expect(sound.code).toBe(0)
    expect(sound.out).toContain("The receipt is sound.")
    expect(sound.out).toContain("arguments.content: ")
    // Without a key one step was not made, and does not look as if it was.
    expect(sound.out).toMatch(/^– key: /m)
    expect(sound.out).toContain("log checkpoint`")
    const { key } = (await node.run(["log", "checkpoint", "--json"])).json()
    expect((await runHufu(["verify", file, "--key", String(key), "--json"])).json()).toMatchObject({
      ok: true,
      trusted: true,
    })
    const one = path("one-argument.json")
    await node.run(["receipt", id, "-o", one, "--open", "arguments.path"])
    const partly = await runHufu(["verify", one, "--key", String(key)])
    expect(partly).toMatchObject({ code: 0, out: expect.stringContaining("Another argument is withheld.") })
    expect(partly.out).toMatch(/^ {2}\| arguments\.path: "/m)
    expect(partly.out).not.toContain("arguments.content")
    const text = readFileSync(file, "utf8")
    writeFileSync(
      file,
      text.replace(/"entry": "(.)/, (all, first: string) => all.slice(0, -1) + (first === "A" ? "B" : "A")),
    )
    expect(readFileSync(file, "utf8")).not.toBe(text)
    const broken = await runHufu(["verify", file, "--lang", "zh"])
    expect(broken.code).toBe(1)
    expect(broken.out).toContain("回执无效")
  })

  it("gives a receipt in COSE, which discloses nothing and verifies offline", async () => {
    const [action] = (await node.run(["action", "list", "--outcome", "done", "--json"])).items()
    const id = String(action?.["id"])
    const file = path("receipt.cose")
    expect((await node.run(["receipt", id, "--cose"])).code).toBe(2)
    expect(await node.run(["receipt", id, "--cose", "-o", file])).toMatchObject({ code: 0, out: "" })
    const sound = await runHufu(["verify", file, "--key", await logKey(), "--json"])
    expect(sound.json()).toMatchObject({ ok: true, trusted: true })
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.with(40, (bytes[40] ?? 0) ^ 1))
    expect(await runHufu(["verify", file])).toMatchObject({
      code: 1,
      out: expect.stringContaining("The COSE receipt is NOT sound"),
    })
  })

  it("exports a range as a bundle that verifies, and does not when a line is missing", async () => {
    const file = path("bundle.jsonl")
    const made = await node.run(["log", "export", "--from", "1", "-o", file, "--open", "tool,arguments"])
    expect(made).toMatchObject({ code: 0, out: "", err: expect.stringContaining("check them with") })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const sound = await runHufu(["verify", file, "--key", await logKey(), "--json"])
    const verdict = sound.json()
    expect(verdict).toMatchObject({ ok: true, trusted: true, from: 1 })
    expect(Number(verdict["opened"])).toBeGreaterThan(1)
    const text = readFileSync(file, "utf8")
    const lines = text.trimEnd().split("\n")
    expect(lines).toHaveLength(1 + Number(verdict["to"]) - 1)
    const piped = await runHufu(["verify", "-"], { stdin: text, alone: true })
    expect(piped).toMatchObject({ code: 0, out: expect.stringContaining("The bundle is sound.") })
    writeFileSync(file, `${lines.toSpliced(2, 1).join("\n")}\n`)
    expect((await runHufu(["verify", file, "--lang", "zh"])).out).toContain("证据包无效")
    refusedWith(await node.run(["log", "export", "--from", "99999", "-o", file]), 1, "invalid_input")
  })

  it("exports views: CSV that runs no formula, and events of OCSF", async () => {
    const range = ["log", "export", "--open", "tool,arguments"]
    const csv = (await node.run([...range, "--format", "csv"], { alone: true })).out.split("\r\n")
    expect(csv[0]).toMatch(/^index,time,kind,action,.*,tool,arguments,leaf_hash$/)
    const written = csv.find((line) => line.includes('"{""content"":""first'))
    expect(written).toMatch(/^\d+,[\d:.TZ-]+,intent,act_\w+,.*,write_file,/)
    for (const hidden of ["\u001b", "\u202e"]) expect(written).not.toContain(hidden)
    const lines = (await node.run([...range, "--format", "ocsf"])).out.trimEnd().split("\n")
    // Every line is an object by the check below.
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events).toHaveLength(csv.length - 2)
    for (const event of events)
      expect(event).toMatchObject({
        class_uid: 6003,
        category_uid: 6,
        type_uid: 600300 + Number(event["activity_id"]),
        time: expect.any(Number),
        severity_id: expect.any(Number),
        metadata: { version: "1.8.0", product: { name: "Hufu" } },
        api: { operation: expect.any(String) },
        actor: expect.any(Object),
        raw_data: expect.stringMatching(/^\{/),
      })
    expect(events.map(({ api }) => api)).toContainEqual(
      expect.objectContaining({ operation: "write_file", request: expect.any(Object) }),
    )
  })

  it("verifies one entry by its address, and follows that address nowhere else", async () => {
    const entry = (await node.run(["log", "entry", "2", "--json"])).out
    const server = createServer(({ url }, response) => {
      if (url === "/entry") response.end(entry)
      else if (url === "/private") response.writeHead(401).end()
      else response.writeHead(302, { location: "/entry" }).end()
    })
    server.listen(0, loopback)
    await once(server, "listening")
    // A server on a port has an address of this form.
    const { port } = server.address() as AddressInfo
    const at = (name: string) => runHufu(["verify", `http://${loopbackInUrl}:${port}/${name}`])
    const sound = await at("entry")
    expect(sound).toMatchObject({ code: 0, out: expect.stringContaining("The entry is sound.") })
    expect(sound.out).toMatch(/^✓ cose: /m)
    refusedWith(await at("elsewhere"), 1, "upstream_unavailable")
    refusedWith(await at("private"), 3, "unauthenticated")
    server.close()
    refusedWith(await at("gone"), 1, "upstream_unavailable")
    for (const place of ["ftp://localhost/entry", "http://me:secret@localhost/entry", path("nowhere")])
      expect((await runHufu(["verify", place])).code).toBe(2)
  })

  it("has every entry at an address of its own, for whom may read the ledger, in each form", async () => {
    const ask = (path: string, headers: Record<string, string> = {}) => fetch(node.url + path, { headers })
    expect((await ask("/entries/2.json")).status).toBe(401)
    const signedIn = await fetch(`${node.url}/v1/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secret }),
    })
    // What the contract says of `session.create`.
    const { token } = (await signedIn.json()) as { token: string }
    const as = { authorization: `Bearer ${token}` }
    const file = path("entry.json")
    const json = await ask("/entries/2.json", as)
    expect(json.headers.get("content-type")).toBe("application/json")
    const text = await json.text()
    writeFileSync(file, text)
    expect(await runHufu(["verify", file, "--key", await logKey()])).toMatchObject({ code: 0 })
    // What was just verified has this form.
    const { hash, entry, cose, proof } = JSON.parse(text) as Record<string, string>
    const bytes = async (response: Promise<Response>) =>
      Buffer.from(await (await response).arrayBuffer()).toString("base64")
    expect(await bytes(ask(`/entries/${hash ?? ""}.bin`, as))).toBe(entry)
    expect(
      await (await ask(`/entries/${hash ?? ""}`, { ...as, accept: "application/octet-stream" })).text(),
    ).toBe(Buffer.from(entry ?? "", "base64").toString("utf8"))
    const signed = await ask("/entries/2.cose", as)
    expect(signed.headers.get("content-type")).toBe('application/cose; cose-type="cose-sign1"')
    expect((await bytes(Promise.resolve(signed))).slice(0, 8)).toBe(cose?.slice(0, 8))
    expect((await (await ask("/entries/2.tlog-proof", as)).text()).split("\n", 3)).toEqual(
      proof?.split("\n", 3),
    )
    const answers = await Promise.all([
      ask("/entries/2", as),
      ask("/entries/2", { ...as, accept: "image/png" }),
      ask("/entries/999999", as),
      ...["x", "02", "2.exe", "2.json/", "-1", "A".repeat(64), "%32"].map((ref) =>
        ask(`/entries/${ref}`, as),
      ),
    ])
    const said = answers.map(({ status, headers }) => [status, headers.get("content-type")?.split(";")[0]])
    const problem = (status: number) => [status, "application/problem+json"]
    expect(said).toEqual([
      [200, "application/json"],
      problem(406),
      ...Array.from({ length: 8 }, () => problem(404)),
    ])
    expect((await fetch(`${node.url}/entries/2`, { method: "POST" })).status).toBe(405)
  })

  it("verifies the whole ledger", async () => {
    expect(await node.run(["log", "verify"], { alone: true })).toMatchObject({
      code: 0,
      out: expect.stringContaining("The ledger is sound"),
    })
  })
})

describe("stopping", () => {
  it("stops everything without the secret, and goes on only with it", async () => {
    expect((await node.run(["stop", "--all", "--reason", "test", "--json"])).json()).toMatchObject({
      doors: [{ agent: expect.any(String) }],
    })
    expect((await node.run(["status", "--json"])).json()).toMatchObject({ stopped: true })
    refusedWith(
      await node.run(["stop", "--lift", "--secret-stdin"], { stdin: "guess at it\n" }),
      3,
      "wrong_secret",
    )
    expect((await node.asPerson(["stop", "--lift", "--json"])).json()).toEqual({ stopped: false })
  })
})

describe("rules and configuration", () => {
  it("prints the schema of config.json", async () => {
    expect((await runHufu(["config", "schema"])).json()).toMatchObject({
      properties: { port: { default: 7180 } },
    })
  })

  it("checks rules from a file", async () => {
    writeFileSync(path("rules.cedar"), "permit (principal, action, resource) when { nonsense };")
    const checked = await node.run(["rules", "validate", path("rules.cedar"), "--json"])
    expect(checked.code).toBe(1)
    expect(checked.json()).toMatchObject({ ok: false })
  })
})
