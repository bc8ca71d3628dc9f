import { isAddress, plainAddress } from "./address.ts"
import { plainText, seenText } from "./plain-text.ts"

/**
 * What a value looks like. `number` is what names somebody by digits: an IBAN, a telephone, a card. A `name` means something only to
 * those who know it.
 */
export type ValueForm = "address" | "mailbox" | "number" | "name"

const mailbox = /^[\w.%+-]{1,64}@[a-z0-9.-]{1,253}$/i

export function formOf(value: string): ValueForm {
  const text = seenText(value).trim()
  if (text.length > 2048) return "name"
  if (mailbox.test(text)) return "mailbox"
  if (isNumber(text)) return "number"
  return isAddress(text) ? "address" : "name"
}

/** Digits that name, however they are grouped: at least six of them, and no more letters than an IBAN begins with. */
function isNumber(text: string): boolean {
  if (text.length > 48 || !/^[a-z0-9 ().+/-]+$/i.test(text)) return false
  const digits = text.replace(/\D/g, "").length
  return digits >= 6 && text.replace(/[^a-z]/gi, "").length <= 8
}

/** The form in which two values of a form are the same. */
export function comparable(form: ValueForm, value: string): string {
  if (form === "address") return plainAddress(value)
  const plain = plainText(value)
  return form === "number" ? plain.replace(/[ ().+/-]/g, "") : plain
}
