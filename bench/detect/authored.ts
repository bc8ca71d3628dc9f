import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { LabelledText, Source } from "./source.ts"

const here = new URL("authored/", import.meta.url)
const repository = new URL("../../", import.meta.url)
const longestPage = 6000
const longestFile = 3000
const guide = new URL("../../docs/", import.meta.url)

/** What we wrote ourselves, in many languages: attacks, harmless texts with the same words, and our own guide. */
export function authoredSources(): Source[] {
  return [
    { name: "authored_attacks", texts: linesOf("attacks.txt", 1) },
    { name: "authored_benign", texts: linesOf("benign.txt", 0) },
    { name: "authored_results", texts: blocksOf("results.txt", 0) },
    { name: "guide", texts: guideParagraphs() },
    { name: "guide_pages", texts: guidePages() },
    { name: "code", texts: codeFiles() },
  ]
}

function linesOf(name: string, label: 0 | 1): LabelledText[] {
  return read(new URL(name, here))
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((text) => ({ text, label, key: text }))
}

function blocksOf(name: string, label: 0 | 1): LabelledText[] {
  return read(new URL(name, here))
    .split(/\n%%\n/)
    .map((text) => ({ text: text.trim(), label, key: text }))
}

/** Every page but the one about these detectors, which quotes attacks. */
function guideParagraphs(): LabelledText[] {
  const pages = globSync("{en,zh}/*.md", { cwd: fileURLToPath(guide) })
    .toSorted()
    .filter((page) => !page.endsWith("detectors.md"))
  return pages
    .flatMap((page) => read(new URL(page, guide)).split("\n\n"))
    .filter((paragraph) => paragraph.length > 60 && paragraph.length < 4000)
    .map((text): LabelledText => ({ text, label: 0, key: text }))
    .filter((_, i) => i % 3 === 0)
}

/** Beginnings of pages, as a tool reads them. */
function guidePages(): LabelledText[] {
  const pages = globSync(["docs/{en,zh}/*.md", "*.md"], { cwd: fileURLToPath(repository) })
    .toSorted()
    .filter((page) => !/detectors\.md$|AGENTS\.md$/.test(page))
  return pages.map((page) => harmless(read(new URL(page, repository)).slice(0, longestPage)))
}

/** Files of our own code in four languages, as a tool reads them; one in six. */
function codeFiles(): LabelledText[] {
  const files = globSync(
    [
      "packages/{core,cli,console}/src/**/*.{ts,tsx,css}",
      "packages/server/src/{store,ledger,http,keys}/**/*.ts",
      "*.json",
    ],
    { cwd: fileURLToPath(repository) },
  )
  return files
    .toSorted()
    .filter((_, i) => i % 6 === 0)
    .map((file) => harmless(read(new URL(file, repository)).slice(0, longestFile)))
}

function harmless(text: string): LabelledText {
  return { text, label: 0, key: text }
}

function read(url: URL): string {
  return readFileSync(url, "utf8")
}
