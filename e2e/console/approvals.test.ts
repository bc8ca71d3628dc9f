import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createWorld, personSecret, type World } from "../invariants/world.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { axeViolations } from "./axe-violations.ts"
import {
  buildConsole,
  consoleFolder,
  movePage,
  openPage,
  openSharedTab,
  openSignedIn,
  openTab,
  startBrowser,
  type Tab,
  type TabOptions,
} from "./open-console.ts"
import { looks } from "./looks.ts"
import { isLongRun } from "../long-run.ts"

// Deciding in a real browser over a real node: a person with a terminal secret and no passkey.

/** A phone, where less has room; a desk too in a long run. */
const widths = isLongRun ? [1280, 360] : [360]

let world: World & AsyncDisposable
let browser: Browser
let origin: string
let agents = 0

beforeAll(async () => {
  if (withoutChromium !== undefined) return
  await buildConsole()
  world = await createWorld({ consoleFolder })
  origin = new URL((await world.local.signin.create()).url).origin
  browser = await startBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await world?.dispose()
})

/** A call of a new agent that waits for the person. */
async function heldCall(tool: string, args: object) {
  await world.renew()
  const agent = await world.agent(`clerk-${++agents}`)
  await world.grant(agent, {})
  const door = await world.door("modern", agent)
  const { hold = "" } = await door.call(tool, args)
  expect(hold).toMatch(/^hld_/)
  return { hold, agent, again: () => door.call(tool, args, { hold }) }
}

/** The shared profile, let in anew. */
async function openAt(path: string, size: { width?: number } = {}): Promise<Tab> {
  return letIn(await openSharedTab(browser, size), path)
}

/** A profile of its own. */
async function openOwn(path: string, options: TabOptions): Promise<Tab & AsyncDisposable> {
  const tab = await letIn(await openTab(browser, options), path)
  return { ...tab, [Symbol.asyncDispose]: () => tab.context.close() }
}

async function letIn(tab: Tab, path: string): Promise<Tab> {
  await openSignedIn(tab.page, (await world.local.signin.create()).url, path)
  return tab
}

async function giveSecret(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Terminal secret").fill(personSecret)
  await dialog.getByRole("button", { name: "Continue" }).click()
}

const stateOf = async (hold: string) => (await world.local.hold.show({ hold })).state

