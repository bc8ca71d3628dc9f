import { request } from "node:http"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createWorld, type World } from "../invariants/world.ts"
import {
  type ConsoleBrowser,
  emptyConsole,
  openBrowser,
  openConsole,
  statusesOf,
  withoutChromium,
} from "./console-browser.ts"

if (withoutChromium) console.warn(withoutChromium)

let chromium: Browser
let built: Awaited<ReturnType<typeof emptyConsole>>
let world: World
let browser: ConsoleBrowser

const originOf = (of: World) => of.node.consoleOrigin() ?? ""
const link = async () => (await world.local.signin.create()).url
const refused = (reason: string) => ({ status: 401, body: { code: "sign_in_link_invalid", reason } })

/** Sends what no browser would: headers of its own choice. */
function send(of: World, path: string, headers: Record<string, string>, body?: object): Promise<number> {
  const { port } = new URL(of.node.url)
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST"
    const type = body === undefined ? {} : { "content-type": "application/json" }
    const sent = request(
      { host: "localhost", port, path, method, headers: { ...type, ...headers } },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    sent.on("error", reject)
    sent.end(body && JSON.stringify(body))
  })
}

describe.skipIf(withoutChromium)("sign-in links, in a real browser", () => {
  beforeAll(async () => {
    built = await emptyConsole()
    chromium = await openBrowser()
    world = await createWorld({ consoleFolder: built.folder })
    browser = await openConsole(chromium, originOf(world))
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.dispose()
    await built?.remove()
  })

  test("lead to the name of this machine, and hold the code where no request carries it", async () => {
    const url = new URL(await link())
    expect(url.hostname).toBe("localhost")
    expect(url.hash).toMatch(/^#signin=[\w-]{43}$/)
    expect(url.pathname + url.search).toBe("/")
  })

  test("let a browser look and narrow, and do nothing that needs the person", async () => {
    const { status, token } = await browser.exchange(await link())
    expect(status).toBe(200)
    expect((await browser.ask("GET", "/v1/node", undefined, token)).status).toBe(200)
    expect((await browser.ask("POST", "/v1/stop", { reason: "look" }, token)).status).toBe(200)
    expect((await browser.ask("DELETE", "/v1/stop", undefined, token)).status).toBe(401)
    expect((await browser.ask("POST", "/v1/agents", { name: "mine" }, token)).status).toBe(401)
    expect((await browser.ask("POST", "/v1/sign-in-links", {}, token)).status).toBe(403)
    await (await world.signIn()).stop.lift()
  })

  test("work once, and say so to whoever comes second", async () => {
    const url = await link()
    const both = await Promise.all([browser.exchange(url), browser.exchange(url)])
    expect(statusesOf(both)).toEqual([200, 401])
    expect(await browser.exchange(url)).toMatchObject(refused("used"))
  })

  test("work for five minutes, and only the newest does", async () => {
    const [first, second] = [await link(), await link()]
    expect(await browser.exchange(first)).toMatchObject(refused("replaced"))
    world.clock.advance(300_001)
    expect(await browser.exchange(second)).toMatchObject(refused("expired"))
    await world.renew()
  })

  test("are not found by guessing, and a crowd of guesses does not keep out who has one", async () => {
    const url = await link()
    const { host, origin } = new URL(originOf(world))
    const over: number[] = []
    const guesses = Array.from({ length: 20 }, async () => {
      over.push(await send(world, "/v1/sign-in-links:exchange", { host, origin }, { code: "guess" }))
    })
    // As many as may be judged at once were, and the rest wait or were sent away.
    await expect.poll(() => over, { timeout: 20_000 }).toContain(429)
    expect((await browser.exchange(url)).status).toBe(200)
    expect(over.length).toBeLessThan(20)
    await Promise.all(guesses)
    expect(new Set(over)).toEqual(new Set([401, 429]))
  }, 60_000)

  test("let nothing in that is no page of this node", async () => {
    const { port, host } = new URL(originOf(world))
    const code = (await link()).split("#signin=")[1]
    const give = (headers: Record<string, string>) =>
      send(world, "/v1/sign-in-links:exchange", headers, { code })
    expect(await give({ host })).toBe(403)
    expect(await give({ host, origin: "http://evil.example" })).toBe(403)
    expect(await give({ host, origin: `http://127.0.0.1:${port}` })).toBe(403)
    expect(await give({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` })).toBe(403)
    expect(await give({ host, origin: originOf(world) })).toBe(200)
  })

  test("buy a token that is worth nothing at another origin, from another page or at another node", async () => {
    const { token } = await browser.exchange(await link())
    const { port, host, origin } = new URL(originOf(world))
    const authorization = `Bearer ${token}`
    const look = (headers: Record<string, string>) => send(world, "/v1/node", { authorization, ...headers })
    expect(await look({ host })).toBe(200)
    expect(await look({ host, origin })).toBe(200)
    expect(await look({ host, origin: "http://localhost:1" })).toBe(403)
    expect(await look({ host, origin: `https://localhost:${port}` })).toBe(403)
    expect(await look({ host: `127.0.0.1:${port}` })).toBe(403)
    await using other = await createWorld({ consoleFolder: built.folder })
    expect(await send(other, "/v1/node", { authorization, host: new URL(originOf(other)).host })).toBe(401)
  })

  test("cannot be used by a page at another port: a browser sends its own origin, and reads nothing", async () => {
    await using other = await createWorld({ consoleFolder: built.folder })
    const foreign = await openConsole(chromium, originOf(other))
    const { token } = await browser.exchange(await link())
    const path = `${originOf(world)}/v1/node`
    await expect(foreign.ask("GET", path, undefined, token)).rejects.toThrow(/Failed to fetch/)
    await expect(foreign.ask("GET", path)).rejects.toThrow(/Failed to fetch/)
    await foreign.close()
  })

  test("buy a token that ends after twelve hours without use, after seven days, and when it is revoked", async () => {
    const look = async (token: string) => (await browser.ask("GET", "/v1/node", undefined, token)).status
    const hour = 3_600_000
    const { token } = await browser.exchange(await link())
    for (let at = 0; at < 7 * 24 - 11; at += 11) {
      expect(await look(token)).toBe(200)
      world.clock.advance(11 * hour)
    }
    expect(await look(token)).toBe(200)
    world.clock.advance(11 * hour)
    expect(await look(token)).toBe(401)
    const idle = await browser.exchange(await link())
    world.clock.advance(12 * hour)
    expect(await look(idle.token)).toBe(401)
    const revoked = await browser.exchange(await link())
    const [mine] = (await world.local.browser.list()).items.toSorted((a, b) => b.createdAt - a.createdAt)
    expect(mine?.origin).toBe(originOf(world))
    await world.local.browser.revoke({ browser: mine?.id ?? "" })
    expect(await look(revoked.token)).toBe(401)
    await world.renew()
  })

  test("buy a token that outlives the node; a link does not", async () => {
    await using own = await createWorld({ consoleFolder: built.folder, config: { port: await freePort() } })
    const at = await openConsole(chromium, originOf(own))
    const { token } = await at.exchange((await own.local.signin.create()).url)
    const { url } = await own.local.signin.create()
    await own.restart()
    expect((await at.ask("GET", "/v1/node", undefined, token)).status).toBe(200)
    expect(await at.exchange(url)).toMatchObject(refused("unknown"))
  })

  test("a page cannot be put into another page, and runs no script but ours", async () => {
    const headers = (await fetch(`${originOf(world)}/approvals/hld_0123456789`)).headers
    const policy = headers.get("content-security-policy") ?? ""
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get("x-frame-options")).toBe("DENY")
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/]{43}='(?:;|$)/)
    expect(policy).not.toMatch(/unsafe/)
    // The one snippet of the built page ran; what a page is made to hold does not.
    expect(await browser.page.title()).toBe("Hufu console")
    await browser.page.evaluate(`document.body.innerHTML = "<img src=x onerror='document.title = 1'>"`)
    await browser.page.evaluate(`document.body.append(Object.assign(document.createElement("script"), {
      textContent: "document.title = 2",
    }))`)
    expect(await browser.page.title()).toBe("Hufu console")
  })

  test("an address leads to the name, with its path; the API is never led elsewhere", async () => {
    const { url } = world.node
    const led = await fetch(`${url}/approvals/x?lang=zh`, { redirect: "manual" })
    expect(led.headers.get("location")).toBe(`${originOf(world)}/approvals/x?lang=zh`)
    expect((await fetch(`${url}/v1/node`, { redirect: "manual" })).status).toBe(401)
  })
})

async function freePort(): Promise<number> {
  await using probe = await createWorld({ nobody: true })
  return Number(new URL(probe.node.url).port)
}
