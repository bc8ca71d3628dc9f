import type { CDPSession, Page } from "playwright-core"
import { nodeStatus } from "../../e2e/node-under-test.ts"
import { performSteadily } from "./perform.ts"
import { type Stage, tabAtHome } from "./stage.ts"

/** An action is told by two entries: its intent and its outcome. */
const eventsPerAction = 2
const samples = 10
/** So many of the first rows: more than these may lie below what the page keeps of its list. */
const rowsCompared = 12

/** What the page held at one moment, after its garbage was collected. */
export interface MemorySample {
  readonly atSeconds: number
  readonly heapBytes: number
  readonly domNodes: number
}

export interface FollowedLive {
  readonly seconds: number
  /** Entries of the ledger that came to be while it was followed. */
  readonly made: number
  readonly entries: number
  readonly lost: number
  readonly doubled: number
  readonly resets: number
  readonly perSecond: number
  readonly longestTaskMs: number
  /** Rows at the top of the list that are not those of the store, once everything has come. */
  readonly wrongRows: number
  readonly memory: readonly MemorySample[]
}

/** Leaves the page of actions open while an agent works at an even rate. */
export async function followLive(
  stage: Stage,
  eventsPerSecond: number,
  seconds: number,
): Promise<FollowedLive> {
  const { page, context } = await tabAtHome(stage)
  await page.locator("nav a[href='/actions']").click()
  await page.locator("main li[data-index='0']").waitFor()
  await page.mouse.move(0, 0) // a list under a pointer does not move
  await page.getByRole("status").getByText("Live", { exact: true }).waitFor()
  const devtools = await context.newCDPSession(page)
  await devtools.send("Performance.enable")
  const before = await nodeStatus(stage.node)
  await page.evaluate("hufuProbe.longestTask()")

  const memory: MemorySample[] = [await sampleAt(devtools, 0)]
  let worked = 0
  // Between two pieces of the load the page is looked into, which costs it the time of one collection.
  for (let n = 1; n <= samples; n++) {
    worked += await performSteadily(stage.agent, eventsPerSecond / eventsPerAction, seconds / samples)
    memory.push(await sampleAt(devtools, (n * seconds) / samples))
  }
  const { entries: size } = await nodeStatus(stage.node)
  await page.evaluate(`hufuProbe.until(() => hufuProbe.told.last >= ${size - 1})`)
  const told =
    await page.evaluate<Pick<FollowedLive, "entries" | "lost" | "doubled" | "resets">>("hufuProbe.told")
  const longestTaskMs = await page.evaluate<number>("hufuProbe.longestTask()")
  const wrongRows = await wrongRowsOf(stage, page)
  await context.close()
  const made = size - before.entries
  return {
    seconds,
    made,
    ...told,
    perSecond: made / (worked / 1000),
    longestTaskMs,
    wrongRows,
    memory,
  }
}

async function sampleAt(devtools: CDPSession, atSeconds: number): Promise<MemorySample> {
  // Twice: what a finaliser lets go is collected by the next one.
  await devtools.send("HeapProfiler.collectGarbage")
  await devtools.send("HeapProfiler.collectGarbage")
  const { metrics } = await devtools.send("Performance.getMetrics")
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN
  return { atSeconds, heapBytes: of("JSHeapUsedSize"), domNodes: of("Nodes") }
}

async function wrongRowsOf(stage: Stage, page: Page): Promise<number> {
  const { items } = (await stage.node.api("GET", `/v1/actions?limit=${rowsCompared}`)) as {
    items: { id: string }[]
  }
  const wanted = items.map(({ id }) => `/actions/${id}`)
  const shown = `[...document.querySelectorAll("main li[data-index] a")].slice(0, ${rowsCompared})
    .map((link) => link.getAttribute("href"))`
  const settled = page.evaluate(
    `hufuProbe.until(() => String(${shown}) === ${JSON.stringify(String(wanted))})`,
  )
  await settled.catch(() => undefined) // Which rows are wrong is counted below.
  const rows = await page.evaluate<string[]>(shown)
  return wanted.filter((href, at) => rows[at] !== href).length
}
