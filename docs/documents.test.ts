import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { expect, test } from "vitest"
import { z } from "zod"
import { dependencyReasons } from "./dependency-reasons.ts"
import { directDependencies } from "./dependencies-page.ts"
import { anchors, documents, internalLinks, root } from "./documents.ts"
import { stalePages } from "./generate.ts"

const pages = documents()

test("every generated page is what the code gives: otherwise run `node docs/generate.ts`", () => {
  expect(stalePages()).toEqual([])
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

test("every Chinese page has an English one of the same name", () => {
  const orphans = readdirSync(new URL("docs/zh/", root)).filter(
    (name) => !existsSync(new URL(`docs/en/${name}`, root)),
  )
  expect(orphans).toEqual([])
})

test("every invariant names parts and tests that exist", () => {
  const page = pages.find(({ path }) => path === "docs/en/invariants.md")
  expect([...(page?.text.matchAll(/^\| \d+ \|/gm) ?? [])]).toHaveLength(13)
  const named = [...(page?.text.matchAll(/`([^`\n]+\.ts)` › ([^;|\n]+?)\s*(?=[;|\n])/g) ?? [])]
  expect(named.length).toBeGreaterThan(13)
  const missing = named.filter(([, path = "", title = ""]) => !hasTest(path, title)).map(([all]) => all)
  expect(missing).toEqual([])
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

function hasTest(path: string, title: string): boolean {
  const file = new URL(path, root)
  return existsSync(file) && readFileSync(file, "utf8").includes(title)
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
      return [
        ...(existsSync(manifest) ? [manifest] : []),
        ...installedManifests(new URL("node_modules/", folder)),
      ]
    })
}
