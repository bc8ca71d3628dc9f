import { createSecretKey, randomBytes, scrypt } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import { seal, unseal } from "../ledger/sealed-box.ts"

/** The shortest passphrase that is accepted: what it seals may be tried offline, at any pace. */
export const minPassphrase = 12

/** scrypt at 128 MiB: about half a second a guess. The cost stands in the file, within bounds, so that it can be raised. */
const cost = { N: 2 ** 17, r: 8, p: 1 }
const maxN = 2 ** 20

const Base64 = z.string().regex(/^[A-Za-z0-9_-]{1,64000}$/)
const SealedFile = z.strictObject({
  format: z.literal("hufu sealed 1"),
  kdf: z.literal("scrypt"),
  N: z.int().min(cost.N).max(maxN),
  r: z.literal(cost.r),
  p: z.literal(cost.p),
  salt: Base64,
  nonce: Base64,
  body: Base64,
})

/** Encrypts a text under a passphrase (scrypt, AES-256-GCM), bound to what it is. */
export async function sealByPassphrase(name: string, text: string, passphrase: string): Promise<string> {
  if (passphrase.length < minPassphrase)
    throw new Failure("invalid_input", `the passphrase needs at least ${minPassphrase} characters`)
  const salt = randomBytes(16)
  const { nonce, body } = seal(await derive(passphrase, salt, cost.N), name, Buffer.from(text))
  const file: z.infer<typeof SealedFile> = {
    format: "hufu sealed 1",
    kdf: "scrypt",
    ...cost,
    salt: salt.toString("base64url"),
    nonce: Buffer.from(nonce).toString("base64url"),
    body: Buffer.from(body).toString("base64url"),
  }
  return `${JSON.stringify(file)}\n`
}

/** The text that was sealed. UNTRUSTED: the file may be anything; Failure("wrong_secret") for another passphrase. */
export async function unsealByPassphrase(name: string, file: string, passphrase: string): Promise<string> {
  const parsed = SealedFile.safeParse(file.length > 200_000 ? undefined : tryParse(file))
  if (!parsed.success)
    throw new Failure("invalid_input", "this is not a file that Hufu sealed: restore it from a backup")
  const { salt, nonce, body, N } = parsed.data
  const key = await derive(passphrase, Buffer.from(salt, "base64url"), N)
  try {
    const sealed = { nonce: Buffer.from(nonce, "base64url"), body: Buffer.from(body, "base64url") }
    return unseal(key, name, sealed).toString("utf8")
  } catch (cause) {
    throw new Failure("wrong_secret", "that is not the passphrase, or the file was altered; try again", {
      cause,
    })
  }
}

function derive(passphrase: string, salt: Buffer, N: number) {
  return new Promise<ReturnType<typeof createSecretKey>>((resolve, reject) => {
    const options = { ...cost, N, maxmem: 256 * N * cost.r }
    scrypt(passphrase.normalize("NFKC"), salt, 32, options, (error, key) =>
      error ? reject(error) : resolve(createSecretKey(key)),
    )
  })
}

function tryParse(text: string): unknown {
  try {
    return parseStrict(text)
  } catch {
    return undefined
  }
}
