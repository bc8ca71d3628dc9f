import { fromBase64Url } from "../evidence/base64.ts"
import { verifyEd25519 } from "../evidence/ed25519.ts"
import { isFailure } from "../failure.ts"

/** 域名声明: a developer says, where only whoever has a domain can say it, that it is theirs, at one registry and until some day. */
export interface DomainStatement {
  /** The origin of the registry. */
  readonly registry: string
  readonly domain: string
  /** The developer's id there. */
  readonly developer: string
  /** Seconds since 1970. */
  readonly until: number
}

const version = "hufu-domain=v1"
const form =
  /^hufu-domain=v1; registry=([!-:<-~]{1,300}); developer=([a-z]{3}_[0-9a-z]{8,32}); until=(\d{9,12}); sig=([A-Za-z0-9_-]{86})$/

/** What the developer's Ed25519 key signs, as UTF-8 without a line feed at the end. Nothing else that Hufu has signed begins like this. */
export function domainStatementText({ registry, domain, developer, until }: DomainStatement): string {
  return ["hufu-domain/1", registry, domain, developer, String(until)].join("\n")
}

/** The one line that stands in the TXT record or in the file. */
export function writeDomainStatement(
  { registry, developer, until }: DomainStatement,
  signature: string,
): string {
  return `${version}; registry=${registry}; developer=${developer}; until=${until}; sig=${signature}`
}

/**
 * The statement of a line, if it is one for this domain and the key signed it. UNTRUSTED input: whoever has the domain wrote it.
 *
 * @param key 32 bytes of Ed25519 in base64url
 */
export async function readDomainStatement(
  line: string,
  { domain, key }: { readonly domain: string; readonly key: string },
): Promise<DomainStatement | undefined> {
  const [, registry, developer, until, signature] = form.exec(line.trim()) ?? []
  if (registry === undefined || developer === undefined || signature === undefined) return undefined
  const statement = { registry, domain, developer, until: Number(until) }
  const text = new TextEncoder().encode(domainStatementText(statement))
  try {
    const holds = await verifyEd25519(fromBase64Url(key), text, fromBase64Url(signature))
    return holds ? statement : undefined
  } catch (error) {
    if (isFailure(error, "invalid_evidence")) return undefined
    throw error
  }
}
