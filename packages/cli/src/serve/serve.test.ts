import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type NodeUnderTest, runHufu, startHufu, startNode } from "../testing/hufu-under-test.ts"
import { readConfig } from "./read-config.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder = ""
let node: NodeUnderTest | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-serve-"))
})
afterEach(async () => {
  await node?.dispose()
  node = undefined
  rmSync(folder, { recursive: true, force: true })
})

const serve = (...args: string[]) => runHufu(["serve", "--data", folder, ...args])

describe("hufu serve", () => {
  it("says on one line where it is, closes the data folder to others, and ends at a signal", async () => {
    node = await startNode(folder)
    expect(new URL(node.url)).toMatchObject({ protocol: "http:", hostname: loopbackInUrl })
    expect(await (await fetch(`${node.url}/healthz`)).json()).toEqual({ ok: true })
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(await node.signal("SIGTERM")).toBe(0)
    expect(readdirSync(folder)).not.toContain("hufu.pid")
  })

  it("tells a person how to go on", async () => {
    const child = startHufu(["serve", "--data", folder, "--port", "0", "--lang", "zh"])
    const [said] = (await once(child.stdout ?? child, "data")) as [Buffer]
    expect(said.toString("utf8")).toContain("hufu enrol")
    child.kill("SIGINT")
    expect(await once(child, "close")).toEqual([0, null])
  })

  it("refuses a data folder that is in use, and a port that is taken", async () => {
    node = await startNode(folder)
    expect(await serve("--port", "0")).toMatchObject({
      code: 1,
      out: "",
      // What runs there is told, so that nobody ends what they could use.
      err: expect.stringMatching(/runs already on this data folder, at http:.*\[data_folder_in_use\]/),
    })
    const other = mkdtempSync(join(tmpdir(), "hufu-serve-"))
    const { port } = new URL(node.url)
    const taken = await runHufu(["serve", "--data", other, "--port", port])
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining("[port_in_use]") })
    rmSync(other, { recursive: true, force: true })
  })

  it("takes a free port instead when it may", async () => {
    const taken = createServer().listen(0, loopback)
    await once(taken, "listening")
    const { port } = taken.address() as AddressInfo // listening on TCP
    writeFileSync(join(folder, "config.json"), JSON.stringify({ port }))
    const child = startHufu(["serve", "--data", folder, "--json", "--any-port"])
    const [line] = (await once(child.stdout ?? child, "data")) as [Buffer]
    expect(new URL(JSON.parse(line.toString("utf8")).url).port).not.toBe(String(port))
    child.kill("SIGTERM")
    await once(child, "close")
    taken.close()
  })

  it("does not listen to other machines unless it is told to in so many words", async () => {
    expect(await serve("--host", "0.0.0.0", "--port", "0")).toMatchObject({
      code: 3,
      err: expect.stringContaining("--expose"),
    })
  })

  it("goes by itself when nobody has needed it", async () => {
    const child = startHufu(["serve", "--data", folder, "--port", "0", "--json", "--idle-exit", "1"])
    child.stdout?.resume()
    expect(await once(child, "close")).toEqual([0, null])
  })

  it("refuses a configuration that it does not understand, and says where", async () => {
    writeFileSync(join(folder, "config.json"), '{"prot": 1}')
    expect(await serve()).toMatchObject({ code: 1, err: expect.stringContaining("`prot`") })
    writeFileSync(join(folder, "config.json"), '{"port": 1, "port": 2}')
    expect(await serve()).toMatchObject({ code: 1, err: expect.stringContaining("[invalid_json]") })
  })
})

describe("the configuration", () => {
  it("takes flags before the environment, and the environment before the file", () => {
    writeFileSync(
      join(folder, "config.json"),
      '{"host": "127.0.0.1", "port": 1001, "hosts": ["hufu.example"]}',
    )
    expect(readConfig(folder, {}, {})).toMatchObject({ port: 1001, hosts: ["hufu.example"] })
    expect(readConfig(folder, {}, { HUFU_PORT: "1002" })).toMatchObject({ port: 1002 })
    expect(readConfig(folder, { port: 1003 }, { HUFU_PORT: "1002" })).toMatchObject({
      port: 1003,
      host: "127.0.0.1",
    })
    expect(() => readConfig(folder, {}, { HUFU_PORT: "many" })).toThrow(/port/)
  })

  it("serves no log that it does not publish: `publish.serve` needs a folder", () => {
    const withPublish = (publish: object) => {
      writeFileSync(join(folder, "config.json"), JSON.stringify({ publish }))
      return readConfig(folder, {}, {})
    }
    expect(() => withPublish({ serve: true })).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        message: expect.stringMatching(/correct `publish` in .*needs `publish\.folder`/) as string,
      }),
    )
    expect(withPublish({ serve: true, folder: "../log" }).publish).toEqual({ serve: true, folder: "../log" })
    expect(withPublish({}).publish).toEqual({ serve: false })
  })

  it("has a value for everything when there is no file", () => {
    expect(readConfig(join(folder, "none"), {}, {})).toMatchObject({ host: "127.0.0.1", port: 7180 })
  })
})
