import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** Where the repository is. */
export const root: URL = new URL("../", import.meta.url)

/** One written page of the repository. */
export interface Document {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

/** Every page that people read: those at the root and those in `docs`. */
export function documents(): Document[] {
  const paths = globSync(["*.md", "docs/**/*.md"], { cwd: fileURLToPath(root) })
  return paths.toSorted().map((path) => ({ path, text: readFileSync(new URL(path, root), "utf8") }))
}

/** Where a page links to inside the repository, as it is written. */
export function internalLinks({ text }: Document): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map((found) => found[1] ?? "")
  return links.filter((link) => !/^[a-z]+:/.test(link))
}

/** The anchors of a page's headings, as code hosts make them. */
export function anchors({ text }: Document): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map((found) => found[1] ?? "")
  return new Set(headings.map(anchorOf))
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-")
}

/** Every `hufu …` command line in a page's code. */
export function hufuCommands({ text }: Document): string[] {
  const fenced = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap((found) => (found[1] ?? "").split("\n"))
  const inline = [...text.replaceAll(/^```.*?^```/gms, "").matchAll(/`([^`\n]+)`/g)].map(
    (found) => found[1] ?? "",
  )
  return [...fenced, ...inline].flatMap(
    (line) => /^\s*(?:\$ )?((?:npx )?hufu(?: .*)?)$/.exec(line)?.[1] ?? [],
  )
}

/** The fenced blocks of a page in one language. */
export function codeBlocks({ text }: Document, language: string): string[] {
  const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)]
  return blocks.filter(([, named]) => named === language).map(([, , code]) => code ?? "")
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`/g, "``")
}
