import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { anchors, documents, internalLinks } from "../../../../../docs/documents.ts"
import { type AppUnderTest, openApp } from "../testing/app-under-test.ts"
import { renderMarkdown } from "./render-markdown.ts"

let under: AppUnderTest
beforeAll(async () => {
  under = await openApp()
})
afterAll(() => under.close())

const get = (path: string) =>
  under.app.request(path, { headers: { host: "localhost" } }, { transport: "http" })
const addressOf = (path: string) => `/docs/${path.replace(/^docs\//, "").replace(/\.md$/, "")}`
const written = documents()

describe("the guide that ships with Hufu", () => {
  it("has every page that is written, with an anchor at each heading", async () => {
    expect(written.length).toBeGreaterThan(30)
    for (const document of written) {
      const response = await get(addressOf(document.path))
      expect([document.path, response.status]).toEqual([document.path, 200])
      expect(response.headers.get("content-type")).toContain("text/html")
      const headings = [...(await response.text()).matchAll(/<h[1-6] id="[^"]+">/g)]
      expect([document.path, headings.length]).toEqual([document.path, anchors(document).size])
    }
  })

  it("leads nowhere that is not there, and asks nobody else for anything", async () => {
    const hrefs = new Set<string>()
    for (const path of ["/docs/en", "/docs/zh/", ...written.map(({ path }) => addressOf(path))]) {
      const text = await (await get(path)).text()
      expect(text).not.toMatch(/<(?:script|img|iframe|link|object|embed|form)\b|\ssrc=|url\(|@import/)
      for (const [, href = ""] of text.matchAll(/ href="([^"]*)"/g))
        hrefs.add(href.startsWith("#") ? `${path}${href}` : href)
    }
    const own = [...hrefs].filter((href) => href.startsWith("/docs/"))
    expect(own.length).toBeGreaterThan(written.length)
    for (const href of own) {
      const [path = "", anchor] = href.split("#")
      const response = await get(path)
      expect([href, response.status]).toEqual([href, 200])
      if (anchor !== undefined) expect(await response.text()).toContain(` id="${decodeURIComponent(anchor)}"`)
    }
    const elsewhere = [...hrefs].filter((href) => !href.startsWith("/"))
    expect(elsewhere.filter((href) => !href.startsWith("https://"))).toEqual([])
  })

  it("links what is written as a link to another page", async () => {
    const page = written.find(({ path }) => path === "docs/en/operations.md")
    const text = await (await get("/docs/en/operations")).text()
    const linked = page === undefined ? [] : internalLinks(page).filter((link) => link.endsWith(".md"))
    expect(linked.length).toBeGreaterThan(3)
    for (const link of linked) expect(text).toContain(`href="/docs/en/${link.slice(0, -3)}"`)
  })

  it("lets a browser show one style and nothing else", async () => {
    const response = await get("/docs/zh/operations")
    const policy = response.headers.get("content-security-policy")
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; frame-ancestors 'none'/)
    expect(await response.text()).toContain('<html lang="zh">')
  })

  it.each(["/docs/en/nothing", "/docs/en/../../package", "/docs/package.json", "/docs/__proto__"])(
    "has nothing at %s",
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )
})

describe("a page's markup", () => {
  const shown = (text: string) =>
    renderMarkdown(text, (href) => (href === "a.md" ? "/docs/a" : undefined)).toString()

  it("is text wherever it is not Markdown", () => {
    const text = shown(
      '<script>alert(1)</script>\n\n# <b>"\n\n`<i>` [x](a.md) [y](javascript:alert(1)) ![z](https://x.example/z.png)',
    )
    expect(text).not.toMatch(/<(?:script|b|i|img)\b/)
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;")
    expect(text).toContain("<code>&lt;i&gt;</code>")
    expect(text).toContain('<a href="/docs/a" rel="noreferrer">x</a> y ')
  })

  it("keeps code as it is written, and tables with their cells", () => {
    expect(shown("```sh\na  <b\n  c\n```")).toBe("<pre><code>a  &lt;b\n  c</code></pre>")
    expect(shown("| a | b |\n| --- | --- |\n| `x\\|y` | **2** |")).toMatch(
      /<th scope="col">a<\/th>[^]*<td><code>x\|y<\/code><\/td><td><strong>2<\/strong><\/td>/,
    )
  })

  it("leaves nothing of a real page out", () => {
    const text = readFileSync(
      fileURLToPath(new URL("../../../../../docs/en/connect.md", import.meta.url)),
      "utf8",
    )
    const words = (from: string) => from.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim()
    const page = shown(text)
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/&#39;/g, "'")
      .replaceAll(/&quot;/g, '"')
      .replaceAll("&amp;", "&")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
    const source = text
      .replaceAll(/\]\([^)]*\)/g, "] ")
      .replaceAll(/^```sh$/gm, "")
      .replaceAll(/^\| (?:--- \| )+---.*$/gm, "")
    expect(words(page)).toBe(words(source))
  })
})
