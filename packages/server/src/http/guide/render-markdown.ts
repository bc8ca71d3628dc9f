import { lexer, type Token, type Tokens } from "marked"
import { html, type Markup } from "../page/html.ts"

/** Where a link of a page leads, as it is written; undefined where only its words are to be shown. */
export type Resolve = (href: string) => string | undefined

/** Inner parts may be missing in a token's type: then it has only its text. */
type Parts = readonly Token[] | undefined

/**
 * A page of the guide as markup. The library only reads: what stands in a page is put out by `html`, which escapes it, and
 * markup in a page is shown as the text that it is.
 */
export function renderMarkdown(text: string, resolve: Resolve): Markup {
  return blocks(lexer(text), resolve)
}

/** The anchor of a heading, as code hosts make them. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-")
}

/** The words of a page's first heading. */
export function titleOf(text: string): string {
  const found = lexer(text).find((token): token is Tokens.Heading => token.type === "heading")
  return found === undefined ? "" : plain(found.tokens)
}

function blocks(tokens: Parts, resolve: Resolve): Markup {
  return html`${(tokens ?? []).map((token) => block(token as Block, resolve))}`
}

// The library's own union also has a member for tokens of extensions, which nothing here adds, and which hides all others.
function block(token: Block, resolve: Resolve): Markup {
  switch (token.type) {
    case "heading":
      return heading(token, resolve)
    case "paragraph":
      return html`<p>${inline(token.tokens, resolve)}</p>`
    case "code":
      return html`<pre><code>${token.text}</code></pre>`
    case "list":
      return list(token, resolve)
    case "table":
      return table(token, resolve)
    case "blockquote":
      return html`<blockquote>${blocks(token.tokens, resolve)}</blockquote>`
    case "hr":
      return html`<hr />`
    // A list's items hold their text without a paragraph.
    case "text":
      return token.tokens === undefined ? html`${token.text}` : inline(token.tokens, resolve)
    case "html":
      return token.text.startsWith("<!--") ? html`` : html`<p>${token.text}</p>`
    case "space":
      return html``
    default:
      // What the library may learn to read later.
      return html`${(token as Token).raw}`
  }
}

function heading({ depth, tokens }: Tokens.Heading, resolve: Resolve): Markup {
  const id = anchorOf(plain(tokens))
  const words = inline(tokens, resolve)
  if (depth === 1) return html`<h1 id="${id}">${words}</h1>`
  return depth === 2 ? html`<h2 id="${id}">${words}</h2>` : html`<h3 id="${id}">${words}</h3>`
}

function list({ ordered, items }: Tokens.List, resolve: Resolve): Markup {
  const rows = items.map(({ tokens }) => html`<li>${blocks(tokens, resolve)}</li>`)
  return ordered
    ? html`<ol>
        ${rows}
      </ol>`
    : html`<ul>
        ${rows}
      </ul>`
}

function table({ header, rows }: Tokens.Table, resolve: Resolve): Markup {
  const head = header.map(({ tokens }) => html`<th scope="col">${inline(tokens, resolve)}</th>`)
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map(({ tokens }) => html`<td>${inline(tokens, resolve)}</td>`)}
      </tr>`,
  )
  return html`<div class="scroll" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`
}

function inline(tokens: Parts, resolve: Resolve): Markup {
  return html`${(tokens ?? []).map((token) => span(token as Span, resolve))}`
}

function span(token: Span, resolve: Resolve): Markup {
  switch (token.type) {
    case "strong":
      return html`<strong>${inline(token.tokens, resolve)}</strong>`
    case "em":
      return html`<em>${inline(token.tokens, resolve)}</em>`
    case "codespan":
      return html`<code>${token.text}</code>`
    case "link": {
      // An address that merely stands in the text is an example.
      const href = token.raw === token.text ? undefined : resolve(token.href)
      const words = inline(token.tokens, resolve)
      return href === undefined ? words : html`<a href="${href}" rel="noreferrer">${words}</a>`
    }
    case "br":
      return html`<br />`
    // Written with a backslash, and shown without it.
    case "escape":
    case "text":
      return html`${token.text}`
    case "image":
    case "html":
      return html`${token.raw}`
    default:
      return html`${(token as Token).raw}`
  }
}

function plain(tokens: Parts): string {
  return (tokens ?? [])
    .map((token) =>
      "tokens" in token && token.tokens ? plain(token.tokens) : "text" in token ? String(token.text) : "",
    )
    .join("")
}

type Block =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Code
  | Tokens.List
  | Tokens.Table
  | Tokens.Blockquote
  | Tokens.Hr
  | Tokens.Text
  | Tokens.HTML
  | Tokens.Space

type Span =
  | Tokens.Strong
  | Tokens.Em
  | Tokens.Codespan
  | Tokens.Link
  | Tokens.Br
  | Tokens.Escape
  | Tokens.Text
  | Tokens.Image
  | Tokens.Tag
