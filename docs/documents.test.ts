import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { expect, test } from "vitest"
import { z } from "zod"
import { type Command, globalFlags } from "../packages/cli/src/command/command.ts"
import { dependencyReasons } from "./dependency-reasons.ts"
import { directDependencies } from "./dependencies-page.ts"
import { loadCommands } from "../packages/cli/src/commands.ts"
import { MandateDraft } from "@hufu/core/mandate/mandate"
import { loadRules } from "@hufu/server/fence/rules/load"
import { platformRules } from "@hufu/server/fence/rules/platform-rules"
import { anchors, codeBlocks, documents, hufuCommands, internalLinks, root } from "./documents.ts"
import { securityLists } from "./security-page.ts"
import { tests as securityTests } from "./security/security-tests.ts"
import { stalePages } from "./generate.ts"

const pages = documents()

test("every generated page is what the code gives: otherwise run `node docs/generate.ts`", async () => {
  expect(await stalePages()).toEqual([])
})

test("every link inside the repository leads somewhere", () => {
  const broken = pages.flatMap((page) =>
    internalLinks(page)
      .filter((link) => !isThere(page.path, link))
      .map((link) => `${page.path}: ${link}`),
  )
  expect(broken).toEqual([])
})

test("a link to a page or a heading that is not there is found", () => {
  expect(isThere("README.md", "docs/en/nowhere.md")).toBe(false)
  expect(isThere("docs/en/errors.md", "#nowhere")).toBe(false)
  expect(isThere("docs/en/errors.md", "#errors")).toBe(true)
})

test("every `hufu` command that a page shows exists, with its flags", async () => {
  const faults = faultFinder(await loadCommands())
  const found = pages.flatMap((page) =>
    hufuCommands(page).flatMap((line) => faults(line).map((fault) => `${page.path}: ${fault}`)),
  )
  expect(found).toEqual([])
  expect(faults("npx hufu nonsense")).toHaveLength(1)
  expect(faults("hufu status --nonsense")).toHaveLength(1)
})

test("every mandate that a page shows is one", () => {
  const shown = pages
    .filter(({ path }) => path.endsWith("/mandates.md"))
    .map((page) => codeBlocks(page, "json"))
  expect(shown.map((blocks) => blocks.length)).toEqual([1, 1])
  for (const text of shown.flat()) expect(MandateDraft.safeParse(JSON.parse(text)).error).toBeUndefined()
})

test("every rule that a page shows loads beside the platform's", () => {
  const shown = pages
    .filter(({ path }) => path.endsWith("/rules.md"))
    .map((page) => codeBlocks(page, "cedar"))
  expect(shown.map((blocks) => blocks.length)).toEqual([1, 1])
  for (const text of shown.flat())
    expect(() => loadRules([platformRules(), { layer: "user", name: "page", text }])).not.toThrow()
})

test("both languages have the same pages, and each is written in its own", () => {
  const [english, chinese = []] = ["en", "zh"].map((language) =>
    readdirSync(new URL(`docs/${language}/`, root)).toSorted(),
  )
  expect(chinese).toEqual(english)
  const inChinese = pages.filter(({ text }) => text.includes("。")).map(({ path }) => path)
  expect(inChinese).toEqual([...chinese.map((name) => `docs/zh/${name}`), "README.zh-CN.md"].toSorted())
})

test("both languages of a page have the same headings, paragraphs, points, rows and lines of code", () => {
  const english = pages.filter(({ path }) => path.startsWith("docs/en/") || path === "README.md")
  for (const { path, text } of english) {
    const other = path === "README.md" ? "README.zh-CN.md" : path.replace("docs/en/", "docs/zh/")
    const twin = pages.find((page) => page.path === other)
    expect([other, ...shapeOf(twin?.text ?? "")]).toEqual([other, ...shapeOf(text)])
  }
})

test("every invariant names parts and tests that exist, the same in both languages", () => {
  const [english = [], chinese] = ["docs/en/invariants.md", "docs/zh/invariants.md"].map((path) => {
    const text = pages.find((page) => page.path === path)?.text ?? ""
    const rows = [...text.matchAll(/^\| (\d+) \|.*$/gm)]
    return rows.map(([row, number]) => ({ number, named: testsNamed(row) }))
  })
  expect(english.map(({ number }) => number)).toEqual(Array.from({ length: 13 }, (_, n) => `${n + 1}`))
  expect(chinese).toEqual(english)
  const named = english.flatMap((row) => row.named)
  expect(named.length).toBeGreaterThan(13)
  expect(named.filter(({ path, title }) => !hasTest(path, title))).toEqual([])
})

