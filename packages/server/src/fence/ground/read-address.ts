import { stripEnds } from "./strip-ends.ts"

/** A network address as every URL parser reads it. */
export interface Address {
  readonly scheme: string
  /** Lower case, without brackets or a final dot; IPv4 in dotted decimals however it was written. */
  readonly host: string
  readonly port: number | undefined
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21 }
/** The host stands at the start; a longer text is read as far as this. */
const MAX_READ = 8_192
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i
const WEB_SCHEME = /^(?:https?|wss?|ftp):/i

/** Whether a text, wherever it stands, is written as a web address. */
export function looksLikeWebAddress(text: string): boolean {
  return WEB_SCHEME.test(cleaned(text))
}

/** Reads a URL, or a bare host with or without a port; nothing when it is neither. */
export function readAddress(text: string): Address | undefined {
  const value = cleaned(text)
  // `localhost:7070` has the form of a scheme and a path; only known web schemes and `x://` are schemes here.
  const isUrl = WEB_SCHEME.test(value) || /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
  const candidates = isUrl
    ? [value]
    : [`http://${value.replace(/^[\\/]+/, "")}`, ...(HAS_SCHEME.test(value) ? [value] : [])]
  for (const candidate of candidates) {
    const url = URL.parse(candidate)
    if (url) return addressOf(url, isUrl)
  }
  return undefined
}

/** URL parsers drop tabs and line breaks anywhere before they read. */
function cleaned(text: string): string {
  const bare = stripEnds(text.length > MAX_READ ? text.slice(0, MAX_READ) : text)
  return /[\t\n\r]/.test(bare) ? bare.replace(/[\t\n\r]/g, "") : bare
}

function addressOf(url: URL, isUrl: boolean): Address {
  const scheme = url.protocol.slice(0, -1)
  // Only for web schemes does the parser itself turn `0x7f.1` into `127.0.0.1`.
  const host = WEB_SCHEME.test(url.protocol)
    ? url.hostname
    : (URL.parse(`http://${url.hostname}`)?.hostname ?? url.hostname)
  const port = url.port === "" ? (isUrl ? DEFAULT_PORTS[scheme] : undefined) : Number(url.port)
  return { scheme, host: plainHost(host), port }
}

function plainHost(host: string): string {
  const bare = host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase()
  const mapped = /^::(?:ffff:(?:0:)?)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(bare)
  if (!mapped) return bare
  const high = Number.parseInt(mapped[1] ?? "", 16)
  const low = Number.parseInt(mapped[2] ?? "", 16)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** Names of this very machine, whatever it is called: loopback, and "any address", which connects to it as well. */
export function isThisMachine(host: string): boolean {
  return (
    /^127\.\d+\.\d+\.\d+$/.test(host) ||
    host === "0.0.0.0" ||
    host === "::1" ||
    host === "::" ||
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "localhost.localdomain" ||
    host === "ip6-localhost" ||
    host === "ip6-loopback"
  )
}
