import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { createWorld } from "../invariants/world.ts"
import { buildConsole, consoleFolder, openPage, openTab, settle, startBrowser } from "./open-console.ts"
import { makeOrganisationScene } from "../ownership/organisation-scene.ts"
import { makeDelegationsScene } from "./delegations-scene.ts"
import { makePagesScene, pagesConfig, pagesOf } from "./pages-scene.ts"
import { makeAlteredScene, makeNewScene, type OwnScene } from "./rare-scenes.ts"
import { makeScene } from "./scene.ts"

// `npm run screenshots -- --to FOLDER`: every page in both languages and themes, on a phone and on a desk, from a real node.

const { values } = parseArgs({
  options: { to: { type: "string", default: "out/screenshots" }, only: { type: "string" } },
})
const sizes = [
  [360, 740],
  [1280, 800],
] as const

/** A picture of a whole page shows what nobody has scrolled to: its rows are laid out too. */
const layOutEveryRow = `(() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(".row-later { content-visibility: visible }")
  document.adoptedStyleSheets = [sheet]
})()`

await mkdir(values.to, { recursive: true })
await buildConsole()
const browser = await startBrowser()
try {
  await using full = await makeFullScene()
  await takeAll(full)
  await using delegations = await makeDelegationsScene()
  await takeAll(delegations)
  await using empty = await makeNewScene()
  await takeAll(empty)
  await using altered = await makeAlteredScene()
  await takeAll(altered)
  await takeOrganisation()
} finally {
  await browser.close()
}

/** A node with everything in it. */
async function makeFullScene(): Promise<OwnScene> {
  const world = await createWorld({ consoleFolder, config: pagesConfig })
  const scene = await makeScene(world)
  return {
    ...scene,
    pages: { ...scene.pages, ...pagesOf(await makePagesScene(world)) },
    link: async () => (await world.local.signin.create()).url,
    [Symbol.asyncDispose]: () => world.dispose(),
  }
}

/** An organisation is signed in on one page alone, and loading another ends that: its pages are gone through by their links. */
async function takeOrganisation(): Promise<void> {
  if (!"organisation-in".includes(values.only ?? "")) return
  await using scene = await makeOrganisationScene()
  for (const [width, height] of sizes)
    for (const locale of ["en-GB", "zh-CN"])
      for (const theme of ["light", "dark"] as const) {
        const { page, context } = await openTab(browser, { width, height, locale, theme })
        const take = async (name: string) => {
          await page.evaluate("scrollTo(0, 0)")
          const file = `${name}-${width}-${locale.slice(0, 2)}-${theme}.png`
          await page.screenshot({ path: join(values.to, file), fullPage: true })
        }
        await scene.enter(page)
        await take("organisation-in")
        for (const each of await page.locator("main details > summary").all()) await each.click()
        await take("organisation-in-unfolded")
        await page.getByRole("link", { name: "Travel Planner" }).click()
        await page.locator("main ol[aria-label], main dl").first().waitFor()
        await settle(page)
        await page.evaluate(layOutEveryRow)
        await take("organisation-in-registration")
        await context.close()
      }
}

async function takeAll({ pages, origin, link }: OwnScene): Promise<void> {
  const wanted = Object.entries(pages).filter(([name]) => name.includes(values.only ?? ""))
  for (const [width, height] of wanted.length === 0 ? [] : sizes)
    for (const locale of ["en-GB", "zh-CN"])
      for (const theme of ["light", "dark"] as const) {
        const { page, context, complaints } = await openTab(browser, { width, height, locale, theme })
        await page.goto(await link())
        await page.locator("main h1").waitFor()
        for (const [name, path] of wanted) {
          await openPage(page, `${origin}${path}`)
          await page.evaluate(layOutEveryRow)
          // What is folded is looked at too, where it is little.
          if (name === "settings")
            for (const each of await page.locator("main details > summary").all()) {
              await each.click()
              await settle(page)
            }
          await page.evaluate("scrollTo(0, 0)")
          const file = `${name}-${width}-${locale.slice(0, 2)}-${theme}.png`
          await page.screenshot({ path: join(values.to, file), fullPage: width < 500 || name === "settings" })
        }
        if (complaints.length > 0) process.stderr.write(`${complaints.join("\n")}\n`)
        await context.close()
      }
}
