import { toBase64 } from "../evidence/base64.ts"
import type { Sign } from "../evidence/ed25519.ts"
import {
  covers,
  dictionaryOf,
  type HttpSignature,
  parameterOf,
  readSignatures,
  refused,
  signatureBase,
  type SignedMessage,
} from "./http-signature.ts"
import { type InnerList, isInnerList, type Item, parseItem, serializeMember } from "./structured-field.ts"

/**
 * The Web Bot Auth profile of HTTP Message Signatures, as draft-ietf-webbotauth-httpsig-protocol-01 has it: who signs says in
 * `Signature-Agent` where its keys are published, and the signature covers that. What identifies is the pair of that address and the key.
 */

/** How the address of a `Signature-Agent` leads to keys. */
export const signatureAgentTypes = ["directory", "jwks_uri", "cimd"] as const
export type SignatureAgentType = (typeof signatureAgentTypes)[number]

/** What a request claims, before its signature was checked. UNTRUSTED. */
export interface WebBotAuthClaim {
  /** Whom the signature names, normalised: see `agentUrlOf`. */
  readonly url: string
  /** JWK SHA-256 thumbprint of the key (RFC 7638). */
  readonly keyid: string
  /** In seconds since 1970. */
  readonly created: number
  readonly expires: number
  readonly input: InnerList
  /** What was signed. */
  readonly base: string
  readonly signature: Uint8Array
}

export const webBotAuthTag = "web-bot-auth"
const directoryPath = "/.well-known/http-message-signatures-directory"

/**
 * Reads the one Web Bot Auth signature of a request; undefined where there is none. Throws Failure("signature_refused") for one that does
 * not keep to the profile. It proves nothing until `base` is checked with the key of exactly this `url` and `keyid`.
 */
export function readWebBotAuth(
  message: SignedMessage,
  { maxLifeSeconds = 86_400 }: { readonly maxLifeSeconds?: number } = {},
): WebBotAuthClaim | undefined {
  const tagged = readSignatures(message).filter(
    ({ input }) => parameterOf(input, "tag", "string") === webBotAuthTag,
  )
  const [one, ...others] = tagged
  if (one === undefined) return undefined
  if (others.length > 0)
    throw refused("a request has one `web-bot-auth` signature here: leave the others out")
  const { input, signature } = one
  const keyid = parameterOf(input, "keyid", "string")
  const created = parameterOf(input, "created", "number")
  const expires = parameterOf(input, "expires", "number")
  if (keyid === undefined || !/^[A-Za-z0-9_-]{43}$/.test(keyid))
    throw refused("`keyid` has to be the JWK SHA-256 thumbprint of the key (RFC 7638), as Base64url")
  if (created === undefined || expires === undefined || expires <= created)
    throw refused("the signature needs `created`, and `expires` after it")
  if (expires - created > maxLifeSeconds)
    throw refused(`a signature lasts for ${maxLifeSeconds} seconds at most here: let it expire sooner`)
  const algorithm = input.parameters.get("alg")
  if (algorithm !== undefined && algorithm !== "ed25519")
    throw refused("only `ed25519` is understood here: sign with an Ed25519 key")
  if (!covers(input, "@authority") && !covers(input, "@target-uri"))
    throw refused("the signature has to cover `@authority` or `@target-uri`")
  const url = agentOf(message, one)
  return { url, keyid, created, expires, input, base: signatureBase(message, input), signature }
}

/** The member of `Signature-Agent` that a signature covers; of several, the one under its own label. */
function agentOf(message: SignedMessage, { label, input }: HttpSignature): string {
  const covered = input.items.filter((item) => item.value === "signature-agent")
  const own = covered.length === 1 ? covered[0] : covered.find((item) => item.parameters.get("key") === label)
  if (own === undefined)
    throw refused("the signature has to cover the member of `signature-agent` that names its signer")
  const member = memberOf(message, own)
  const type = member.parameters.get("type") ?? { token: "directory" }
  if (typeof member.value !== "string" || typeof type !== "object" || !("token" in type))
    throw refused("a member of `signature-agent` is an https URL in quotes, with a token as its `type`")
  return agentUrlOf(member.value, type.token)
}

function memberOf(message: SignedMessage, own: Item): Item {
  const key = own.parameters.get("key")
  // Before the field was a dictionary it was one string, which stood for whoever signed.
  if (key === undefined) return bareAgentOf(message)
  const member = typeof key === "string" ? dictionaryOf(message, "signature-agent").get(key) : undefined
  if (member === undefined || isInnerList(member))
    throw refused("the signature covers a member of `signature-agent` that the request does not have")
  return member
}

function bareAgentOf(message: SignedMessage): Item {
  try {
    return parseItem(message.field("signature-agent").join(", "))
  } catch (cause) {
    throw refused(
      '`signature-agent` has to be covered member by member, as in `"signature-agent";key="sig1"`',
      cause,
    )
  }
}

/**
 * By what an agent is known: the address at which it publishes its keys, without query and fragment; for a directory that is the
 * well-known address at its origin. Throws Failure("signature_refused") for what is no such address.
 */
export function agentUrlOf(text: string, type: string): string {
  const url = text.length <= 2000 && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== "https:" || url.username !== "" || url.password !== "")
    throw refused("the address of a `signature-agent` has to be an https URL")
  switch (type) {
    case "directory":
      if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
        throw refused(
          "a `signature-agent` of the type `directory` is an origin, like `https://agent.example`",
        )
      return url.origin + directoryPath
    case "jwks_uri":
    case "cimd":
      return url.origin + url.pathname
    default:
      throw refused("the type of a `signature-agent` is `directory`, `jwks_uri` or `cimd`")
  }
}

export interface ToSign {
  readonly message: SignedMessage
  /** Names of components beside the signer; `content-digest` where there is a body. */
  readonly components: readonly string[]
  readonly agent: string
  readonly type?: SignatureAgentType
  readonly keyid: string
  readonly created: number
  readonly expires: number
  readonly nonce?: string
}

/** The header fields of a Web Bot Auth signature over a request. */
export function signWebBotAuth(
  { message, components, agent, type, keyid, created, expires, nonce }: ToSign,
  sign: Sign,
): Record<"signature-agent" | "signature-input" | "signature", string> {
  const member: Item = {
    value: agent,
    parameters: new Map(type === undefined ? [] : [["type", { token: type }]]),
  }
  const signatureAgent = `sig1=${serializeMember(member)}`
  const input: InnerList = {
    items: [
      ...components.map((name): Item => ({ value: name, parameters: new Map() })),
      { value: "signature-agent", parameters: new Map([["key", "sig1"]]) },
    ],
    parameters: new Map<string, string | number>([
      ["created", created],
      ["expires", expires],
      ["keyid", keyid],
      ["alg", "ed25519"],
      ...(nonce === undefined ? [] : ([["nonce", nonce]] as const)),
      ["tag", webBotAuthTag],
    ]),
  }
  const whole: SignedMessage = {
    ...message,
    field: (name) => (name === "signature-agent" ? [signatureAgent] : message.field(name)),
  }
  const signature = sign(new TextEncoder().encode(signatureBase(whole, input)))
  return {
    "signature-agent": signatureAgent,
    "signature-input": `sig1=${serializeMember(input)}`,
    signature: `sig1=:${toBase64(signature)}:`,
  }
}
