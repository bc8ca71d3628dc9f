import { Resolver } from "node:dns/promises"
import { Resolver as CallbackResolver, type LookupAddress } from "node:dns"
import { readDomainStatement, type DomainStatement } from "@hufu/core/identity/domain-statement"
import { Failure } from "@hufu/core/failure"
import {
  type ReachOptions,
  reachableLookup,
  refuseAddress,
  type Resolve,
} from "../../gateway/mcp/upstream/reachable-address.ts"

/** Under which name of a domain the TXT record stands, and at which path of it the file. */
export const recordName = (domain: string) => `_hufu.${domain}`
export const fileAddress = (domain: string) => `https://${domain}/.well-known/hufu-developer.txt`

export interface DomainLookup {
  /** Resolvers to ask instead of the system's, such as `192.0.2.53` or `[2001:db8::53]:5353`. */
  readonly resolvers: readonly string[]
  readonly reach: ReachOptions
  /** Of the web site; 443. */
  readonly port?: number
}

const bounds = { timeout: 3000, tries: 2 }
const fetchMs = 10_000
const maxFileBytes = 4096
const maxLines = 32

/** What a domain's own records or its own web site say now. Throws Failure("upstream_unavailable"). */
export async function findDomainStatement(
  how: "dns" | "well-known",
  of: { readonly domain: string; readonly key: string },
  lookup: DomainLookup,
): Promise<DomainStatement | undefined> {
  const lines = how === "dns" ? await txtOf(of.domain, lookup) : await fileOf(of.domain, lookup)
  for (const line of lines.slice(0, maxLines)) {
    const statement = await readDomainStatement(line, of)
    if (statement !== undefined) return statement
  }
  return undefined
}

/** What the operator has set; the system's where nothing is. */
function asking<T extends Pick<Resolver, "setServers">>(resolver: T, { resolvers }: DomainLookup): T {
  if (resolvers.length > 0) resolver.setServers([...resolvers])
  return resolver
}

/** UNTRUSTED: whoever answers for the domain. */
async function txtOf(domain: string, lookup: DomainLookup): Promise<string[]> {
  try {
    const records = await asking(new Resolver(bounds), lookup).resolveTxt(recordName(domain))
    return records.map((parts) => parts.join("").slice(0, 1000))
  } catch (cause) {
    if (isNothing(cause)) return []
    throw new Failure(
      "upstream_unavailable",
      `nobody answers for the name \`${recordName(domain)}\`: try again later`,
      { cause },
    )
  }
}

function isNothing(error: unknown): boolean {
  // What the resolver says when there is no such name, or no such record of it.
  const code = error instanceof Error && "code" in error ? error.code : undefined
  return code === "ENODATA" || code === "ENOTFOUND"
}

/** UNTRUSTED: the site. It is reached at a public address alone, no redirect is followed, and no more than a few lines are read. */
async function fileOf(domain: string, lookup: DomainLookup): Promise<string[]> {
  const url = new URL(fileAddress(domain))
  const { port = 443 } = lookup
  if (port !== 443) url.port = String(port)
  const reach: ReachOptions =
    lookup.resolvers.length === 0
      ? lookup.reach
      : { ...lookup.reach, resolve: resolveBy(asking(new CallbackResolver(bounds), lookup)) }
  refuseAddress(url.hostname, port, reach)
  // No start needs its hundred modules.
  const { Agent, request } = await import("undici")
  const agent = new Agent({
    connections: 1,
    connect: { lookup: reachableLookup(port, reach), timeout: 5000 },
  })
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: agent,
      signal: AbortSignal.timeout(fetchMs),
      headers: { accept: "text/plain" },
    })
    let text = ""
    for await (const chunk of body) {
      // What the body hands out are bytes.
      text += Buffer.from(chunk as Uint8Array).toString("utf8")
      if (text.length > maxFileBytes)
        throw new Failure(
          "too_large",
          `the file of a domain has at most ${maxFileBytes} bytes: leave one line`,
        )
    }
    return statusCode === 200 ? text.split(/\r?\n/) : []
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const guarded = guardIn(cause)
    if (guarded !== undefined) throw guarded
    throw new Failure("upstream_unavailable", `\`${url.href}\` cannot be read: look whether it is there`, {
      cause,
    })
  } finally {
    await agent.destroy()
  }
}

/** The guard's own refusal, which the client that asked it wraps. */
function guardIn(error: unknown): Failure | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof Failure) return each
  return undefined
}

function resolveBy(resolver: CallbackResolver): Resolve {
  const asFamily = (family: 4 | 6, found: readonly string[] | undefined): LookupAddress[] =>
    (found ?? []).map((address) => ({ address, family }))
  return (name, done) => {
    resolver.resolve4(name, (_four, four?: string[]) => {
      resolver.resolve6(name, (_six, six?: string[]) => {
        const all = [...asFamily(4, four), ...asFamily(6, six)]
        done(all.length === 0 ? new Error(`there is no address of ${name}`) : null, all)
      })
    })
  }
}
