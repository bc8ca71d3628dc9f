import { addressesIn, mailboxesIn, plainAddress } from "./address.ts"
import { plainText } from "./plain-text.ts"
import { withoutQuotedBlocks } from "./quoted-blocks.ts"
import { tokensOf } from "./tokens.ts"
import { comparable, formOf } from "./value-form.ts"

/** What the user said, to be asked whether it names a value. */
export interface UserWords {
  /** Whether the value stands in the words as a whole: not as a part of a longer word, number, address or mailbox. */
  names(value: string): boolean
  /** Whether a text is made of the user's words, in their order; a few short words and numbers between them are free. */
  tells(text: string): boolean
}

/** Too common to name anybody. */
const common = new Set(
  `a an the and or of to in on at by for from with as is are be it its this that my your our their his her me you i we they he she
  all any some no not do does please new one two them us if then so but who what which when where how 的 了 我 你 他 她 它 们 和 在 是 请
  这个 那个 一个 我们 你们 他们`.split(/\s+/),
)

/** @param texts the instruction, what was added to it, and the words of the mandates in force */
export function userWords(texts: readonly string[]): UserWords {
  const said = texts.map(withoutQuotedBlocks)
  const plain = said.map(plainText)
  const addresses = new Set(said.flatMap(addressesIn).map(plainAddress))
  const mailboxes = new Set(said.flatMap(mailboxesIn).map(plainText))
  const digits = plain.map((text) => text.replace(/(?<=[a-z0-9])[ ().+/-]+(?=[a-z0-9])/g, ""))
  const tokens = plain.map(tokensOf)

  function names(value: string): boolean {
    const form = formOf(value)
    const wanted = comparable(form, value)
    if (form === "address") return addresses.has(wanted)
    if (form === "mailbox") return mailboxes.has(wanted)
    if (form === "number") return digits.some((text) => standsIn(text, wanted, /[0-9]/))
    if (wanted.length < 2 || common.has(wanted)) return false
    return plain.some((text) => standsIn(text, wanted, /[\p{L}\p{N}@_]/u))
  }

  return { names, tells: (text) => tokens.some((words) => isTold(tokensOf(plainText(text)), words)) }
}

const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** Whether it stands there whole: what comes before and after does not belong to the same word. */
function standsIn(text: string, wanted: string, partOfWord: RegExp): boolean {
  const first = wanted.at(0) ?? ""
  const last = wanted.at(-1) ?? ""
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const before = text[at - 1] ?? " "
    const after = text[at + wanted.length] ?? " "
    const begins = ideograph.test(first) || ideograph.test(before) || !partOfWord.test(before)
    const ends = ideograph.test(last) || ideograph.test(after) || !partOfWord.test(after)
    // `www.example.com` goes on with `.evil.com`, and `ann` with `-marie`; a sentence ends with a dot and a space.
    const goesOn = /[.@-]/.test(after) && /[\p{L}\p{N}]/u.test(text[at + wanted.length + 1] ?? " ")
    const comesFrom = /[.@-]/.test(before) && /[\p{L}\p{N}]/u.test(text[at - 2] ?? " ")
    if (begins && ends && !goesOn && !comesFrom) return true
  }
  return false
}

const mostTokens = 2_000

function isTold(text: readonly string[], words: readonly string[]): boolean {
  if (text.length === 0 || text.length > mostTokens) return false
  let at = 0
  let free = 0
  let told = 0
  for (const token of text) {
    const found = words.indexOf(token, at)
    if (found >= 0) {
      at = found + 1
      told += 1
      continue
    }
    // Nothing worth hiding fits into what is free: a few short words, numbers of up to three digits.
    if (!/^(?:\p{L}{1,4}|\d{1,3})$/u.test(token)) return false
    free += 1
  }
  return told >= 3 && free <= 3
}
