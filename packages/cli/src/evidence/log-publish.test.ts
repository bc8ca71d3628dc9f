import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { request } from "undici"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { type NodeUnderTest, runHufu, secret, startHufu, startNode } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder = ""
let node: NodeUnderTest
let key = ""
let second = ""
const at = (name: string) => join(folder, name)

function configured(name: string, config: object): string {
  mkdirSync(at(name), { mode: 0o700 })
  writeFileSync(join(at(name), "config.json"), JSON.stringify(config))
  return at(name)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hufu-publish-"))
  node = await startNode(
    configured("data", { publish: { folder: "../published", serve: true }, ledger: { mlDsa: true } }),
  )
  await node.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
  for (const name of ["ann", "bob"]) await node.asPerson(["agent", "create", name])
  const shown = (await node.run(["log", "checkpoint", "--json"])).json()
  key = String(shown["key"])
  second = String(shown["mlDsaKey"])
})
afterAll(async () => {
  await node.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const verify = (place: string, ...more: string[]) =>
  runHufu(["log", "verify", "--folder", place, "--key", key, ...more])

/** The log as the node serves it, once it covers so many entries. */
async function servedSize(): Promise<number> {
  for (;;) {
    const { statusCode, body } = await request(`${node.url}/log/checkpoint`)
    const text = await body.text()
    if (statusCode === 200) return Number(text.split("\n")[1])
  }
}

it("is served by the node as tlog-tiles, and verifies from there", async () => {
  const size = await servedSize()
  expect(size).toBeGreaterThan(0)
  const verdict = await verify(`${node.url}/log`, "--json")
  expect({ code: verdict.code, ...verdict.json() }).toMatchObject({ code: 0, ok: true, signed: true })
  const entries = Number(verdict.json()["entries"])
  const checkpoint = await request(`${node.url}/log/checkpoint`)
  expect(checkpoint.headers).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "public, max-age=1",
  })
  await checkpoint.body.dump()
  const forever = {
    "content-type": "application/octet-stream",
    "cache-control": "public, max-age=31536000, immutable",
  }
  const tile = await request(`${node.url}/log/tile/0/000.p/${entries}`)
  expect(tile).toMatchObject({ statusCode: 200, headers: forever })
  expect((await tile.body.bytes()).length).toBe(entries * 32)
  const path = `/log/tile/entries/000.p/${entries}`
  const plain = await request(node.url + path)
  const zipped = await request(node.url + path, { headers: { "accept-encoding": "gzip" } })
  expect(plain).toMatchObject({ statusCode: 200, headers: forever })
  expect(zipped).toMatchObject({ statusCode: 200, headers: { ...forever, "content-encoding": "gzip" } })
  expect(gunzipSync(await zipped.body.bytes())).toEqual(Buffer.from(await plain.body.bytes()))
})

it("serves nothing but the log's own files, and takes nothing", async () => {
  for (const path of [
    "/log/",
    "/log/.hufu-lock",
    "/log/tile/0",
    "/log/tile/0/000",
    "/log/tile/0/x000/000.p/1",
    "/log/tile/0/%30%30%30.p/1",
    "/log/..%2fdata%2fkeys%2fledger.key",
    "/log/tile/entries/..%2f..%2f..%2fdata%2fconfig.json",
  ]) {
    const { statusCode, body } = await request(node.url + path)
    await body.dump()
    expect([path, statusCode]).toEqual([path, 404])
  }
  const { statusCode, headers, body } = await request(`${node.url}/log/checkpoint`, { method: "POST" })
  await body.dump()
  expect([statusCode, headers["allow"]]).toEqual([405, "GET, HEAD"])
})

it("is written once by a command while the node runs, and every altered file is named in both languages", async () => {
  const to = at("export")
  const made = await node.run(["log", "publish", to])
  expect(made).toMatchObject({ code: 0 })
  expect(made.out).toContain(`hufu log verify --folder ${to} --key ${key}`)
  expect((await verify(to)).out).toMatch(/^The published log is sound: \d+ entries of localhost/)
  const untrusted = await runHufu(["log", "verify", "--folder", to, "--lang", "zh"])
  expect(untrusted).toMatchObject({ code: 0 })
  expect(untrusted.out).toContain("未校验签名")
  const size = readFileSync(join(to, "checkpoint"), "utf8").split("\n")[1] ?? ""
  const bundle = join(to, `tile/entries/000.p/${size}`)
  const whole = readFileSync(bundle)
  writeFileSync(bundle, whole.with(50, (whole[50] ?? 0) ^ 1))
  const found = await verify(to)
  expect(found).toMatchObject({ code: 1 })
  expect(found.out).toMatch(/NOT sound:\n`tile\/0\/000\.p\/\d+` does not hold/)
  expect((await verify(to, "--lang", "zh")).out).toMatch(
    /日志无效：\n`tile\/0\/000\.p\/\d+` 与其下条目的哈希不符/,
  )
  const again = await node.run(["log", "publish", to])
  expect(again).toMatchObject({ code: 1 })
  expect(again.err).toContain(`\`tile/entries/000.p/${size}\` in the published folder`)
})

it("is asked for its second signature by whoever names that key too", async () => {
  const to = at("twice")
  expect(await node.run(["log", "publish", to])).toMatchObject({ code: 0 })
  const both = (...more: string[]) => verify(to, "--key", second, ...more)
  expect((await both()).out).toContain("Its second signature, by ML-DSA-44, holds too.")
  const note = readFileSync(join(to, "checkpoint"), "utf8")
  const lines = note.trimEnd().split("\n")
  writeFileSync(join(to, "checkpoint"), `${lines.slice(0, -1).join("\n")}\n`)
  const found = await both("--json")
  expect({ code: found.code, ...found.json() }).toMatchObject({
    code: 1,
    fault: { id: "no_second_signature", zh: expect.stringContaining("缺少账本的第二签名") as string },
  })
  const alone = await runHufu(["log", "verify", "--folder", to, "--key", second])
  expect(alone).toMatchObject({ code: 2 })
  expect(alone.err).toContain("give --key twice")
})

it("is never published by two nodes into one folder", async () => {
  const second = startHufu([
    "serve",
    "--data",
    configured("second", { publish: { folder: "../published" } }),
    "--port",
    "0",
  ])
  let said = ""
  second.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")))
  const code = await new Promise((resolve) => second.once("close", resolve))
  expect([code, said]).toEqual([1, expect.stringContaining("another process publishes into") as string])
})
