import type { PlainPage } from "./plain-page.ts"
import type { Stage } from "./stage.ts"

/** What one opening of the console by somebody new took. */
export interface Opening {
  /** First contentful paint, in ms. */
  readonly paintMs: number
  /** Until the first view shows everything that it has to show, in ms. */
  readonly wholeMs: number
  /** All compressed JavaScript until then. */
  readonly scriptBytes: number
}

/** Opens the console by a fresh link in a fresh profile, so often. */
export async function measureOpenings(stage: Stage, times: number): Promise<Opening[]> {
  const openings: Opening[] = []
  for (let n = 0; n < times; n++) openings.push(await openOnce(stage))
  return openings
}

async function openOnce(stage: Stage): Promise<Opening> {
  const url = await stage.link()
  const { page, context } = await stage.tab()
  await page.goto(url, { waitUntil: "commit" })
  await page.locator("main h1").waitFor()
  await page.evaluate("hufuProbe.until(() => !document.querySelector('main [aria-busy]'))")
  const wholeMs = await page.evaluate<number>("performance.now()")
  const paintMs = await page.evaluate<number>("hufuProbe.firstPaint()")
  const scriptBytes = await page.evaluate<number>(
    `performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js"))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
  )
  await context.close()
  return { paintMs, wholeMs, scriptBytes }
}

/** First contentful paints of a page that is nothing but a heading. */
export async function measurePlainPaints(stage: Stage, plain: PlainPage, times: number): Promise<number[]> {
  const paints: number[] = []
  for (let n = 0; n < times; n++) {
    const { page, context } = await stage.tab()
    await page.goto(plain.url)
    paints.push(await page.evaluate<number>("hufuProbe.firstPaint()"))
    await context.close()
  }
  return paints
}
