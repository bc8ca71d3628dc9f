import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { createWorld } from "../invariants/world.ts"
import { buildConsole, consoleFolder, openPage, openTab, startBrowser } from "./open-console.ts"
import { makePagesScene, pagesOf } from "./pages-scene.ts"
import { makeScene } from "./scene.ts"

// `npm run screenshots -- --to FOLDER`: every page in both languages and themes, on a phone and on a desk, from a real node.

const { values } = parseArgs({
  options: { to: { type: "string", default: "out/screenshots" }, only: { type: "string" } },
})
const sizes = [
  [360, 740],
  [1280, 800],
] as const

await mkdir(values.to, { recursive: true })
await buildConsole()
await using world = await createWorld({ consoleFolder })
const scene = await makeScene(world)
const pages = { ...scene.pages, ...pagesOf(await makePagesScene(world)) }
const browser = await startBrowser()
try {
  for (const [width, height] of sizes)
    for (const locale of ["en-GB", "zh-CN"])
      for (const theme of ["light", "dark"] as const) {
        const { page, context, complaints } = await openTab(browser, { width, height, locale, theme })
        await page.goto((await world.local.signin.create()).url)
        await page.locator("main h1").waitFor()
        for (const [name, path] of Object.entries(pages)) {
          if (values.only !== undefined && !name.includes(values.only)) continue
          await openPage(page, `${scene.origin}${path}`)
          const file = `${name}-${width}-${locale.slice(0, 2)}-${theme}.png`
          await page.screenshot({ path: join(values.to, file), fullPage: width < 500 })
        }
        if (complaints.length > 0) process.stderr.write(`${complaints.join("\n")}\n`)
        await context.close()
      }
} finally {
  await browser.close()
}
