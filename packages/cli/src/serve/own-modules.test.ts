import { spawnSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { expect, test } from "vitest"
import { ownModule } from "../../bin/own-modules.js"

const packages = fileURLToPath(new URL("../../../", import.meta.url))
const files = globSync("{core,sdk,server,cli}/src/**/*.ts", { cwd: packages }).map((path) => packages + path)
const specifiersIn = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import|import\()\s*"([^"]+)"/g)].map(
    ([, name = ""]) => name,
  )

/** Where a Node finds them that nobody tells where to look, as this one was told. */
function foundByNode(specifiers: readonly string[]): [string, string][] {
  const program = `console.log(JSON.stringify(${JSON.stringify(specifiers)}.map((each) => {
    try { return [each, import.meta.resolve(each)] } catch { return [each, ""] }
  })))`
  const asked = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    encoding: "utf8",
  })
  return JSON.parse(asked.stdout) as [string, string][] // as written above
}

test("every module of Hufu is found where Node finds it, and nothing else is", () => {
  const named = new Set<string>()
  for (const file of files) {
    const parent = pathToFileURL(file).href
    for (const specifier of specifiersIn(file)) {
      if (specifier.startsWith("@hufu/")) named.add(specifier)
      else if (specifier.endsWith(".ts"))
        expect(ownModule(specifier, parent)).toBe(new URL(specifier, parent).href)
      else expect([specifier, ownModule(specifier, parent)]).toEqual([specifier, undefined])
    }
  }
  expect(named.size).toBeGreaterThan(100)
  const ours = [...named].map((specifier) => [specifier, ownModule(specifier, import.meta.url)] as const)
  expect(ours.flatMap(([specifier, found]) => (found === undefined ? [specifier] : [])).toSorted()).toEqual(
    ["@hufu/console/dist", "@hufu/sdk"].filter((each) => named.has(each)),
  )
  expect(ours.filter(([, found]) => found !== undefined)).toEqual(
    foundByNode([...named]).filter(([specifier]) => ownModule(specifier, import.meta.url) !== undefined),
  )
})

test("who is not Hufu is answered by Node", () => {
  for (const parent of [
    undefined,
    "file:///elsewhere/x.ts",
    new URL("../../../node_modules/x/y.ts", import.meta.url).href,
  ])
    for (const specifier of ["./a.ts", "@hufu/core/words"])
      expect(ownModule(specifier, parent)).toBeUndefined()
  for (const specifier of [
    "zod",
    "node:fs",
    "./x.js",
    "@hufu/sdk",
    "@hufu/core/../secret?x",
    "@hufu/other/a",
  ])
    expect([specifier, ownModule(specifier, import.meta.url)]).toEqual([specifier, undefined])
})
