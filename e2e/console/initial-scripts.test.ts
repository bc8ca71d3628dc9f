import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { initialScripts } from "./initial-scripts.ts"
import { buildConsole, consoleFolder } from "./open-console.ts"

// The console's promise is 160 kB; what is below this has to be argued away before it is given to something new.
const mostBytes = 150_000

beforeAll(buildConsole, 120_000)

const fileOf = (path: string) => join(consoleFolder, path === "/" ? "index.html" : path)

test("a page shows something before it has loaded more than 150 kB of compressed JavaScript", async () => {
  const scripts = await initialScripts((path) => readFile(fileOf(path), "utf8"))
  const sizes = await Promise.all(scripts.map(async (path) => (await stat(`${fileOf(path)}.gz`)).size))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  // React alone is a third of it: less means that the scripts were not found.
  expect(total).toBeGreaterThan(50_000)
  expect(total).toBeLessThanOrEqual(mostBytes)
})

test("the scripts are followed through static imports, and through nothing that is loaded later", async () => {
  const pages: Readonly<Record<string, string>> = {
    "/": '<script type="module" crossorigin src="/assets/a.js"></script>',
    "/assets/a.js": 'import{x}from"./b.js";import"./c.js";const later=()=>import("./d.js");',
    "/assets/b.js": 'export{y}from"./c.js"',
    "/assets/c.js": 'import"./a.js"',
  }
  const read = async (path: string) => pages[path] ?? Promise.reject(new Error(`nobody asked for ${path}`))
  expect(await initialScripts(read)).toEqual(["/assets/a.js", "/assets/b.js", "/assets/c.js"])
})
