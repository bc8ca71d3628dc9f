import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { personSecret } from "../invariants/world.ts"
import { isLongRun } from "../long-run.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { axeViolations } from "./axe-violations.ts"
import { type DelegationsScene, makeDelegationsScene } from "./delegations-scene.ts"
import { looks } from "./looks.ts"
import {
  buildConsole,
  movePage,
  openSharedTab,
  openSignedIn,
  openTab,
  settle,
  startBrowser,
} from "./open-console.ts"

// What agents ask of each other, over a real node and a partner that the official SDK of A2A serves.

/** One page of each shape; `npm run long` goes through all of them. */
const few = new Set(["delegations", "delegation-chain", "delegation-new-tool"])

let scene: DelegationsScene
let browser: Browser

beforeAll(async () => {
  if (withoutChromium !== undefined) return
  await buildConsole()
  scene = await makeDelegationsScene()
  browser = await startBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await scene?.[Symbol.asyncDispose]()
})

/** What comes to be true, however busy the machine is. */
const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 })

async function giveProof(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Terminal secret").fill(personSecret)
  await dialog.getByRole("button", { name: "Continue" }).click()
  await dialog.waitFor({ state: "detached" })
}

describe.skipIf(withoutChromium !== undefined)("the pages of delegations", { timeout: 120_000 }, () => {
  test.each(looks)(
    "fit, and break no rule of accessibility: $locale, $theme, $width px",
    async ({ locale, theme, width }) => {
      const { page, context, complaints, outside } = await openTab(browser, { locale, theme, width })
      await openSignedIn(page, await scene.link(), "/")
      const faults: string[] = []
      for (const [name, path] of Object.entries(scene.pages)) {
        if (!isLongRun && !few.has(name)) continue
        await movePage(page, path)
        if (isLongRun || name === "delegation-chain")
          for (const { id, nodes } of await axeViolations(page))
            faults.push(`${name}: ${id} at ${nodes[0]?.target.join(" ")}`)
        const over = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        if (over > 0) faults.push(`${name}: wider than the page by ${over} px`)
        if ((await page.locator("main [role=alert]").count()) > 0) faults.push(`${name}: it failed`)
      }
      expect([faults, complaints, outside]).toEqual([[], [], []])
      await context.close()
    },
    400_000,
  )

  test("a delegation is followed live, and ended by a person who sees what that does", async () => {
    const { page } = await openSharedTab(browser)
    await openSignedIn(page, await scene.link(), `/delegations/${scene.working}`)
    const graph = page.getByRole("table")
    expect(await graph.getByRole("row").last().textContent()).toContain("leader waits for planner")
    expect(await graph.getByRole("row").last().textContent()).toContain("3 of 10 calls")
    // What was asked because of what it asked draws on its budget too. The picture says the same, and so does the time line.
    expect(await page.getByRole("img", { name: /2 participants, 1 delegation/ }).count()).toBe(1)
    scene.release()
    await page.getByRole("list", { name: "What happened" }).getByText("I am back").waitFor()
    await soon(() => graph.getByRole("row").last().textContent()).toContain("nobody")
    await movePage(page, `/delegations/${scene.held}`)
    await page.getByText("leader waits for you").waitFor()
    await page.getByRole("button", { name: "End it" }).click()
    await page.getByRole("group", { name: "End it" }).getByRole("button", { name: "End it" }).click()
    await soon(() => graph.getByRole("row").last().textContent()).toContain("canceled")
    expect((await scene.world.local.hold.list({})).items.map(({ agentName }) => agentName)).toEqual(["clerk"])
  })

  test("a chain is drawn with whoever asked because of it, and ends as a whole", async () => {
    const { page } = await openSharedTab(browser)
    await openSignedIn(page, await scene.link(), `/delegations/${scene.chain}`)
    await page.getByRole("button", { name: "Verify in this browser" }).click()
    await page.getByText(/actions hang together, as the log has it/).waitFor()
    const rows = page.getByRole("table").getByRole("row")
    expect(await rows.allTextContents()).toEqual([
      expect.stringContaining("Who waits"),
      expect.stringContaining("leader waits for desk"),
      expect.stringMatching(/clerk.*planner.*completed.*1 of 3 calls/),
      expect.stringContaining("clerk waits for you"),
    ])
    // The clerk is there once: as who is asked as `desk`, and as who asks.
    expect(await page.getByRole("img", { name: /4 participants, 3 delegations/ }).count()).toBe(1)
    expect(await page.getByRole("img").getByText("agent · desk").count()).toBe(1)
    const done = page.getByRole("list", { name: "Done because of it" }).getByRole("listitem")
    expect(await done.allTextContents()).toEqual([expect.stringMatching(/clerk.*notes.*add_note/)])
    const { items } = await scene.world.local.delegation.list({ root: scene.chain })
    expect(items.map(({ server }) => server)).toEqual(["press", "planner", "desk"])
    await page.getByRole("button", { name: "End it" }).click()
    await page.getByRole("group", { name: "End it" }).getByRole("button", { name: "End it" }).click()
    await soon(() => rows.nth(1).textContent()).toContain("canceled")
    await soon(() => rows.last().textContent()).toContain("canceled")
    expect((await scene.world.local.hold.list({})).items).toEqual([])
  })

  test("a person tries what an agent would ask, sends exactly that, and is seen in the evidence", async () => {
    const { page } = await openSharedTab(browser)
    await openSignedIn(page, await scene.link(), "/delegations/new?agent=leader&partner=planner")
    const before = (await scene.world.local.delegation.list({})).items.length
    await page.getByLabel("Message").fill("Look at the north gate")
    await page.getByRole("button", { name: "Say what would happen" }).click()
    await page.getByText("Nothing was sent.").waitFor()
    await page.getByText("1 of 7 calls that are left").waitFor()
    expect((await scene.world.local.delegation.list({})).items).toHaveLength(before)
    // What is changed has to be tried again.
    await page.getByLabel("Message").fill("Look at the south gate")
    await page.getByText("You changed it").waitFor()
    await page.getByRole("button", { name: "Say what would happen" }).click()
    await page.getByRole("button", { name: "Send it as this agent" }).click()
    await giveProof(page)
    await page.waitForURL(/\/delegations\/dlg_/)
    await page.getByText("this console: you acted as the agent").waitFor()
    await page.getByRole("list", { name: "What happened" }).getByText("Look at the south gate").waitFor()
    const [sent] = (await scene.world.local.delegation.list({ limit: 1 })).items
    expect(sent).toMatchObject({ agentName: "leader", server: "planner", door: "console" })
    const [order] = (await scene.world.local.delegation.show({ delegation: sent?.id ?? "" })).events
    const entries = (await scene.world.entries()).map(({ entry }) => entry)
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: "intent", action: order?.action, door: "console" }),
    )
    // A tool of a server is called with what its schema asks for.
    await movePage(page, "/delegations/new?agent=leader&partner=notes")
    await page.getByLabel("Tool", { exact: true }).selectOption("add_note")
    const go = page.getByRole("button", { name: "Say what would happen" })
    await page.getByRole("textbox", { name: "id" }).fill("7")
    await page.getByRole("textbox", { name: "text" }).fill("closed at dusk")
    await go.click()
    await page.getByText("notes/add_note").waitFor()
    await page.getByRole("button", { name: "Send it as this agent" }).click()
    await page.waitForURL(/\/delegations\/dlg_/)
    await settle(page)
    await soon(() => page.getByRole("row").last().textContent()).toContain("completed")
  })
})
