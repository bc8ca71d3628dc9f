import { hash, type KeyObject, X509Certificate } from "node:crypto"
import { revocationReasons } from "@hufu/core/contract/ca"
import { Failure, isFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import type { Clock } from "../../clock.ts"
import type { Authorities } from "../ca/authorities.ts"
import type { CaAddresses } from "../ca/ca-addresses.ts"
import type { Certificates, IssuedCertificate } from "../ca/certificates.ts"
import { chainOf } from "../ca/chain-of.ts"
import type { Holder, Holders } from "../ca/holders.ts"
import { requestedNames } from "../ca/requested-names.ts"
import { certificateOfSerial } from "../ca/serial-number.ts"
import { serialIn } from "../x509/serial-in.ts"
import { BadRequest, readSigningRequest, type SigningRequest } from "../x509/signing-request.ts"
import { spkiOf } from "../x509/suite-keys.ts"
import type { Account, Accounts } from "./accounts.ts"
import { type AcmeError, AcmeProblem } from "./acme-problem.ts"
import type { BindingFault, Bindings } from "./bindings.ts"
import {
  AccountJwk,
  decoded,
  FlatJws,
  payloadAs,
  publicKeyOf,
  type ReadJws,
  readJws,
  requireSigned,
  thumbprintOf,
} from "./jws.ts"
import type { Nonces } from "./nonces.ts"
import type { Order, Orders } from "./orders.ts"

export interface AcmeParts {
  readonly clock: Clock
  readonly addresses: () => CaAddresses
  readonly authorities: Authorities
  readonly certificates: Certificates
  readonly holders: Holders
  readonly bindings: Bindings
  readonly accounts: Accounts
  readonly orders: Orders
  readonly nonces: Nonces
}

/** What a signed request is answered with. */
export interface AcmeAnswer {
  readonly status: 200 | 201
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** A chain in PEM, instead of JSON. */
  readonly chain?: string
}

export interface Acme {
  directory(): unknown
  /** UNTRUSTED: one signed request to an address below that of the directory. Throws AcmeProblem. */
  post(path: string, body: string): Promise<AcmeAnswer>
}

const Usage = z.enum(["clientAuth", "serverAuth"])
const Contact = z.array(z.string().max(256)).max(10)
const NewAccount = z.strictObject({
  termsOfServiceAgreed: z.boolean().optional(),
  contact: Contact.optional(),
  onlyReturnExisting: z.boolean().optional(),
  externalAccountBinding: z.unknown().optional(),
})
const ChangeAccount = z.strictObject({
  contact: Contact.optional(),
  status: z.literal("deactivated").optional(),
  termsOfServiceAgreed: z.boolean().optional(),
})
const NewOrder = z.strictObject({
  identifiers: z
    .array(z.strictObject({ type: z.string().max(40), value: z.string().max(100), usage: Usage }))
    .min(1)
    .max(16),
  notBefore: z.iso.datetime({ offset: true }).optional(),
  notAfter: z.iso.datetime({ offset: true }).optional(),
})
const Finalize = z.strictObject({ csr: z.string().max(24_000) })
const RevokeCertificate = z.strictObject({
  certificate: z.string().max(24_000),
  reason: z.int().optional(),
})
const KeyChange = z.strictObject({ account: z.string().max(2000), oldKey: z.unknown() })
const Binding = z.strictObject({
  alg: z.literal("HS256"),
  kid: z.string().max(100),
  url: z.string().max(2000),
})

const dayMs = 86_400_000
const usages = { clientAuth: "client", serverAuth: "server" } as const

/** Issues certificates by ACME (RFC 8555) as ACPs changes it (ATR): an account is bound to one agent, and an order needs no challenge. */
export function createAcme(parts: AcmeParts): Acme {
  const { accounts, authorities, certificates, clock, holders, orders } = parts
  const at = (path: string) => parts.addresses().acme(path)

  /** A request by an account, or by a key where `jwk` is asked for; its nonce is used by then. */
  function opened(path: string, body: string): ReadJws & { key: KeyObject; account: Account | undefined } {
    const read = readJws(parsed(body))
    if ((read.kid === undefined) === (read.jwk === undefined))
      throw new AcmeProblem("MALFORMED", "name your key by `kid` or by `jwk`, by one of them")
    const account = read.kid === undefined ? undefined : accountOf(read.kid)
    const jwk = read.jwk ?? account?.jwk
    if (jwk === undefined || jwk === null) throw noAccount()
    const key = publicKeyOf(jwk)
    requireSigned(read, key)
    // RFC 8555 §6.4: what was signed for one address is taken at no other.
    if (read.url !== at(path))
      throw new AcmeProblem("UNAUTHORIZED", "the request was signed for another `url`: sign it for this one")
    if (read.nonce === undefined || !parts.nonces.use(read.nonce))
      throw new AcmeProblem(
        "BAD_NONCE",
        "the nonce is not good any more: sign again with the one of this answer",
      )
    if (account !== undefined) requireLive(account)
    return { ...read, ...(read.jwk === undefined ? {} : { jwk: canonical(key) }), key, account }
  }

  function accountOf(kid: string): Account {
    const start = at("acct/")
    const found = kid.startsWith(start) ? accounts.get(kid.slice(start.length)) : undefined
    if (found === undefined) throw noAccount()
    return found
  }

  function requireLive({ state, holder }: Account): Holder {
    if (state !== "live")
      throw new AcmeProblem("UNAUTHORIZED", "this account is closed: open another with a new binding")
    const found = holders.find(holder)
    if (found === undefined || found.state === "revoked")
      throw new AcmeProblem("UNAUTHORIZED", "the agent of this account is out of service for good")
    return found
  }

  function byAccount(request: ReturnType<typeof opened>): Account {
    if (request.account !== undefined) return request.account
    throw new AcmeProblem("MALFORMED", "name your account by `kid` here")
  }

  async function newAccount(path: string, body: string): Promise<AcmeAnswer> {
    const { jwk, payload, account } = opened(path, body)
    if (jwk === undefined || account !== undefined)
      throw new AcmeProblem("MALFORMED", "name your key by `jwk` here")
    const asked = payloadAs(NewAccount, payload)
    const existing = accounts.byKey(jwk)
    if (existing !== undefined) return accountAnswer(existing, 200)
    if (asked.onlyReturnExisting === true) throw noAccount()
    const contact = checkedContact(asked.contact ?? [])
    if (asked.externalAccountBinding === undefined)
      throw new AcmeProblem(
        "EXTERNAL_ACCOUNT_REQUIRED",
        "an account needs a binding to its agent: a person gets one with `hufu ca account AGENT`",
      )
    authorities.active("intermediate")
    const { taken, keyId } = takeBinding(asked.externalAccountBinding, jwk)
    try {
      const { holder, write } = taken
      return accountAnswer(await accounts.open({ holder, jwk, contact, binding: keyId, write }), 201)
    } catch (error) {
      taken.giveBack()
      throw error
    }
  }

  function takeBinding(value: unknown, jwk: AccountJwk) {
    const jws = FlatJws.safeParse(value).data
    if (jws === undefined) throw new AcmeProblem("MALFORMED", "the binding is no flattened JWS: sign it anew")
    const { kid, url } = payloadAs(Binding, decoded(jws.protected))
    if (url !== at("new-account"))
      throw new AcmeProblem("MALFORMED", "the binding is signed for another `url`: sign it for this one")
    const bound = payloadAs(AccountJwk, decoded(jws.payload))
    if (thumbprintOf(canonical(publicKeyOf(bound))) !== thumbprintOf(jwk))
      throw new AcmeProblem(
        "MALFORMED",
        "the binding is of another key than the account: sign it for this key",
      )
    const signature = decoded(jws.signature)
    const taken = parts.bindings.take({ keyId: kid, input: `${jws.protected}.${jws.payload}`, signature })
    if ("fault" in taken) throw bindingProblems[taken.fault]()
    const holder = holders.find(taken.holder)
    if (holder?.state === "live") return { taken, keyId: kid }
    taken.giveBack()
    throw new AcmeProblem("UNAUTHORIZED", "the agent of this binding is out of service")
  }

  function accountAnswer({ id, state, contact }: Account, status: 200 | 201): AcmeAnswer {
    return {
      status,
      headers: { location: at(`acct/${id}`) },
      json: {
        status: state === "live" ? "valid" : "deactivated",
        contact,
        termsOfServiceAgreed: true,
        orders: at(`acct/${id}/orders`),
      },
    }
  }

  async function account(path: string, body: string, id: string): Promise<AcmeAnswer> {
    const request = opened(path, body)
    const own = byAccount(request)
    if (own.id !== id) throw new AcmeProblem("UNAUTHORIZED", "this is another account")
    if (request.payload.length === 0) return accountAnswer(own, 200)
    const { contact, status } = payloadAs(ChangeAccount, request.payload)
    if (status === "deactivated") return accountAnswer(await accounts.close(own), 200)
    if (contact === undefined) return accountAnswer(own, 200)
    return accountAnswer(await accounts.contact(own, checkedContact(contact)), 200)
  }

  async function newOrder(path: string, body: string): Promise<AcmeAnswer> {
    const request = opened(path, body)
    const own = byAccount(request)
    const { identifiers, notBefore, notAfter } = payloadAs(NewOrder, request.payload)
    const [identifier, ...more] = identifiers
    if (identifier === undefined || more.length > 0)
      throw new AcmeProblem(
        "UNSUPPORTED_IDENTIFIER",
        "a certificate names one agent for one usage: order each",
      )
    if (identifier.type !== "agent")
      throw new AcmeProblem("UNSUPPORTED_IDENTIFIER", "the type of an identifier is `agent`")
    const holder = holders.holderOf(identifier.value)
    // Of an AIC that is not this account's own, nothing is told.
    if (holder === undefined || holder.id !== own.holder)
      throw new AcmeProblem("INVALID_IDENTIFIER", "this account is not bound to that AIC")
    if (holder.state !== "live")
      throw new AcmeProblem("UNAUTHORIZED", "this agent is suspended: a person has to resume it first")
    const days = daysUntil(notBefore, notAfter)
    const order = orders.open({
      account: own.id,
      aic: holder.aic,
      usage: usages[identifier.usage],
      days: days ?? holder.days,
    })
    return orderAnswer(order, 201)
  }

  function daysUntil(notBefore: string | undefined, notAfter: string | undefined): number | undefined {
    const now = clock.now()
    if (notBefore !== undefined && Math.abs(Date.parse(notBefore) - now) > dayMs)
      throw new AcmeProblem("MALFORMED", "certificates hold from now on: leave `notBefore` out")
    if (notAfter === undefined) return undefined
    const days = Math.floor((Date.parse(notAfter) - now) / dayMs)
    if (days >= 1) return days
    throw new AcmeProblem("MALFORMED", "`notAfter` is less than a day away: ask for longer")
  }

  function orderAnswer(order: Order, status: 200 | 201): AcmeAnswer {
    const { id, aic, usage, expiresAt, certificate } = order
    return {
      status,
      headers: { location: at(`order/${id}`) },
      json: {
        status: order.status,
        expires: new Date(expiresAt).toISOString(),
        identifiers: [{ type: "agent", value: aic, usage: `${usage}Auth` }],
        authorizations: [at(`authz/${id}`)],
        finalize: at(`order/${id}/finalize`),
        ...(certificate === undefined ? {} : { certificate: at(`cert/${certificate}`) }),
      },
    }
  }

  async function finalize(path: string, body: string, id: string): Promise<AcmeAnswer> {
    const request = opened(path, body)
    const own = byAccount(request)
    const order = orders.need(id, own.id)
    const { csr } = payloadAs(Finalize, request.payload)
    if (order.status !== "ready")
      throw new AcmeProblem("ORDER_NOT_READY", `this order is ${order.status} already: place another`)
    const holder = requireLive(own)
    const wanted = signingRequest(csr)
    // RFC 8555 §11.1: whoever has the key of a certificate must not have the account by it.
    if (hash("sha256", spkiOf(wanted.publicKey), "hex") === hash("sha256", spkiOf(request.key), "hex"))
      throw new AcmeProblem(
        "KEY_IN_USE",
        "the certificate's key is the account's: make another for the certificate",
      )
    const names = requestedNames(wanted, { holder, usage: order.usage })
    if ("fault" in names) throw new AcmeProblem("INVALID_IDENTIFIER", names.fault)
    order.status = "processing"
    try {
      const { record } = await certificates.issue({
        holder,
        usage: order.usage,
        publicKey: wanted.publicKey,
        suite: wanted.suite,
        names,
        days: order.days,
        account: own.id,
        by: own.id,
      })
      order.certificate = record.id
      order.status = "valid"
    } catch (error) {
      order.status = "ready"
      throw error
    }
    return orderAnswer(order, 200)
  }

  async function certificate(path: string, body: string, id: string): Promise<AcmeAnswer> {
    const own = byAccount(opened(path, body))
    const found = certificates.find(id)
    if (found === undefined || found.record.holder !== own.holder || found.certificate.length === 0)
      throw new AcmeProblem("CERTIFICATE_NOT_FOUND", "there is no such certificate of this account's agent")
    return { status: 200, chain: chainOf(found, authorities) }
  }

  async function revokeCertificate(path: string, body: string): Promise<AcmeAnswer> {
    const request = opened(path, body)
    const { certificate: text, reason = 0 } = payloadAs(RevokeCertificate, request.payload)
    const word = revocationReasons[reason]
    if (word === undefined)
      throw new AcmeProblem(
        "MALFORMED",
        `a reason is 0 to ${revocationReasons.length - 1}: give one of these`,
      )
    const found = ownedBytes(text)
    if (found === undefined)
      throw new AcmeProblem("CERTIFICATE_NOT_FOUND", "this authority did not issue that certificate")
    // An account of its agent, or whoever has its key (RFC 8555 §7.6).
    const isAgents = request.account !== undefined && request.account.holder === found.record.holder
    const isOwnKey = request.account === undefined && keyIn(found).equals(request.key)
    if (!isAgents && !isOwnKey)
      throw new AcmeProblem("UNAUTHORIZED", "only its agent's accounts and its own key revoke a certificate")
    if (found.record.state === "revoked")
      throw new AcmeProblem("ALREADY_REVOKED", "this certificate is revoked already")
    const by = request.account?.id ?? found.record.holder
    const { record } = await certificates.revoke(found.record.id, { reason: word, by })
    return {
      status: 200,
      json: {
        status: "success",
        revocation_date: new Date(record.revokedAt ?? clock.now()).toISOString(),
        reason,
      },
    }
  }

  function ownedBytes(text: string): IssuedCertificate | undefined {
    const bytes = decoded(text)
    let id: string | undefined
    try {
      id = certificateOfSerial(serialIn(bytes))
    } catch (cause) {
      if (isFailure(cause))
        throw new AcmeProblem("INVALID_CERTIFICATE_FORMAT", "this is no certificate in DER", { cause })
      throw cause
    }
    const found = id === undefined ? undefined : certificates.find(id)
    return found !== undefined && Buffer.compare(found.certificate, bytes) === 0 ? found : undefined
  }

  async function keyChange(path: string, body: string): Promise<AcmeAnswer> {
    const request = opened(path, body)
    const own = byAccount(request)
    const inner = readJws(parsed(Buffer.from(request.payload).toString("utf8")))
    if (inner.jwk === undefined || inner.kid !== undefined || inner.nonce !== undefined)
      throw new AcmeProblem(
        "MALFORMED",
        "the inner JWS names the new key by `jwk`, and has no `kid` or `nonce`",
      )
    const key = publicKeyOf(inner.jwk)
    requireSigned(inner, key)
    const { account: named, oldKey } = payloadAs(KeyChange, inner.payload)
    const old = AccountJwk.safeParse(oldKey).data
    const isOld = old !== undefined && thumbprintOf(canonical(publicKeyOf(old))) === own.key
    if (inner.url !== at(path) || named !== at(`acct/${own.id}`) || !isOld)
      throw new AcmeProblem("MALFORMED", "the inner JWS is not about this account and its key: sign it anew")
    const taken = accounts.byKey(canonical(key))
    if (taken !== undefined)
      throw new AcmeProblem("KEY_IN_USE", "an account has that key already: make another", {
        headers: { location: at(`acct/${taken.id}`) },
      })
    return accountAnswer(await accounts.rekey(own, canonical(key)), 200)
  }

  async function authorization(path: string, body: string, id: string): Promise<AcmeAnswer> {
    const own = byAccount(opened(path, body))
    try {
      const { aic, expiresAt } = orders.need(id, own.id)
      return {
        status: 200,
        json: {
          status: "valid",
          expires: new Date(expiresAt).toISOString(),
          identifier: { type: "agent", value: aic },
          challenges: [],
        },
      }
    } catch (error) {
      if (error instanceof AcmeProblem && error.error === "ORDER_NOT_FOUND")
        throw new AcmeProblem("AUTHORIZATION_NOT_FOUND", "there is no such authorization of this account")
      throw error
    }
  }

  const rows: readonly [RegExp, (path: string, body: string, id: string) => Promise<AcmeAnswer>][] = [
    [/^new-account$/, newAccount],
    [/^new-order$/, newOrder],
    [/^revoke-cert$/, revokeCertificate],
    [/^key-change$/, keyChange],
    [/^acct\/(acc_[0-9a-z]{26})$/, account],
    [
      /^acct\/(acc_[0-9a-z]{26})\/orders$/,
      async (path, body, id) => {
        if (byAccount(opened(path, body)).id !== id)
          throw new AcmeProblem("UNAUTHORIZED", "this is another account")
        return { status: 200, json: { orders: orders.of(id).map((each) => at(`order/${each}`)) } }
      },
    ],
    [
      /^order\/(ord_[0-9a-z]{26})$/,
      async (path, body, id) => orderAnswer(orders.need(id, byAccount(opened(path, body)).id), 200),
    ],
    [/^order\/(ord_[0-9a-z]{26})\/finalize$/, finalize],
    [/^authz\/(ord_[0-9a-z]{26})$/, authorization],
    [/^cert\/(crt_[0-9a-z]{26})$/, certificate],
  ]

  return {
    directory: () => ({
      newNonce: at("new-nonce"),
      newAccount: at("new-account"),
      newOrder: at("new-order"),
      newAuthz: null,
      revokeCert: at("revoke-cert"),
      keyChange: at("key-change"),
      meta: { externalAccountRequired: true },
    }),
    async post(path, body) {
      for (const [pattern, answer] of rows) {
        const found = pattern.exec(path)
        if (found === null) continue
        try {
          return await answer(path, body, found[1] ?? "")
        } catch (error) {
          throw asProblem(error)
        }
      }
      throw new AcmeProblem(notFoundOf(path), "there is nothing at this address: ask the directory")
    },
  }
}

/** Something of the right name that no id of ours can be. */
function notFoundOf(path: string): AcmeError {
  if (path.startsWith("order/")) return "ORDER_NOT_FOUND"
  if (path.startsWith("authz/")) return "AUTHORIZATION_NOT_FOUND"
  if (path.startsWith("cert/")) return "CERTIFICATE_NOT_FOUND"
  return path.startsWith("acct/") ? "ACCOUNT_NOT_FOUND" : "MALFORMED_REQUEST"
}

function asProblem(error: unknown): AcmeProblem {
  if (error instanceof AcmeProblem) return error
  if (!(error instanceof Failure))
    return new AcmeProblem("SERVER_INTERNAL", "something went wrong inside: try again", { cause: error })
  const refused = ["agent_suspended", "agent_revoked", "version_changed", "forbidden"]
  if (refused.includes(error.code)) return new AcmeProblem("UNAUTHORIZED", error.message)
  if (error.code === "too_many" || error.code === "overloaded")
    return new AcmeProblem("RATE_LIMITED", error.message, { headers: { "retry-after": "60" } })
  if (error.code === "already_exists") return new AcmeProblem("ALREADY_REVOKED", error.message)
  return new AcmeProblem("SERVER_INTERNAL", error.message, { cause: error })
}

function parsed(body: string): unknown {
  try {
    return parseStrict(body)
  } catch (cause) {
    throw new AcmeProblem("MALFORMED", "the request is no JSON: send a flattened JWS", { cause })
  }
}

function signingRequest(text: string): SigningRequest {
  const errors = {
    malformed: "MALFORMED",
    algorithm: "UNSUPPORTED_ALGORITHM",
    signature: "BAD_SIGNATURE",
  } as const
  try {
    return readSigningRequest(decoded(text))
  } catch (error) {
    if (error instanceof BadRequest) throw new AcmeProblem(errors[error.fault], error.message)
    throw error
  }
}

const bindingProblems: Readonly<Record<BindingFault, () => AcmeProblem>> = {
  unknown: () =>
    new AcmeProblem("EXTERNAL_ACCOUNT_REQUIRED", "this binding is not known here: a person gets another"),
  used: () =>
    new AcmeProblem("EXTERNAL_ACCOUNT_REQUIRED", "this binding was used already: a person gets another"),
  expired: () =>
    new AcmeProblem("EXTERNAL_ACCOUNT_REQUIRED", "this binding has run out: a person gets another"),
  signature: () => new AcmeProblem("BAD_SIGNATURE", "the binding is not signed by its key: sign it anew"),
}

/** UNTRUSTED: how an account's people want to be reached; mail addresses alone, and one in each. */
function checkedContact(contact: readonly string[]): string[] {
  for (const each of contact) {
    if (!each.startsWith("mailto:"))
      throw new AcmeProblem("UNSUPPORTED_CONTACT", "a contact is a `mailto:` address: give one of these")
    if (!/^mailto:[^\s@,?;<>"]{1,64}@[^\s@,?;<>"]{1,180}$/.test(each))
      throw new AcmeProblem("INVALID_CONTACT", "a contact is one plain mail address: give one of these")
  }
  return [...contact]
}

/** One spelling of a key, so that nobody has two accounts by one. */
function canonical(key: KeyObject): AccountJwk {
  const { kty, crv, x, y, n, e } = key.export({ format: "jwk" })
  return AccountJwk.parse(
    Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)),
  )
}

function keyIn({ certificate }: IssuedCertificate): KeyObject {
  return new X509Certificate(certificate).publicKey
}

function noAccount(): AcmeProblem {
  return new AcmeProblem("ACCOUNT_NOT_FOUND", "there is no account with this key: open one with a binding")
}
