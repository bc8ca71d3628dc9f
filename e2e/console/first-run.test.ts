import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openAgentDoor } from "../invariants/agent-door.ts"
import { createWorld } from "../invariants/world.ts"
import { isLongRun } from "../long-run.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { buildConsole, consoleFolder, openTab, startBrowser } from "./open-console.ts"

// From an empty node to the first approved write, with a passkey and without a terminal secret.

let browser: Browser
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  await buildConsole()
  browser = await startBrowser()
}, 120_000)
afterAll(() => browser?.close())

describe.skipIf(withoutChromium !== undefined)("the first run", () => {
  test.each(isLongRun ? [1280, 360] : [360])(
    "goes from the link to a passkey, a waiting write, its approval and its outcome: %d px",
    async (width) => {
      await using world = await createWorld({ consoleFolder, nobody: true })
      const { page, context, outside, complaints } = await openTab(browser, { width })
      const { url } = await world.local.signin.create()
      await page.goto(url)

      await page.getByRole("heading", { name: "Make this your passkey" }).waitFor()
      expect(page.url()).not.toContain("signin")
      await page.getByRole("button", { name: "Make the passkey" }).click()
      await page.getByRole("heading", { level: 1, name: "Home" }).waitFor()
      await page.getByText("Be the person who decides: done").waitFor()
      expect((await world.local.node.status()).personEnrolled).toBe(true)

      const door = await openAgentDoor("guard", {
        url: world.node.url,
        dataFolder: world.dataFolder,
        server: { name: "notes", url: world.upstream.url },
        agent: "first-agent",
        credential: "",
      })
      const held = await door.call("add_note", { id: "1", text: "the first note" })
      expect(held.hold).toBeDefined()
      // Nobody loads the page again: it hears of it.
      await page.getByText("1 action waits for you").waitFor()
      await page
        .getByRole("link", { name: /add_note/ })
        .first()
        .click()
      await page.getByText("the first note").waitFor()
      await page.locator("button[data-armed=true]").click()
      await page.getByText("Approved. The agent may do exactly this").waitFor()

      const done = await door.call("add_note", { id: "1", text: "the first note" }, { hold: held.hold ?? "" })
      expect(done).toMatchObject({ isError: false })
      expect(world.upstream.calls()).toEqual([
        { tool: "add_note", args: { id: "1", text: "the first note" } },
      ])
      await page.getByText("Approved and performed.").waitFor()
      expect(outside).toEqual([])
      expect(complaints).toEqual([])

      await door.close()
      await context.close()
    },
  )

  test("says how to get in where no link was opened, and why a link does not work twice", async () => {
    await using world = await createWorld({ consoleFolder, nobody: true })
    const { url } = await world.local.signin.create()
    const first = await openTab(browser)
    await first.page.goto(url)
    await first.page.getByRole("heading", { name: "Make this your passkey" }).waitFor()
    const second = await openTab(browser, { locale: "zh-CN" })
    await second.page.goto(url)
    await second.page.getByRole("heading", { name: "请从终端打开控制台" }).waitFor()
    await second.page.getByRole("alert").waitFor()
    await second.page.getByText("hufu signin", { exact: true }).first().waitFor()
    expect(second.page.url()).not.toContain("signin")
    // A tab beside one that is in is let in by it; another profile is not.
    const beside = await first.context.newPage()
    await beside.goto(new URL("/approvals", url).href)
    await beside.getByText("Nothing waits for you").waitFor()
    await first.context.close()
    await second.context.close()
  })
})
