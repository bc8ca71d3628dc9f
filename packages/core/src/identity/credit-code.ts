/** GB 32100: digits and capitals without I, O, S, V and Z. */
const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
const shape = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/

/** Whether a text is a unified social credit code 统一社会信用代码 whose check character is right. That it was ever issued is not said. */
export function isCreditCode(text: string): boolean {
  return shape.test(text) && letters.charAt(checkOf(text.slice(0, -1))) === text.at(-1)
}

/** GB 32100 §4.6: each character weighs 3 to the power of its place, modulo 31. */
function checkOf(body: string): number {
  let sum = 0
  let weight = 1
  for (const letter of body) {
    sum += letters.indexOf(letter) * weight
    weight = (weight * 3) % 31
  }
  return (31 - (sum % 31)) % 31
}
