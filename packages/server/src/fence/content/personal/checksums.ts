/** ISO/IEC 7812-1: the Luhn check of a card number; separators are not allowed. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** GB 11643: ISO 7064 MOD 11-2 over 17 digits, with X for ten. */
export function passesMod11(id: string): boolean {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += Number(id[i]) * (2 ** (17 - i) % 11)
  return "10X98765432"[sum % 11] === id[17]?.toUpperCase()
}

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

/** GB 32100: weighted sum modulo 31 over the first 17 of 18 characters. */
export function passesMod31(code: string): boolean {
  let sum = 0
  let weight = 1
  for (let i = 0; i < 17; i++) {
    const value = creditAlphabet.indexOf(code[i] ?? "")
    if (value < 0) return false
    sum += value * weight
    weight = (weight * 3) % 31
  }
  return creditAlphabet[(31 - (sum % 31)) % 31] === code[17]
}

/** ISO 13616: the account number with its first four characters last is 1 modulo 97. */
export function passesMod97(iban: string): boolean {
  let rest = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    if (Number.isNaN(value)) return false
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

/** Whether the digits, each by its weight, and a last digit make a multiple of the modulus. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0)
}

const dihedral = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
]
const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** The Verhoeff check: products in the dihedral group of ten elements. */
export function passesVerhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i])
    for (let times = i % 8; times > 0; times--) digit = permutation[digit] ?? 0
    check = Number(dihedral[check]?.[digit])
  }
  return check === 0
}
