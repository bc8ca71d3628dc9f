import type { Language } from "@hufu/core/words"
import { html, Markup } from "./html.ts"

const style = new Markup(`:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
code{font-family:ui-monospace,Menlo,Consolas,monospace;background:var(--soft);padding:.1em .3em;border-radius:.3em;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
nav{float:right}.note{color:GrayText}.scroll{overflow-x:auto}`)

export interface PageOptions {
  readonly lang: Language
  readonly title: string
  readonly body: Markup
  /** Load the page again after so many seconds. */
  readonly refreshSeconds?: number
}

/** One plain page: no script, no asset from elsewhere, light and dark, in either language. */
export function layout({ lang, title, body, refreshSeconds }: PageOptions): string {
  const other =
    lang === "zh"
      ? html`<a href="?lang=en" lang="en">English</a>`
      : html`<a href="?lang=zh" lang="zh">中文</a>`
  const refresh =
    refreshSeconds === undefined ? "" : html`<meta http-equiv="refresh" content="${refreshSeconds}" />`
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        ${refresh}
        <title>${title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <nav>${other}</nav>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.toString()
}