describe.skipIf(withoutChromium !== undefined)("deciding in the console", () => {
  test.each(widths)("a refusal takes a reason, which the agent hears: %d px", async (width) => {
    const { hold, again } = await heldCall("delete_note", { id: "7" })
    const tab = await openAt(`/approvals/${hold}`, { width })
    await tab.page.getByRole("button", { name: "Refuse" }).click()
    await tab.page.getByText("Say why: the agent reads it").waitFor()
    expect(await stateOf(hold)).toBe("waiting")
    await tab.page.getByLabel("Reason; the agent reads it").fill("keep it until the audit")
    await tab.page.getByRole("button", { name: "Refuse" }).click()
    await tab.page.getByText("Refused. The agent is told your reason").waitFor()
    expect((await again()).text).toContain("keep it until the audit")
  })

  test.each(widths)(
    "what nobody decides in time is refused, and the page says so by itself: %d px",
    async (width) => {
      const { hold } = await heldCall("send_note", { id: "1", text: "x", to: "a@example.com" })
      const tab = await openAt(`/approvals/${hold}`, { width })
      await tab.page.getByText("Silence is never consent").waitFor()
      world.clock.advance(16 * 60_000)
      await tab.page.getByText("Its time was up before anybody decided").waitFor()
      expect(await tab.page.getByRole("button", { name: "Approve" }).count()).toBe(0)
      expect(await stateOf(hold)).toBe("expired")
    },
  )

  test("approving for a task says what that allows, and asks for a proof first", async () => {
    const { hold, again } = await heldCall("add_note", { id: "3", text: "for the whole task" })
    const tab = await openAt(`/approvals/${hold}`)
    await tab.page.getByLabel("for this task").check()
    await tab.page.getByText("This would allow from now on:").waitFor()
    await tab.page.locator("button[data-armed=true]").click()
    await tab.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click()
    await tab.page.getByText("You gave no proof, so nothing was decided").waitFor()
    expect(await stateOf(hold)).toBe("waiting")
    await tab.page.locator("button[data-armed=true]").click()
    await giveSecret(tab.page)
    await tab.page.getByText("Approved. The agent may do exactly this").waitFor()
    expect((await again()).isError).toBe(false)
  })

  test("edited arguments are performed instead, and what is no JSON object is not sent", async () => {
    const { hold, again } = await heldCall("add_note", { id: "4", text: "too much said" })
    const tab = await openAt(`/approvals/${hold}`)
    await tab.page.getByRole("button", { name: "Edit the arguments" }).click()
    const field = tab.page.getByLabel("Arguments as JSON")
    await field.fill("{")
    await tab.page.getByText("This is not a JSON object").waitFor()
    expect(
      await tab.page.getByRole("button", { name: "Approve as edited" }).getAttribute("aria-disabled"),
    ).toBe("true")
    await field.fill('{"id":"4","text":"less"}')
    await tab.page.locator("button[data-armed=true][aria-disabled=false]").click()
    await giveSecret(tab.page)
    await tab.page.getByText("Approved. The agent may do exactly this").waitFor()
    await again()
    expect(world.upstream.calls().at(-1)).toEqual({ tool: "add_note", args: { id: "4", text: "less" } })
  })

  test("the whole path works by keyboard, and a letter decides nothing before the card has the focus", async () => {
    const { hold } = await heldCall("add_note", { id: "5", text: "by keyboard" })
    const tab = await openAt("/approvals")
    const { page } = tab
    await page.keyboard.press("a")
    expect(await page.getByRole("dialog").count()).toBe(0)
    await page.locator(`a[href="/approvals/${hold}"]`).focus()
    await page.keyboard.press("Enter")
    await page.locator(`[data-hold="${hold}"]`).waitFor()
    await page.locator("button[data-armed=true]").waitFor()
    await page.keyboard.press("a")
    expect(await page.getByRole("dialog").count()).toBe(0)
    await page.keyboard.press("Tab")
    expect(await page.evaluate("document.activeElement.dataset.hold")).toBe(hold)
    await page.keyboard.press("a")
    await page.locator("[role=dialog] [type=password]:focus").waitFor()
    await page.keyboard.type(personSecret)
    await page.keyboard.press("Enter")
    await page.getByText("Approved. The agent may do exactly this").waitFor()
  })

  test.each(widths)("another language keeps what was typed, edited and chosen: %d px", async (width) => {
    const { hold } = await heldCall("add_note", { id: "6", text: "two languages" })
    const tab = await openAt(`/approvals/${hold}`, { width })
    await tab.page.getByLabel("until a time").check()
    await tab.page.getByLabel("Reason; the agent reads it").fill("not yet")
    await tab.page.getByRole("button", { name: "中文" }).click()
    await tab.page.getByRole("heading", { name: "智能体请求批准" }).waitFor()
    expect(await tab.page.getByLabel("理由（智能体可读）").inputValue()).toBe("not yet")
    expect(await tab.page.getByLabel("至某时").isChecked()).toBe(true)
    expect(await tab.page.locator("html").getAttribute("lang")).toBe("zh-CN")
    await tab.page.reload()
    await tab.page.getByRole("heading", { name: "智能体请求批准" }).waitFor()
  })

  test("a card shows its eight facts without scrolling, and works on a phone", async () => {
    const { hold } = await heldCall("send_note", { id: "8", text: "short", to: "li@example.com" })
    const desk = await openAt(`/approvals/${hold}`)
    const card = desk.page.locator(`[data-hold="${hold}"]`)
    for (const fact of [
      "Who asks",
      "What it would do",
      "Target",
      "Risk",
      "Why you are asked",
      "Decide within",
      "Arguments",
    ]) {
      const box = await card.getByText(fact, { exact: true }).boundingBox()
      expect((box?.y ?? Infinity) + (box?.height ?? 0), fact).toBeLessThan(800)
    }
    await card.getByText("At the end of that time it is refused").waitFor()
    await using phone = await openOwn(`/approvals/${hold}`, { width: 360, height: 740 })
    expect(await phone.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360)
    await phone.page.getByLabel("Reason; the agent reads it").fill("from a phone")
    await phone.page.getByRole("button", { name: "Refuse" }).click()
    await phone.page.getByText("Refused. The agent is told your reason").waitFor()
    await desk.page.getByText("Refused. The agent is told your reason").waitFor()
  })

  test("of what waits and what was decided, one tab says that it is shown", async () => {
    const tab = await openAt("/approvals?tab=history")
    const shown = tab.page.locator("main nav [aria-current=page]")
    expect(await shown.allInnerTexts()).toEqual(["Decided"])
    await tab.page.getByRole("link", { name: "Waiting", exact: true }).click()
    await expect.poll(() => shown.allInnerTexts()).toEqual(["Waiting"])
  })

  test("what comes while one looks waits behind a pill, and moves nothing", async () => {
    const first = await heldCall("add_note", { id: "9", text: "first" })
    const tab = await openAt("/approvals")
    const row = tab.page.locator(`a[href="/approvals/${first.hold}"]`)
    const before = await row.boundingBox()
    const second = await heldCall("add_note", { id: "10", text: "second" })
    await tab.page.getByRole("button", { name: "1 new" }).waitFor()
    expect(await tab.page.locator(`a[href="/approvals/${second.hold}"]`).count()).toBe(0)
    expect((await row.boundingBox())?.x).toBe(before?.x)
    await tab.page.getByRole("button", { name: "1 new" }).click()
    await tab.page.locator(`a[href="/approvals/${second.hold}"]`).waitFor()
  })
})

