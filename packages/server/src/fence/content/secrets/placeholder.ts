const marks =
  /example|placeholder|change_?me|redacted|xxxx|your[_-]|^your|dummy|insert[_-]|\*\*\*|\.\.\.|…|\$\{|\$\(|\{\{|<[a-z]|%[sd(]|process\.env|os\.environ|getenv|env\.|secrets\.|vault:|_here$|0000000|1234567/i
const words =
  /^(?:null|none|nil|undefined|true|false|password|passwd|secret|token|string|required|optional|hidden|masked|empty|unknown|default|test|pass|pwd|admin|user|root|n\/a|bearer|basic)$/i

/** Whether a value stands for a secret and is none: an example, a reference to an environment, or a word. */
export function isPlaceholder(value: string): boolean {
  return marks.test(value) || words.test(value) || distinctCharacters(value) < 5
}

function distinctCharacters(value: string): number {
  return new Set(value).size
}

/** Whether a value looks made by chance rather than written: several sorts of characters, most of them different. */
export function looksRandom(value: string): boolean {
  const sorts = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((sort) => sort.test(value)).length
  if (value.length < 8 || distinctCharacters(value) < Math.min(8, value.length * 0.6)) return false
  if (sorts >= 3) return true
  const hasDigitsAndLetters = /[0-9]/.test(value) && /[A-Za-z]/.test(value)
  return hasDigitsAndLetters && (value.length >= 12 || sorts === 2)
}
