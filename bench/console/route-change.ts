import type { PlainPage } from "./plain-page.ts"
import { type Stage, tabAtHome } from "./stage.ts"

/** How long each change between the main pages took after every page was seen once, in ms. */
export async function measureRouteChanges(stage: Stage, rounds: number): Promise<number[]> {
  const { page, context } = await tabAtHome(stage)
  const links = page.locator("nav a[href^='/']")
  const seen: number[] = []
  const goThrough = async () => {
    const count = await links.count()
    // From the first page on, and back to it at the end.
    for (const at of [...Array(count).keys()].map((n) => (n + 1) % count)) {
      const changed = page.evaluate<number>("hufuProbe.nextHeading()")
      await links.nth(at).click()
      seen.push(await changed)
      await page.evaluate("hufuProbe.until(() => !document.querySelector('main [aria-busy]'))")
    }
  }
  await goThrough()
  seen.length = 0
  for (let round = 0; round < rounds; round++) await goThrough()
  await context.close()
  return seen
}

/** How long a click needs that changes one text of a page without any library, in ms. */
export async function measurePlainClicks(stage: Stage, plain: PlainPage, times: number): Promise<number[]> {
  const { page, context } = await stage.tab()
  await page.goto(`${plain.url}/rows`)
  const seen: number[] = []
  for (let n = 0; n < times; n++) {
    const changed = page.evaluate<number>("hufuProbe.nextHeading()")
    await page.locator("button").click()
    seen.push(await changed)
  }
  await context.close()
  return seen
}
