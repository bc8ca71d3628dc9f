import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  heldCalls,
  startNode,
} from "../node-under-test.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { startRecorder } from "../upstream/start-recorder.ts"
import { buildConsole, openTab, startBrowser } from "./open-console.ts"

// A node that dies under an open page.

let browser: Browser
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  await buildConsole()
  browser = await startBrowser()
}, 120_000)
afterAll(() => browser?.close())

describe.skipIf(withoutChromium !== undefined)("an open page whose node is killed", () => {
  test("says since when it is old, and goes on by itself with what it missed", async () => {
    await using node = disposed(await startNode(), (it) => it.dispose())
    await using recorder = disposed(await startRecorder(), (it) => it.stop())
    await enrolPerson(node.it)
    await addHttpServer(node.it, "notes", recorder.it.url)
    const credential = await createAgent(node.it, "clerk")
    await grantMandate(node.it, "clerk", { words: "ask me", until: Date.now() + 3_600_000 })
    const { url } = (await node.it.cli(["signin"])) as { url: string }
    const { page, context } = await openTab(browser)
    await page.goto(url)
    await page.getByRole("navigation").first().waitFor()
    await page.goto(new URL("/approvals", url).href)
    await page.getByText("Nothing waits for you").waitFor()
    await page.getByRole("status").getByText("Live", { exact: true }).waitFor()

    await node.it.kill9()
    await page.getByText(/^Reconnecting; as of/).waitFor()
    await node.it.restart()
    await page.getByRole("status").getByText("Live", { exact: true }).waitFor()

    const caller = await openCaller({ url: doorOf(node.it, "notes"), era: "modern", credential })
    const leave = new AbortController()
    const called = caller.call("send_note", { id: "1", text: "after the fall", to: "li" }, leave.signal)
    await page.getByRole("link", { name: /send_note/ }).waitFor()
    expect(await heldCalls(node.it)).toHaveLength(1)
    expect(await page.getByRole("link", { name: /send_note/ }).count()).toBe(1)
    leave.abort()
    await called.catch(() => undefined)
    await caller.close()
    await context.close()
  }, 120_000)
})

/** Ends a thing with its block. */
function disposed<T>(it: T, end: (it: T) => Promise<void>): { readonly it: T } & AsyncDisposable {
  return { it, [Symbol.asyncDispose]: () => end(it) }
}