const hostile = {
  bidi: "pay \u202Egnp.exe\u202C now",
  ansi: "\u001B[31mred\u001B[0m \u0007",
  zero: "a\u200Bb\u2066c",
  markup: `<img src=x onerror="globalThis.taken=1"><script>globalThis.taken=1</script>**bold** [link](https://evil.example)`,
  button: "Approve\n[ Approve ]\n✔ Approved by the person",
  lines: "\n".repeat(5000),
  long: "长".repeat(70_000),
}

describe.skipIf(withoutChromium !== undefined)("what an agent wrote", () => {
  test("is text in the card: spelled out, folded, no markup and no button of ours", async () => {
    await world.renew()
    // The node keeps no more than this, so that a page is never asked to show a megabyte.
    const agent = await world.agent("flooder")
    const flood = await (await world.door("modern", agent)).call("add_note", { text: "x".repeat(1_000_000) })
    expect(flood).toMatchObject({ isError: true, hold: undefined })
    const args = { ...hostile, [`\u202E<b>key</b>`]: { nested: hostile.bidi } }
    const { hold } = await heldCall("add_note", args)
    const tab = await openAt(`/approvals/${hold}`)
    const card = tab.page.locator(`[data-hold="${hold}"]`)
    for (const spelled of ["⟦U+202E⟧", "⟦U+001B⟧", "⟦U+200B⟧", "⟦U+2066⟧"])
      await card.getByText(spelled).first().waitFor()
    expect(await card.innerText()).not.toMatch(/[\p{Cf}--[\n]]|(?![\n\t])\p{Cc}/v)
    expect(await card.locator("img, script, b, a[href*=evil]").count()).toBe(0)
    expect(await tab.page.evaluate("globalThis.taken")).toBeUndefined()
    expect(await card.getByRole("button", { name: "Approve" }).count()).toBe(1)
    expect((await card.innerText()).length).toBeLessThan(20_000)
    await card.getByText("70,000 characters", { exact: true }).waitFor()
    expect(await tab.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(1280)
    expect(tab.complaints).toEqual([])
    expect(tab.outside).toEqual([])
  }, 120_000)
})

describe.skipIf(withoutChromium !== undefined)("the pages of this part", () => {
  test.each(looks)(
    "break no rule of accessibility: $locale, $theme, $width px",
    async ({ locale, theme, width }) => {
      const { hold } = await heldCall("send_note", { id: "11", text: "\u202Ex", to: "li@example.com" })
      await using tab = await openOwn("/", { locale, theme, width, reducedMotion: true })
      for (const path of [
        "/",
        "/approvals",
        "/approvals?tab=history",
        `/approvals/${hold}`,
        "/first-passkey",
        "/nowhere",
      ]) {
        const isLoaded = isLongRun || path === "/nowhere"
        await (isLoaded ? openPage(tab.page, `${origin}${path}`) : movePage(tab.page, path))
        const violations = await axeViolations(tab.page)
        expect(
          violations.map(({ id, nodes }) => [path, id, nodes.map(({ html }) => html).slice(0, 3)]),
        ).toEqual([])
        expect(await tab.page.locator("h1").count()).toBe(1)
      }
      await tab.page.keyboard.press("Control+k")
      const search = tab.page.getByRole("dialog").getByRole("combobox")
      await search.waitFor()
      expect((await axeViolations(tab.page)).map(({ id }) => id)).toEqual([])
      await tab.page.locator("[role=dialog] [role=combobox]:focus").waitFor()
      await tab.page.keyboard.type(hold)
      await tab.page.keyboard.press("Enter")
      await tab.page.locator(`[data-hold="${hold}"]`).waitFor()
      await tab.page.keyboard.press("g")
      await tab.page.keyboard.press("h")
      await tab.page.waitForURL(`${origin}/`)
      await tab.page.keyboard.press("?")
      await tab.page.getByRole("dialog").waitFor()
      await tab.page.keyboard.press("Escape")
      await tab.page.getByRole("dialog").waitFor({ state: "detached" })
    },
    400_000,
  )
})
