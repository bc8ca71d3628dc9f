import { makeVisible } from "@hufu/core/profile/visible-text"

/** Markup that is safe to put into a page as it is. */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

/**
 * A page's markup. INVARIANT: every value that is not Markup itself is UNTRUSTED text: escaped, and its hidden
 * characters spelled out.
 */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (Markup | string | number | readonly Markup[])[]
): Markup {
  return new Markup(parts.map((part, i) => part + render(values[i] ?? "")).join(""))
}

function render(value: Markup | string | number | readonly Markup[]): string {
  if (value instanceof Markup) return value.toString()
  if (typeof value === "object") return value.join("")
  return makeVisible(String(value)).replace(/[&<>"']/g, (character) => entities[character] ?? "")
}
