import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type AttackedConsole, openAttackedConsole } from "../attacks/attacked-console.ts"
import { personSecret } from "../invariants/world.ts"
import { isLongRun } from "../long-run.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { movePage, openPage, settle } from "./open-console.ts"
import { makePagesScene, pagesOf } from "./pages-scene.ts"

// Whether everybody gets everywhere: at twice the size, without a mouse, without motion.

let at: AttackedConsole
let pages: Readonly<Record<string, string>>
let hold: string
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  at = await openAttackedConsole()
  const scene = pagesOf(await makePagesScene(at.world))
  hold = (await at.heldCall("send_note", { id: "1", text: "by keyboard", to: "li@example.com" })).hold
  const all = { home: "/", approvals: "/approvals", approval: `/approvals/${hold}`, ...scene }
  const few = new Set(["home", "approval", "action-approved", "server", "mandate-new"])
  pages = Object.fromEntries(Object.entries(all).filter(([name]) => isLongRun || few.has(name)))
}, 120_000)
afterAll(() => at?.dispose())

/** What is cut off or cannot be scrolled to: controls and headings beyond the page, and words wider than their box. */
async function cutOff(page: Page, name: string): Promise<string[]> {
  const found = (await page.evaluate(`(() => {
    const found = []
    const over = document.documentElement.scrollWidth - innerWidth
    if (over > 0) {
      const widest = [...document.querySelectorAll("main *")].findLast((it) => it.getBoundingClientRect().right > innerWidth + 1)
      found.push("wider than the page by " + over + ": " + widest?.outerHTML.slice(0, 160))
    }
    for (const it of document.querySelectorAll("header :is(a, button, select), main :is(h1, h2, h3, a, button, label, select, input, textarea, summary, dt, legend)")) {
      const { left, right, width, height } = it.getBoundingClientRect()
      if (width < 2 || height < 2 || it.closest(".sr-only")) continue
      const what = it.tagName + " " + (it.ariaLabel ?? it.textContent).slice(0, 30)
      // Within what scrolls by itself everything is reached.
      const scrolls = it.parentElement.closest(".overflow-x-auto, .overflow-y-auto, pre")
      if (!scrolls && (left < -1 || right > innerWidth + 1)) found.push(what + " is beyond the page")
      const clips = /hidden|clip/.test(getComputedStyle(it).overflowX) && !it.matches(".truncate, input, textarea")
      if (clips && it.scrollWidth > it.clientWidth + 1) found.push(what + " is cut")
    }
    return found
  })()`)) as string[] // as written above
  return found.map((fault) => `${name}: ${fault}`)
}

/** By the address in a long run, and otherwise from the page that is open. */
const goTo = (page: Page, path: string) =>
  isLongRun ? openPage(page, `${at.origin}${path}`) : movePage(page, path)

describe.skipIf(withoutChromium !== undefined)("everybody gets everywhere", { timeout: 120_000 }, () => {
  // English needs more room.
  test.each(isLongRun ? ["en-GB", "zh-CN"] : ["en-GB"])(
    "at 200 %, of the page and of its text alone: %s",
    async (locale) => {
      const faults: string[] = []
      // A window of 1280 px at 200 % has half of them, each twice as large.
      await using zoomed = await at.signedIn("/", { locale, width: 640, height: 400, scale: 2 })
      await using large = await at.signedIn("/", { locale })
      for (const [name, path] of Object.entries(pages)) {
        await goTo(zoomed.page, path)
        faults.push(...(await cutOff(zoomed.page, `${name} at 200 %`)))
        await goTo(large.page, path)
        await large.page.evaluate(`document.documentElement.style.fontSize = "30px"`)
        faults.push(...(await cutOff(large.page, `${name} with text of 200 %`)))
      }
      expect(faults).toEqual([])
    },
    400_000,
  )

  test("by keyboard alone: what has the focus is seen, in the order of the page, and a dialog gives it back", async () => {
    await using tab = await at.signedIn("/approvals")
    const { page } = tab
    /** What has the focus, and what is wrong with how it is seen. */
    const focused = async () =>
      (await page.evaluate(`(() => {
        const it = document.activeElement
        const { x, y, width, height } = it.getBoundingClientRect()
        const { outlineStyle, outlineWidth } = getComputedStyle(it)
        const top = document.elementFromPoint(x + Math.min(width, innerWidth) / 2, y + Math.min(height, 40) / 2)
        return {
          name: it.ariaLabel ?? it.textContent.trim(),
          hold: it.dataset?.hold,
          order: [...document.querySelectorAll("*")].indexOf(it),
          isSeen: it === document.body || (it.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && (it.contains(top) || top?.contains(it) === true)),
        }
      })()`)) as { name: string; hold?: string; order: number; isSeen: boolean } // as written above
    /** Tabs on until it is there; every stop on the way is seen, and comes after the one before. */
    const tabTo = async (is: (stop: { name: string; hold?: string }) => boolean): Promise<void> => {
      let last = -1
      for (let stops = 0; stops < 60; stops++) {
        await page.keyboard.press("Tab")
        const stop = await focused()
        expect(stop).toMatchObject({ isSeen: true })
        expect(stop.order, stop.name).toBeGreaterThan(last)
        last = stop.order
        if (is(stop)) return
      }
      throw new Error("it is not reached by Tab")
    }
    await page.reload()
    await settle(page)
    await tabTo(({ name }) => name === "Skip to the content")
    await page.keyboard.press("Enter")
    expect(await page.evaluate("document.activeElement.id")).toBe("content")
    await tabTo(({ name }) => name.includes("send_note"))
    await page.keyboard.press("Enter")
    await page.locator(`[data-hold="${hold}"]`).waitFor()
    await page.locator("h1:focus").waitFor()
    await tabTo((stop) => stop.hold === hold)
    await page.locator("button[data-armed=true]").waitFor()
    await tabTo(({ name }) => name === "Approve")
    await page.keyboard.press("Enter")
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("Terminal secret").waitFor()
    // The focus stays in the dialog, however long one tabs.
    for (let stops = 0; stops < 8; stops++) {
      await page.keyboard.press("Tab")
      await page.locator("[role=dialog] :focus").waitFor()
    }
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    await expect.poll(async () => (await focused()).name).toBe("Approve")
    await page.getByText("You gave no proof, so nothing was decided").waitFor()
    expect(await at.stateOf(hold)).toBe("waiting")
    await page.keyboard.press("Enter")
    await dialog.getByLabel("Terminal secret").waitFor()
    await page.locator("[role=dialog] [type=password]:focus").waitFor()
    await page.keyboard.type(personSecret)
    await page.keyboard.press("Enter")
    await page.getByText(/^Approved/).waitFor()
    expect(await at.stateOf(hold)).toBe("approved")
  })

  test("without motion for whom it disturbs", async () => {
    const moving = async (reducedMotion: boolean): Promise<number> => {
      await using tab = await at.signedIn("/", { reducedMotion })
      // What is on its way is what would move: it is kept on its way.
      const { promise: seen, resolve: go } = Promise.withResolvers<void>()
      await tab.page.route("**/v1/agents", async (route) => {
        await seen
        await route.continue()
      })
      await tab.page.goto(`${at.origin}/agents`)
      await tab.page.locator("main .skeleton").first().waitFor()
      await tab.page.keyboard.press("?")
      await tab.page.getByRole("dialog").waitFor()
      const count = Number(await tab.page.evaluate("document.getAnimations().length"))
      go()
      return count
    }
    expect(await moving(false)).toBeGreaterThan(0)
    expect(await moving(true)).toBe(0)
  })
})
