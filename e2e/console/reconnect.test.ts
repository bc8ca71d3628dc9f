import { setTimeout as delay } from "node:timers/promises"
import type { Output } from "@hufu/core/contract/contract"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { isLongRun } from "../long-run.ts"
import { type McpCaller, openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  heldCalls,
  type NodeUnderTest,
  startNode,
} from "../node-under-test.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { startRecorder } from "../upstream/start-recorder.ts"
import { buildConsole, openTab, pageProbe, startBrowser, type Tab, type TabOptions } from "./open-console.ts"

// A node that dies under the pages that are open.

/** How long it stays away: five seconds with `npm run long`, and no longer than its start takes among the other tests. */
const awayMs = isLongRun ? 5000 : 0
const actionsAtOnce = 20
/** A desk, and in a long run a phone beside it. */
const widths = isLongRun ? [1280, 360] : [1280]

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
    const tabs = await openOnEach(node.it, {})
    const onEach = (does: (page: Page) => Promise<void>) => Promise.all(tabs.map(({ page }) => does(page)))
    await onEach(async (page) => {
      await page.goto(new URL("/approvals", page.url()).href)
      await page.getByText("Nothing waits for you").waitFor()
      await isLive(page)
    })

    await node.it.kill9()
    await onEach((page) => page.getByRole("status").getByText(reconnecting).first().waitFor())
    await node.it.restart()
    await onEach(isLive)

    const caller = await openCaller({
      url: doorOf(node.it, "notes"),
      era: "modern",
      credential,
      connections: 2,
    })
    const leave = new AbortController()
    const called = caller.call("send_note", { id: "1", text: "after the fall", to: "li" }, leave.signal)
    await onEach((page) => page.getByRole("link", { name: /send_note/ }).waitFor())
    expect(await heldCalls(node.it)).toHaveLength(1)
    await onEach(async (page) => {
      expect(await page.getByRole("link", { name: /send_note/ }).count()).toBe(1)
    })

    // What comes between the first reading of a page and the start of its stream is told by no event.
    const late = Promise.withResolvers<void>()
    const opened = tabs[0]?.page
    if (opened === undefined) throw new Error("no tab is open")
    await opened.route("**/v1/events*", async (route) => {
      await late.promise
      await route.continue()
    })
    await opened.reload()
    await opened.getByRole("link", { name: /send_note/ }).waitFor()
    const another = caller.call("add_note", { id: "2", text: "meanwhile" }, leave.signal)
    await expect.poll(async () => (await heldCalls(node.it)).length).toBe(2)
    const waiting = () =>
      opened
        .getByRole("link", { name: /^Approvals/ })
        .first()
        .innerText()
    expect(await waiting()).toContain("1")
    late.resolve()
    await expect.poll(waiting).toContain("2")

    leave.abort()
    await Promise.allSettled([called, another])
    await caller.close()
    await Promise.all(tabs.map(({ context }) => context.close()))
  }, 120_000)

  test.runIf(isLongRun)(
    "shows every action once when it is live again, as the store has it",
    async () => {
      await using node = disposed(await startNode(), (it) => it.dispose())
      await using recorder = disposed(await startRecorder(), (it) => it.stop())
      await enrolPerson(node.it)
      await addHttpServer(node.it, "notes", recorder.it.url)
      const credential = await createAgent(node.it, "clerk")
      await grantMandate(node.it, "clerk", {
        words: "add notes by yourself",
        grants: [{ effects: ["write"], tools: ["notes/add_note"], limits: [], mode: "auto" }],
        until: Date.now() + 3_600_000,
      })
      const open = () =>
        openCaller({ url: doorOf(node.it, "notes"), era: "modern", credential, connections: 4 })
      // High enough for every row: what a list leaves out of the page could not be compared.
      const tabs = await openOnEach(node.it, { height: 10_000 })
      const onEach = (does: (page: Page) => Promise<void>) => Promise.all(tabs.map(({ page }) => does(page)))
      await onEach(async (page) => {
        await page.getByRole("link", { name: "Actions", exact: true }).first().click()
        await isLive(page)
        await page.mouse.move(0, 0) // a list under a pointer does not move
      })

      const before = await open()
      await perform(before, actionsAtOnce)
      // Actions are under way while it dies: some of them have an intent and no outcome, some were never let in.
      const cutOff = Array.from({ length: actionsAtOnce }, (_, n) =>
        addNote(before, n).catch(() => undefined),
      )
      await Promise.race(cutOff)
      await node.it.kill9()
      await Promise.all(cutOff)
      await before.close()
      await onEach((page) => page.getByRole("status").getByText(reconnecting).first().waitFor())
      await delay(awayMs)
      await node.it.restart()
      await onEach(isLive)
      const after = await open()
      await perform(after, actionsAtOnce)
      await after.close()

      const { size } = (await node.it.api("GET", "/v1/log/entries?from=0&limit=1")) as Output<"log.entries">
      const { items } = (await node.it.api("GET", "/v1/actions?limit=1000")) as Output<"action.list">
      expect(items.length).toBeGreaterThan(2 * actionsAtOnce)
      const wanted = items.map(({ id }) => `/actions/${id}`)
      const shown =
        "[...document.querySelectorAll('main li[data-index] a')].map((row) => row.getAttribute('href'))"
      await onEach(async (page) => {
        await page.evaluate(`hufuProbe.until(() => hufuProbe.told.last >= ${size - 1})`)
        await page.evaluate(`hufuProbe.until(() => ${shown}.length >= ${items.length})`)
        expect(await page.evaluate<string[]>(shown)).toEqual(wanted)
        expect(await page.evaluate("hufuProbe.told")).toMatchObject({ lost: 0, doubled: 0, resets: 0 })
        const states = await page.evaluate<string[]>("hufuProbe.connections")
        expect(states.slice(states.indexOf("Live"))).toEqual([
          "Live",
          expect.stringMatching(reconnecting),
          "Live",
        ])
      })
      await Promise.all(tabs.map(({ context }) => context.close()))
    },
    180_000,
  )
})

const reconnecting = /^Reconnecting; as of/

const isLive = (page: Page) => page.getByRole("status").getByText("Live", { exact: true }).waitFor()

/** At each width, each with a profile of its own; one after the other, as a newer link ends the one before. */
async function openOnEach(node: NodeUnderTest, options: TabOptions): Promise<Tab[]> {
  const tabs: Tab[] = []
  for (const width of widths) {
    const tab = await openTab(browser, { ...options, width })
    tabs.push(tab)
    await tab.context.addInitScript({ path: pageProbe })
    await tab.page.goto(((await node.cli(["signin"])) as { url: string }).url)
    await tab.page.getByRole("navigation").first().waitFor()
  }
  return tabs
}

async function perform(agent: McpCaller, count: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: count }, (_, n) => addNote(agent, n)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
}

const addNote = (agent: McpCaller, n: number) =>
  agent.call("add_note", { id: `${n}`, text: "closed at dusk" })

/** Ends a thing with its block. */
function disposed<T>(it: T, end: (it: T) => Promise<void>): { readonly it: T } & AsyncDisposable {
  return { it, [Symbol.asyncDispose]: () => end(it) }
}
