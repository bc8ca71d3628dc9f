const tokenPattern = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu

/** The words of a plain text; each ideograph is one. */
export function tokensOf(text: string): string[] {
  return text.match(tokenPattern) ?? []
}
