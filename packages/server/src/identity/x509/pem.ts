import { Failure } from "@hufu/core/failure"

/** Bytes as a block of text (RFC 7468). */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`
}

/** UNTRUSTED: the bytes of the one block that a text has to be. */
export function fromPem(label: string, text: string): Uint8Array {
  const found = new RegExp(
    `^\\s*-----BEGIN ${label}-----\\s+([A-Za-z0-9+/=\\s]{1,40000})-----END ${label}-----\\s*$`,
  ).exec(text)?.[1]
  if (found === undefined)
    throw new Failure("invalid_input", `this is no ${label.toLowerCase()}: send one block of PEM`)
  return Buffer.from(found, "base64")
}
