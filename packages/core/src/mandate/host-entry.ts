/** One host of a host limit, read: an exact name or everything below one, on the usual port or on one that is named. */
export interface HostEntry {
  readonly wildcard: boolean
  /** As URLs write it: lower case, Punycode, canonical IP address. */
  readonly name: string
  readonly port: number | undefined
}

/** Whether a text can stand in a host limit. */
export function isHostEntry(text: string): boolean {
  return readHostEntry(text) !== undefined
}

/** The entry as URLs would write it; the same text when it is none. */
export function normalHostEntry(text: string): string {
  const entry = readHostEntry(text)
  if (!entry) return text
  return `${entry.wildcard ? "*." : ""}${entry.name}${entry.port === undefined ? "" : `:${entry.port}`}`
}

/** Reads `example.com`, `*.example.com`, `example.com:8443`, `192.0.2.1` or `[2001:db8::1]`. */
export function readHostEntry(text: string): HostEntry | undefined {
  const found = /^(\*\.)?([^\s/\\?#@:[\]%*]+|\[[0-9A-Fa-f:.]+\])(?::([1-9]\d{0,4}))?$/u.exec(text)
  if (!found?.[2]) return undefined
  const port = found[3] === undefined ? undefined : Number(found[3])
  if (port !== undefined && port > 65_535) return undefined
  const url = URL.parse(`http://${found[2]}/`)
  const name = url ? hostNameOf(url) : ""
  const wildcard = found[1] !== undefined
  if (hasEmptyLabel(name) || (wildcard && isAddress(name))) return undefined
  return { wildcard, name, port }
}

/** The host of a URL as it is compared, without the dot that may end a name. */
export function hostNameOf(url: URL): string {
  return url.hostname.replace(/\.$/, "")
}

/** Whether there is nothing before, between or after the dots of a name: such a name names no host. */
export function hasEmptyLabel(name: string): boolean {
  return name.split(".").includes("")
}

/** Whether a canonical host name is an IP address. */
export function isAddress(name: string): boolean {
  return name.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(name)
}
