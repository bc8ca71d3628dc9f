import { Failure } from "@hufu/core/failure"
import { canonicalAddress } from "@hufu/core/identity/ip-address"
import { lookup as lookupName, type LookupAddress } from "node:dns"
import { BlockList, isIP, isIPv4, type LookupFunction } from "node:net"
import { networkInterfaces } from "node:os"

/**
 * Where tool servers may be. A name of the public internet that leads into this machine or this network is how an outsider
 * reaches what they cannot reach themselves, so names are looked at each time a connection is opened, and the address that was
 * looked at is the one that is connected to.
 */
export interface ReachOptions {
  /** Hufu's own port on this machine. */
  readonly ownPort: () => number
  /** Names of the operator's own that lead into this network. */
  readonly privateNames?: readonly string[]
  /** All addresses of a name; the system's resolver if left out. */
  readonly resolve?: Resolve
}

export type Resolve = (
  name: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void

const resolveMs = 2000

/** Refuses a host that is written as an address at which no tool server is. */
export function refuseAddress(host: string, port: number, options: ReachOptions): void {
  const address = host.replace(/^\[|\]$/g, "")
  if (isIP(address) === 0) return
  const reason =
    nowhere(address) ?? (isSelf(address) && port === options.ownPort() ? "leads to Hufu itself" : undefined)
  if (reason !== undefined) throw refusal(host, reason)
}

/** Whether a host is written as what is on this machine or network, or at no place at all; a name is not looked up. */
export function isWrittenInside(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "")
  if (isIP(address) !== 0) return nowhere(address) !== undefined || isInside(address)
  return isLocalName(address, [])
}

/** Resolves when a name leads where tool servers may be, or nowhere yet; throws Failure when it leads elsewhere. */
export async function refuseName(host: string, port: number, options: ReachOptions): Promise<void> {
  refuseAddress(host, port, options)
  if (isIP(host.replace(/^\[|\]$/g, "")) !== 0) return
  for (const address of await resolved(host, options)) refuseResolved(host, { address, port }, options)
}

/** Whoever is offline does not wait: a connection looks again. */
function resolved(host: string, { resolve = bySystem }: ReachOptions): Promise<readonly string[]> {
  return new Promise((done) => {
    setTimeout(done, resolveMs, []).unref()
    resolve(host, (error, addresses) => done(error ? [] : addresses.map(({ address }) => address)))
  })
}

/** A `lookup` for sockets: every address that it hands out has been looked at. */
export function reachableLookup(port: number, options: ReachOptions): LookupFunction {
  const { resolve = bySystem } = options
  return (host, { all }, done) =>
    resolve(host, (error, addresses) => {
      const fault = error ?? faultOf(host, { addresses, port }, options)
      if (fault) return done(fault, "", 0)
      const [first] = addresses
      return all === true ? done(null, [...addresses]) : done(null, first?.address ?? "", first?.family)
    })
}

function faultOf(
  host: string,
  { addresses, port }: { addresses: readonly LookupAddress[]; port: number },
  options: ReachOptions,
): Error | undefined {
  try {
    for (const { address } of addresses) refuseResolved(host, { address, port }, options)
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const bySystem: Resolve = (name, done) => lookupName(name, { all: true }, done)

function refuseResolved(
  host: string,
  { address, port }: { address: string; port: number },
  options: ReachOptions,
): void {
  const reason =
    nowhere(address) ??
    (isSelf(address) && port === options.ownPort()
      ? "leads to Hufu itself"
      : isInside(address) && !isLocalName(host, options.privateNames ?? [])
        ? "leads into this machine or network: if that is meant, name it under `upstream.privateNames` in the configuration"
        : undefined)
  if (reason !== undefined) throw refusal(host, reason)
}

function refusal(host: string, reason: string): Failure {
  return new Failure("forbidden", `the tool server's host \`${host.slice(0, 255)}\` ${reason}`)
}

/** Names that nobody can register on the public internet, and those that the operator has named. */
function isLocalName(host: string, named: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, "")
  return (
    !name.includes(".") || /\.(?:localhost|local|internal|lan|home\.arpa)$/.test(name) || named.includes(name)
  )
}

const nowhereList = blockList(
  // Link-local, where clouds tell a machine its secrets; the same service at other clouds.
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["fe80::", 10],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
  ["ff00::", 8],
)
const insideList = blockList(
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["::", 127],
  ["fc00::", 7],
  ["fec0::", 10],
)

function blockList(...subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIPv4(net) ? "ipv4" : "ipv6")
  return list
}

function nowhere(address: string): string | undefined {
  return isIn(nowhereList, address) ? "is an address at which no tool server is" : undefined
}

function isInside(address: string): boolean {
  return isIn(insideList, address)
}

/** An IPv4 address within an IPv6 one (mapped, translated, 6to4) is where it leads. */
function isIn(list: BlockList, address: string): boolean {
  const plain = address.split("%", 1)[0] ?? address
  if (isIPv4(plain)) return list.check(plain, "ipv4")
  return list.check(plain, "ipv6") || embedded(plain).some((inner) => list.check(inner, "ipv4"))
}

function embedded(address: string): string[] {
  const groups = groupsOf(address)
  if (groups === undefined) return []
  const dotted = (at: number) => {
    const [high = 0, low = 0] = groups.slice(at, at + 2)
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  const begins = (...with_: readonly number[]) => with_.every((group, at) => groups[at] === group)
  if (begins(0, 0, 0, 0, 0) || begins(0, 0, 0, 0, 0xffff, 0) || begins(0x64, 0xff9b)) return [dotted(6)]
  return begins(0x2002) ? [dotted(1)] : []
}

/** The eight groups of an IPv6 address, as a URL parser writes it. */
function groupsOf(address: string): number[] | undefined {
  const host = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1)
  if (host === undefined) return undefined
  const [head = "", tail] = host.split("::")
  const read = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16))
  const [before, after] = [read(head), read(tail ?? "")]
  return tail === undefined
    ? before
    : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function isSelf(address: string): boolean {
  const plain = canonicalAddress(address.split("%", 1)[0] ?? address)
  if (isIn(selfList, plain)) return true
  return Object.values(networkInterfaces()).some(
    (each) => each?.some((one) => canonicalAddress(one.address) === plain) === true,
  )
}

const selfList = blockList(["127.0.0.0", 8], ["0.0.0.0", 32], ["::", 127])
