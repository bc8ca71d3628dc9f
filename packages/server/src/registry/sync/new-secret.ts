import { randomBytes } from "node:crypto"

/** What nobody guesses: 128 random bits. */
export function newSecret(): string {
  return randomBytes(16).toString("hex")
}
