import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { isLongRun } from "../long-run.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { looks } from "./looks.ts"
import { axeViolations } from "./axe-violations.ts"
import { buildConsole, openPage, openTab, settle, startBrowser } from "./open-console.ts"
import { makeAlteredScene, makeNewScene, type OwnScene } from "./rare-scenes.ts"

// What few people see, and nobody twice: a node with nothing in it, and a ledger that somebody altered.

let browser: Browser

async function faultsOf(page: Page, name: string): Promise<string[]> {
  const violations = await axeViolations(page)
  const over = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))
  return [
    ...violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0]?.target.join(" ")}`),
    ...(over > 0 ? [`${name}: wider than the page by ${over} px`] : []),
  ]
}

/** Opens everything that is folded on a page. */
async function unfold(page: Page): Promise<void> {
  const folded = page.locator("main details:not([open]) > summary:visible")
  while ((await folded.count()) > 0) await folded.first().click()
  await settle(page)
}

const scenes: readonly [name: string, make: () => Promise<OwnScene>][] = [
  ["a node with nothing in it", makeNewScene],
  ["a ledger that somebody altered", makeAlteredScene],
]

describe.skipIf(withoutChromium !== undefined || !isLongRun)("rare pages", () => {
  beforeAll(async () => {
    await buildConsole()
    browser = await startBrowser()
  }, 120_000)
  afterAll(() => browser?.close())

  test.each(scenes)(
    "fit and break no rule of accessibility, folded and unfolded, and before anybody is let in: %s",
    async (_, make) => {
      await using scene = await make()
      const faults: string[] = []
      for (const { locale, theme, width } of looks) {
        const look = `${locale}, ${theme}, ${width} px`
        const { page, context } = await openTab(browser, { locale, theme, width, reducedMotion: true })
        await page.goto(scene.origin)
        await page.locator("h1").waitFor()
        faults.push(...(await faultsOf(page, `the door, ${look}`)))
        await page.goto(await scene.link())
        await settle(page)
        for (const [name, path] of Object.entries(scene.pages)) {
          await openPage(page, `${scene.origin}${path}`)
          faults.push(...(await faultsOf(page, `${name}, ${look}`)))
          await unfold(page)
          faults.push(...(await faultsOf(page, `${name} unfolded, ${look}`)))
        }
        await context.close()
      }
      expect(faults).toEqual([])
    },
    900_000,
  )
})
