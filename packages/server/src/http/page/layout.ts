import { createHash } from "node:crypto"
import type { Language } from "@hufu/core/words"
import { html, Markup } from "./html.ts"

const style = `:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem;margin-top:1.5rem}
code{font-family:ui-monospace,Menlo,Consolas,monospace;background:var(--soft);padding:.1em .3em;border-radius:.3em;overflow-wrap:anywhere}
pre{background:var(--soft);padding:.7rem 1rem;border-radius:.4rem;overflow-x:auto}pre code{background:none;padding:0;overflow-wrap:normal}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
nav{display:flex;gap:1rem;justify-content:end}.note{color:GrayText}.scroll{overflow-x:auto}`
const styleElement = new Markup(`<style>${style}</style>`)

/** What a browser may do with such a page: show it, with this one style. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

export interface PageOptions {
  readonly lang: Language
  readonly title: string
  readonly body: Markup
  /** Whether the title stands over the page; it may be in its body. */
  readonly heading?: boolean
  /** Where the page is in the other language, if not here under another `lang`. */
  readonly other?: { readonly lang: Language; readonly href: string }
  /** What else stands beside the choice of language. */
  readonly links?: readonly { readonly href: string; readonly words: string }[]
  /** Load the page again after so many seconds. */
  readonly refreshSeconds?: number
}

const names: Readonly<Record<Language, string>> = { en: "English", zh: "中文" }

/** One plain page: no script, no asset from elsewhere, light and dark, in either language. */
export function layout({ lang, title, body, heading = true, links = [], ...more }: PageOptions): string {
  const elsewhere = lang === "zh" ? "en" : "zh"
  const other = more.other ?? { lang: elsewhere, href: `?lang=${elsewhere}` }
  const { refreshSeconds } = more
  const refresh =
    refreshSeconds === undefined ? "" : html`<meta http-equiv="refresh" content="${refreshSeconds}" />`
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        ${refresh}
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <nav>
          ${links.map(({ href, words }) => html`<a href="${href}">${words}</a>`)}
          <a href="${other.href}" lang="${other.lang}">${names[other.lang]}</a>
        </nav>
        <main>${heading ? html`<h1>${title}</h1>` : ""} ${body}</main>
      </body>
    </html>`.toString()
}
