/**
 * What an eye cannot see, or what moves the text around it: controls, zero-width and bidirectional marks, tags,
 * variation selectors, private use, halves of surrogate pairs and unusual spaces. Line breaks and tabs stay.
 * The bracket itself is spelled out too, so that nobody can write a spelled-out character that is not there.
 */
const HIDDEN =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u27e6]|(?![ \u3000])\p{Zs}/gu

/** The same text with every hidden character spelled out, such as `⟦U+202E⟧`. */
export function makeVisible(text: string): string {
  return text.replace(HIDDEN, spellOut)
}

/** The same text without its hidden characters. */
export function withoutHidden(text: string): string {
  return text.replace(HIDDEN, "")
}

/** JSON of the same value with every hidden character as an escape: JSON has them only within strings. */
export function escapeHidden(json: string): string {
  return json.replace(HIDDEN, (character) =>
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  )
}

function spellOut(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `\u27e6U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e7`
}
