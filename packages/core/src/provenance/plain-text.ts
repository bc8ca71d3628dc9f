/** What a person does not see: format characters, controls but for the end of a line, variation selectors and blank letters. */
const unseen =
  /\p{Cf}|(?!\n)\p{Cc}|\p{Variation_Selector}|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u180B|\u180C|\u180D|\u180F|\u3164|\uFFA0/gu

/**
 * A text as values are compared: compatibility forms and case folded, what nobody sees left out, any run of spaces one space.
 * Letters of other alphabets that only look alike stay different: a look-alike is another value.
 */
export function plainText(text: string): string {
  return seenText(text).replace(/\s+/gu, " ").trim().toLowerCase()
}

/** A text as a person sees it: compatibility forms as those they stand for, what nobody sees left out. */
export function seenText(text: string): string {
  // Most texts are of such signs alone, and each stands for itself.
  if (/^[\n -~]*$/.test(text)) return text
  return text
    .normalize("NFKC")
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, "\n")
    .replace(unseen, "")
}
