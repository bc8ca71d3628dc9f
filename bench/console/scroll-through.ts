import type { Page } from "playwright-core"
import type { PlainPage } from "./plain-page.ts"
import { type Stage, tabAtHome } from "./stage.ts"

const stepPx = 1000
const stepsBetweenLooks = 20
const mostSteps = 20_000

/** What scrolling from the top to the bottom did to the page. */
export interface Scrolled {
  /** The longest task in ms; 0 when none took 50 ms. */
  readonly longestTaskMs: number
  /** The times between frames, in ms. */
  readonly frames: readonly number[]
  readonly rows: number
}

/** Scrolls the list of all actions with the wheel, which reads what is older on the way. */
export async function scrollActions(stage: Stage): Promise<Scrolled> {
  const { page, context } = await tabAtHome(stage)
  await page.locator("nav a[href='/actions']").click()
  await page.locator("main li[data-index='0']").waitFor()
  await page.evaluate("hufuProbe.until(() => performance.now() > 2000)") // what the start does is measured apart
  const scrolled = await scrollDown(page, "main li[data-index]", "main button:has-text('Older')")
  const rows = await page.evaluate<number>(
    "Math.max(...[...document.querySelectorAll('main li[data-index]')].map((row) => Number(row.dataset.index))) + 1",
  )
  await context.close()
  return { ...scrolled, rows }
}

/** Scrolls a page without any library that has as many rows. */
export async function scrollPlain(stage: Stage, plain: PlainPage): Promise<Scrolled> {
  const { page, context } = await stage.tab()
  await page.goto(`${plain.url}/rows`)
  const scrolled = await scrollDown(page, "li", "nothing-more")
  const rows = await page.locator("li").count()
  await context.close()
  return { ...scrolled, rows }
}

async function scrollDown(page: Page, row: string, more: string): Promise<Omit<Scrolled, "rows">> {
  await page.locator(row).first().hover()
  await page.evaluate("hufuProbe.longestTask(), hufuProbe.watchFrames()")
  for (let step = 1; ; step++) {
    await page.mouse.wheel(0, stepPx)
    if (step > mostSteps) throw new Error("the list has no end")
    if (step % stepsBetweenLooks !== 0) continue
    if ((await page.evaluate<boolean>("hufuProbe.isAtEnd()")) && (await page.locator(more).count()) === 0)
      break
  }
  const frames = await page.evaluate<number[]>("hufuProbe.framesSeen()")
  return { frames, longestTaskMs: await page.evaluate<number>("hufuProbe.longestTask()") }
}
