import { z } from "zod"
import { makeVisible } from "../profile/visible-text.ts"

/** Texts that stand in a registration. All of them are somebody's words. UNTRUSTED: show as text only. */

const plain = (text: string) => text.isWellFormed() && makeVisible(text) === text
const notPlain = "leave out characters that nobody sees, such as controls and direction marks"

/** One line. */
export function lineOf(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => text.trim() === text && !/[\n\t]/.test(text), "give one line without spaces around it")
    .refine(plain, notPlain)
}

/** Some lines. */
export function proseOf(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => text.trim() === text, "leave out the spaces around it")
    .refine(plain, notPlain)
}

export const maxUrlLength = 2000

/**
 * An address on the web: `https` or `http`, a host, no user and no password. Whether anything may be fetched from it is another
 * question, and asked only where something is.
 */
export const WebUrl = z
  .string()
  .max(maxUrlLength)
  .refine(isWebUrl, "give an https:// address without a user or spaces")

/** Where some schemes beside the web's are spoken; `{AIC}` in it stands for the agent's own code. */
export function addressOf(schemes: readonly string[]) {
  return z
    .string()
    .max(maxUrlLength)
    .refine(
      (text) => isAddress(text, schemes),
      `give an address that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}, without a user or spaces`,
    )
}

/** What runs or reads something where it is followed. */
const acting = /^(?:javascript|vbscript|data|blob|file|filesystem|view-source):/i

/** The name of an extension or the like, in any scheme: nobody has to fetch it, and whoever follows it all the same comes to no harm. */
export const NamingUri = z
  .string()
  .regex(/^[a-z][a-z0-9+.-]*:[!-~]{1,500}$/)
  .refine((text) => !acting.test(text), "give a name that runs nothing where somebody follows it")
  .refine(
    (text) => !/^https?:/.test(text) || isWebUrl(text),
    "give an https:// address without a user or spaces",
  )

function isWebUrl(text: string): boolean {
  return isAddress(text, ["https", "http"])
}

function isAddress(text: string, schemes: readonly string[]): boolean {
  // What URL parsers drop or repair could be one address here and another where it is used.
  if (!/^[!-~]+$/.test(text) || /[\\<>"^`|]/.test(text)) return false
  const url = URL.parse(text)
  if (url === null || url.username !== "" || url.password !== "" || url.hostname === "") return false
  return schemes.some((scheme) => text.startsWith(`${scheme}://`))
}

/** A media type (RFC 6838), perhaps with a range such as `image/*`, in lower case. */
export const MediaType = z
  .string()
  .max(127)
  .regex(
    /^[a-z0-9][a-z0-9!#$&^_.+-]*\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)$/,
    "give a media type such as text/plain",
  )

export const MediaTypes = z.array(MediaType).max(64).refine(hasNoTwins, "name each media type once")

/** A registrable or other domain name, in ASCII and lower case. */
export const DomainName = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[a-z])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
    "give a domain name such as example.com",
  )

/** A name as a certificate has it: a domain name, perhaps with a star in front. */
export const DnsName = z
  .string()
  .transform((text) => ({ text, bare: text.startsWith("*.") ? text.slice(2) : text }))
  .refine(({ bare }) => DomainName.safeParse(bare).success, "give a domain name such as *.example.com")
  .transform(({ text }) => text)

export const Email = z.email().max(254)
export const IpAddress = z.union([z.ipv4(), z.ipv6()])
/** ISO 3166-1 alpha-2. */
export const Country = z.string().regex(/^[A-Z]{2}$/, "give a country by its two letters, such as CN")

/** A date without a time. */
export const DateOnly = z.iso.date()

/** Whether no value is there twice. */
export function hasNoTwins(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
