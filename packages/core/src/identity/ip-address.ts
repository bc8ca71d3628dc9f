/**
 * An address as RFC 5952 writes it, and one of IPv4 that came in the form of IPv6 (`::ffff:192.0.2.1`) as the IPv4 address that it is:
 * one address has one spelling in rules, limits and logs. What is no address stays as it is.
 */
export function canonicalAddress(text: string): string {
  const [bare = "", zone] = text.replace(/^\[|\]$/g, "").split("%", 2)
  if (!bare.includes(":") || bare.length > 45) return text
  const host = URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1)
  if (host === undefined) return text
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host)
  if (mapped === null) return zone === undefined ? host : `${host}%${zone}`
  const [high = 0, low = 0] = mapped.slice(1).map((group) => Number.parseInt(group, 16))
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/**
 * Who counts as one by their address alone: an IPv4 address, or the /64 that one subscriber of IPv6 is given at least, in which they may
 * take any address they like.
 */
export function addressOwner(text: string): string {
  const address = canonicalAddress(text)
  if (!address.includes(":")) return address
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").split("::")
  const [before, after] = [head, tail ?? ""].map((part) => part.split(":").filter((group) => group !== ""))
  const groups = [...(before ?? [])]
  if (tail !== undefined) while (groups.length + (after ?? []).length < 8) groups.push("0")
  return canonicalAddress(`${[...groups, ...(after ?? [])].slice(0, 4).join(":")}::`)
}
