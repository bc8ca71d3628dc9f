import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, posix } from "node:path"
import { fileURLToPath } from "node:url"
import type { Language } from "@hufu/core/words"
import { html, type Markup } from "../page/html.ts"
import { layout } from "../page/layout.ts"
import { renderMarkdown, type Resolve, titleOf } from "./render-markdown.ts"

/** The pages that ship with Hufu, as a node serves them. INVARIANT: only what was found is served, by its exact name; no path is resolved. */
export interface Guide {
  /** The page at an address below `/docs/`, such as `en/connect`; `en` and `zh` are the contents. */
  page(address: string): string | undefined
}

interface Leaf {
  readonly text: string
  readonly title: string
  readonly lang: Language
}

const atTheRoot = ["README", "README.zh-CN", "SECURITY", "CHANGELOG", "CONTRIBUTING", "AGENTS"]
const languages: readonly Language[] = ["en", "zh"]
const shipped = fileURLToPath(new URL("../../../../../", import.meta.url))

const texts = {
  en: {
    title: "Hufu’s guide",
    lead: "These pages ship with Hufu and need no network. What a node can be asked is ",
    reference: "a page of its own",
    end: ".",
    contents: "Contents",
    onlyEnglish: "",
    others: "About the project",
    console: "Console",
  },
  zh: {
    title: "虎符指南",
    lead: "本指南随虎符提供，无需联网。节点接口见：",
    reference: "接口说明",
    end: "。",
    contents: "目录",
    onlyEnglish: "（仅有英文）",
    others: "关于项目",
    console: "控制台",
  },
} as const

/** @param root where the repository is, or what was shipped of it */
export function openGuide(root: string = shipped): Guide {
  const leaves = readLeaves(root)
  const known = new Map<string, string>()

  function page(address: string): string | undefined {
    const found = known.get(address) ?? render(address)
    if (found !== undefined) known.set(address, found)
    return found
  }

  function render(address: string): string | undefined {
    const lang = languages.find((each) => each === address)
    if (lang !== undefined) return contents(leaves, lang)
    const leaf = leaves.get(address)
    return leaf && leafPage(leaves, address, leaf)
  }

  return { page }
}

function leafPage(leaves: ReadonlyMap<string, Leaf>, address: string, { text, title, lang }: Leaf): string {
  const other = lang === "en" ? "zh" : "en"
  const twin = twinOf(address)
  return layout({
    lang,
    title,
    heading: false,
    other: { lang: other, href: leaves.has(twin) ? `/docs/${twin}` : `/docs/${other}` },
    links: linksOf(lang),
    body: renderMarkdown(text, resolver(leaves, address)),
  })
}

function contents(leaves: ReadonlyMap<string, Leaf>, lang: Language): string {
  const text = texts[lang]
  const own = [...leaves].filter(([address]) => address.startsWith(`${lang}/`))
  const others = [...leaves].filter(
    ([address, leaf]) => !address.includes("/") && (leaf.lang === lang || twinOf(address) === address),
  )
  const item = ([address, leaf]: [string, Leaf]): Markup =>
    html`<li><a href="/docs/${address}">${leaf.title}</a>${leaf.lang === lang ? "" : text.onlyEnglish}</li>`
  const other = lang === "en" ? "zh" : "en"
  return layout({
    lang,
    title: text.title,
    other: { lang: other, href: `/docs/${other}` },
    links: [{ href: "/", words: text.console }],
    body: html`<p>${text.lead}<a href="/docs?lang=${lang}">${text.reference}</a>${text.end}</p>
      <ul>
        ${own.map(item)}
      </ul>
      <h2>${text.others}</h2>
      <ul>
        ${others.map(item)}
      </ul>`,
  })
}

function linksOf(lang: Language) {
  const { console, contents } = texts[lang]
  return [
    { href: "/", words: console },
    { href: `/docs/${lang}`, words: contents },
  ]
}

/** A page's address in the other language, if there is one. */
function twinOf(address: string): string {
  if (address === "README") return "README.zh-CN"
  if (address === "README.zh-CN") return "README"
  return address.startsWith("en/") ? address.replace("en/", "zh/") : address.replace("zh/", "en/")
}

/** Links between pages that are here lead to them; whatever else is in the repository is named and not linked. */
function resolver(leaves: ReadonlyMap<string, Leaf>, address: string): Resolve {
  const folder = address.includes("/") ? posix.join("docs", posix.dirname(address)) : ""
  return (href) => {
    if (/^https?:\/\//.test(href) || href.startsWith("#")) return href
    const [file = "", anchor] = href.split("#")
    const path = posix.join(folder, file)
    const target = /^(?:docs\/)?(.+)\.md$/.exec(path)?.[1]
    if (target === undefined || !leaves.has(target)) return undefined
    return `/docs/${target}${anchor === undefined ? "" : `#${anchor}`}`
  }
}

function readLeaves(root: string): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  const add = (address: string, file: string, lang: Language) => {
    const text = readFileSync(file, "utf8")
    leaves.set(address, { text, title: titleOf(text), lang })
  }
  for (const lang of languages) {
    const folder = join(root, "docs", lang)
    const names = existsSync(folder) ? readdirSync(folder).toSorted() : []
    for (const name of names)
      if (name.endsWith(".md")) add(`${lang}/${name.slice(0, -3)}`, join(folder, name), lang)
  }
  for (const name of atTheRoot) {
    const file = join(root, `${name}.md`)
    if (existsSync(file)) add(name, file, name.endsWith("zh-CN") ? "zh" : "en")
  }
  return leaves
}