test("every attack has tests that exist and name what notices it, the same in both languages", () => {
  const [english = [], chinese] = ["docs/en/evidence.md", "docs/zh/evidence.md"].map((path) => {
    const text = pages.find((page) => page.path === path)?.text ?? ""
    const rows = [...text.matchAll(/^\| [^|]+ \| [^|]+ \| ([^|]*) \| `[^|]+` › .*$/gm)]
    return rows.map(([row, names = ""]) => ({
      names: [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
      tests: testsNamed(row.slice(row.lastIndexOf("| `"))),
    }))
  })
  expect(english.length).toBeGreaterThan(11)
  expect(chinese).toEqual(english)
  const lost = english.flatMap(({ names, tests }) => {
    const texts = tests.map(({ path }) => textOf(path))
    return [
      ...tests.filter(({ path, title }) => !hasTest(path, title)).map(({ title }) => title),
      ...names.filter((name) => !texts.some((text) => text.includes(`"${name}"`))),
    ]
  })
  expect(lost).toEqual([])
})

test("every row of the lists of attacks has tests that exist, or says why not; none is there twice", () => {
  // As many as the published editions have.
  expect(securityLists.map(({ rows }) => rows.length)).toEqual([10, 10, 11, 13, 17, 58, 20, 58])
  for (const { rows } of securityLists) expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  const all = securityLists.flatMap(({ rows }) => rows)
  expect(all.flatMap((row) => row.tests).filter(([path, title]) => !hasTest(path, title))).toEqual([])
  expect(hasTest("docs/documents.ts", "a test that nobody wrote")).toBe(false)
  for (const { id, tests, en, zh } of all) {
    expect(en.length, id).toBeGreaterThan(10)
    expect(zh, id).toMatch(/\p{Script=Han}/u)
    expect(new Set(tests).size, id).toBe(tests.length)
  }
  const named = new Set(all.flatMap((row) => row.tests))
  expect(Object.values(securityTests).filter((one) => !named.has(one))).toEqual([])
})

test("every direct dependency says what it is for, and nothing else does", () => {
  const names = directDependencies(root).map(({ name }) => name)
  expect(Object.keys(dependencyReasons).toSorted()).toEqual(names)
})

test("no installed package has a script that runs when it is installed", () => {
  const Manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) })
  const atInstall = ["preinstall", "install", "postinstall"]
  const found = installedManifests(new URL("node_modules/", root)).filter((file) => {
    const { scripts } = Manifest.parse(JSON.parse(readFileSync(file, "utf8")))
    return atInstall.some((name) => name in scripts)
  })
  expect(found.map(({ pathname }) => pathname)).toEqual([])
})

function isThere(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#")
  const path = file === "" ? from : normalize(join(dirname(from), file))
  if (!existsSync(new URL(path, root))) return false
  const page = pages.find((each) => each.path === path)
  return anchor === undefined || page === undefined || anchors(page).has(decodeURIComponent(anchor))
}

/** What is wrong with a command line. */
function faultFinder(commands: readonly Command[]): (line: string) => string[] {
  return (line) => {
    const [own = ""] = line.replace(/^npx /, "").split(/ -- | --$|[|>#]/)
    const words = own
      .split(" ")
      .slice(1)
      .filter((word) => word !== "")
    if (words.length === 0 || /^[A-Z\u3400-\u9fff-]/.test(words[0] ?? "")) return []
    const names = new Set([words.slice(0, 2).join(" "), words[0] ?? ""])
    const command = commands.find(({ name }) => names.has(name))
    if (!command) return [`there is no command in \`${line}\``]
    const known = Object.keys({ ...command.flags, ...globalFlags })
    const flags = words.flatMap((word) => /^--(?:no-)?([a-z-]+)/.exec(word)?.[1] ?? [])
    return flags.filter((flag) => !known.includes(flag)).map((flag) => `there is no --${flag} in \`${line}\``)
  }
}

/** What each line of a page is, whatever it says. */
function shapeOf(text: string): string[] {
  let isCode = false
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("```")) isCode = !isCode
    if (isCode || line.startsWith("```")) return ["code"]
    return line === "" ? [] : [/^(?:#+|\||-|\d+\.)(?= )/.exec(line)?.[0] ?? "paragraph"]
  })
}

/** The tests that a row of the invariants names. */
function testsNamed(row: string): { path: string; title: string }[] {
  const found = row.matchAll(/`([^`\n]+\.ts)` › ([^;；|\n]+?)\s*(?=[;；|]|$)/g)
  return [...found].map(([, path = "", title = ""]) => ({ path, title }))
}

function hasTest(path: string, title: string): boolean {
  return textOf(path).includes(title)
}

function textOf(path: string): string {
  const file = new URL(path, root)
  return existsSync(file) ? readFileSync(file, "utf8") : ""
}

/** Of every package below a `node_modules`; the workspace's own packages are links and are left out. */
function installedManifests(modules: URL): URL[] {
  if (!existsSync(modules)) return []
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap(({ name }) => {
      const folder = new URL(`${name}/`, modules)
      if (name.startsWith("@")) return installedManifests(folder)
      const manifest = new URL("package.json", folder)
      const below = installedManifests(new URL("node_modules/", folder))
      return existsSync(manifest) ? below.concat(manifest) : below
    })
}
