import { revocationReasons } from "@hufu/core/contract/ca"
import { Failure, isFailure } from "@hufu/core/failure"
import { fromBase64 } from "@hufu/core/evidence/base64"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import { AcmeProblem } from "../../identity/acme/acme-problem.ts"
import { caBase } from "../../identity/ca/ca-addresses.ts"
import type { CertificateAuthority } from "../../identity/ca/certificate-authority.ts"
import { certificateOfSerial } from "../../identity/ca/serial-number.ts"
import { fromPem, toPem } from "../../identity/x509/pem.ts"
import { serialIn } from "../../identity/x509/serial-in.ts"
import { actorOf, mayLook, type OperationContext } from "../../operation/context.ts"
import { requireFresh } from "../../authority/person-proof.ts"
import type { Clock } from "../../clock.ts"

export interface CaDoorParts {
  readonly ca: CertificateAuthority
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

const maxBodyBytes = 64 * 1024
const maxOcspBytes = 8 * 1024
const pemType = "application/x-pem-file"
const derType = "application/pkix-cert"
const crlType = "application/pkix-crl"
const ocspType = "application/ocsp-response"

/**
 * UNTRUSTED: everything below `/acps-atr-v2/` that ACPs' authority answers (ATR): ACME, lists, OCSP and the trust bundle to everybody who
 * reaches the node; what changes something for others, only to whom `identify` says. Undefined where there is nothing.
 */
export async function serveCa(
  request: Request,
  parts: CaDoorParts,
  identify: () => OperationContext,
): Promise<Response | undefined> {
  // As it came: a question in an address may hold two slashes in a row, which are part of it.
  const path = new URL(request.url).pathname.slice(caBase.length + 1)
  if (path.startsWith("acme/")) return acme(request, path.slice("acme/".length), parts)
  const read = request.method === "GET" || request.method === "HEAD"
  if (path === "ocsp" || path === "ocsp/" || (path.startsWith("ocsp/") && !isOcspPage(path)))
    return ocsp(request, path.slice("ocsp/".length), parts)
  if (read) return reading(request, path, parts) ?? retrieval(request, path, parts, identify)
  if (request.method === "POST") return changing(request, path, parts, identify)
  return undefined
}

const ocspPages = new Set(["ocsp/responder/info", "ocsp/stats"])
const isOcspPage = (path: string) => ocspPages.has(path) || path.startsWith("ocsp/certificate/")

async function acme(request: Request, path: string, { ca, onError }: CaDoorParts): Promise<Response> {
  const nonce = () => ({ "replay-nonce": ca.nonces.fresh(), "cache-control": "no-store" })
  const links = { link: `<${ca.addresses().directory}>;rel="index"` }
  try {
    if (request.method === "GET" || request.method === "HEAD") {
      if (path === "directory") return json(ca.acme.directory())
      if (path === "new-nonce")
        return new Response(null, {
          status: request.method === "HEAD" ? 200 : 204,
          headers: { ...nonce(), ...links },
        })
      if (path === "ca-cert") return ofType(pemType, ca.bundle().pem)
      throw new AcmeProblem("MALFORMED_REQUEST", "send signed requests here: ask the directory for addresses")
    }
    if (request.method !== "POST") throw new AcmeProblem("MALFORMED_REQUEST", "use POST here")
    if (typeOf(request) !== "application/jose+json")
      throw new AcmeProblem("MALFORMED_REQUEST", "send a JWS with `Content-Type: application/jose+json`")
    const body = new TextDecoder().decode(await bytesOf(request, maxBodyBytes))
    const answer = await ca.acme.post(path, body)
    const headers = { ...nonce(), ...links, ...answer.headers }
    return answer.chain === undefined
      ? json(answer.json, { status: answer.status, headers })
      : ofType("application/pem-certificate-chain", answer.chain, headers)
  } catch (error) {
    const problem = acmeProblemOf(error)
    if (problem.error === "SERVER_INTERNAL") onError(problem.cause ?? problem)
    const { error: name, message: detail, status, members } = problem
    return json(
      { ...members, type: `urn:ietf:params:acme:error:${name}`, detail, status },
      { status, type: "application/problem+json", headers: { ...nonce(), ...links, ...problem.headers } },
    )
  }
}

function acmeProblemOf(error: unknown): AcmeProblem {
  if (error instanceof AcmeProblem) return error
  if (isFailure(error, "too_large")) return new AcmeProblem("MALFORMED_REQUEST", error.message)
  return new AcmeProblem("SERVER_INTERNAL", "something went wrong inside: try again", { cause: error })
}

async function ocsp(request: Request, encoded: string, { ca }: CaDoorParts): Promise<Response | undefined> {
  if (request.method === "POST") {
    if (encoded !== "") return undefined
    if (typeOf(request) !== "application/ocsp-request")
      throw new Failure(
        "unsupported_media_type",
        "send a question with `Content-Type: application/ocsp-request`",
      )
    return ofType(ocspType, await ca.responder.answer(await bytesOf(request, maxOcspBytes)))
  }
  if (request.method !== "GET" || encoded === "") return undefined
  if (encoded.length > maxOcspBytes) throw tooLarge()
  // What cannot be read is answered as the protocol answers.
  return ofType(ocspType, await ca.responder.answer(questionIn(encoded) ?? new Uint8Array()))
}

/** RFC 6960 A.1: base64, made fit for an address; some write it as base64url. */
function questionIn(encoded: string): Uint8Array | undefined {
  try {
    const text = decodeURIComponent(encoded).replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "")
    return fromBase64(text.padEnd(Math.ceil(text.length / 4) * 4, "="))
  } catch {
    return undefined
  }
}

/** What everybody may read. */
function reading(request: Request, path: string, { ca }: CaDoorParts): Response | undefined {
  const { authorities, certificates, lists, responder } = ca
  if (path === "ca/trust-bundle") return bundle(request, ca)
  const issuer = /^ca\/issuer\/(cau_[0-9a-z]{26})$/.exec(path)?.[1]
  if (issuer !== undefined) {
    const found = authorities.find(issuer)
    return found && ofType(derType, found.certificate)
  }
  if (path === "crl" || path === "crl/current") return crl(ca)
  if (path === "crl/current/pem") return ofType(pemType, toPem("X509 CRL", lists.current().der))
  if (path === "crl/info" || path === "crl/detail") return json(crlInfo(ca, path === "crl/detail"))
  if (path === "crl/distribution-points")
    return json({
      distribution_points: authorities
        .all()
        .map(({ id, role, state }) => ({ authority: id, role, state, url: ca.addresses().crl(id) })),
    })
  const listed = /^crl\/(cau_[0-9a-z]{26})$/.exec(path)?.[1]
  if (listed !== undefined) return authorities.find(listed) && crl(ca, listed)
  if (path === "ocsp/responder/info") return json({ url: ca.addresses().ocsp, ...responder.state() })
  if (path === "ocsp/stats") return json({ answered: responder.state().answered })
  const serial = /^ocsp\/certificate\/([0-9A-Fa-f]{2,40})$/.exec(path)?.[1]
  return serial === undefined ? undefined : simpleStatus(serial, { authorities, certificates })
}

function bundle(request: Request, ca: CertificateAuthority): Response {
  const { pem, etag, changedAt } = ca.bundle()
  const headers = {
    etag,
    "last-modified": new Date(changedAt).toUTCString(),
    "cache-control": "public, max-age=3600, no-transform, must-revalidate",
  }
  const known = (request.headers.get("if-none-match") ?? "").slice(0, 2000).split(",")
  if (known.some((each) => each.trim().replace(/^W\//, "") === etag || each.trim() === "*"))
    return new Response(null, { status: 304, headers })
  return ofType(pemType, pem, headers)
}

function crl({ lists }: CertificateAuthority, authority?: string): Response {
  const list = lists.current(authority)
  return ofType(crlType, list.der, {
    "last-modified": new Date(list.from).toUTCString(),
    etag: `"${list.number}"`,
    "cache-control": "public, max-age=60, must-revalidate",
  })
}

function crlInfo(ca: CertificateAuthority, isWhole: boolean) {
  const { lists, authorities } = ca
  const { authority, number, from, next, der, revoked } = lists.current()
  const common = {
    version: String(number),
    authority,
    issuer_state: authorities.find(authority)?.state,
    this_update: new Date(from).toISOString(),
    next_update: new Date(next).toISOString(),
    revoked_certificates_count: revoked.length,
    crl_size: der.length,
    distribution_point: ca.addresses().crl(authority),
  }
  if (!isWhole) return common
  return {
    ...common,
    revoked_certificates: revoked.map(({ serial, at, reason }) => ({
      serial_number: serial.toUpperCase(),
      revocation_date: new Date(at).toISOString(),
      reason: revocationReasons[reason] ?? "certificate-hold",
    })),
  }
}

function simpleStatus(
  serial: string,
  { authorities, certificates }: Pick<CertificateAuthority, "authorities" | "certificates">,
): Response | undefined {
  if (serial.length % 2 !== 0) return undefined
  const bytes = Buffer.from(serial, "hex")
  const id = certificateOfSerial(bytes)
  const found = id === undefined ? undefined : certificates.find(id)
  const issuer = found && authorities.find(found.record.issuer)
  const status = issuer === undefined ? ({ is: "unknown" } as const) : certificates.statusOf(bytes, issuer)
  return json({
    serialNumber: serial.toUpperCase(),
    certificateStatus: status.is,
    ...(status.is === "revoked"
      ? {
          revocationTime: new Date(status.at).toISOString(),
          revocationReason: revocationReasons[status.reason] ?? "certificate-hold",
        }
      : {}),
  })
}

/** The certificate that an agent has now: to whoever may look at this node. */
function retrieval(
  request: Request,
  path: string,
  { ca, clock }: CaDoorParts,
  identify: () => OperationContext,
): Response | undefined {
  if (path !== "ca/retrieve/aic" && path !== "ca/retrieve/aic/") return undefined
  requireLook(identify())
  const query = new URL(request.url).searchParams
  const aic = query.get("aic") ?? ""
  const serial = query.get("version")?.toLowerCase()
  const holder = ca.holders.holderOf(aic)
  const found = holder && ca.certificates.of(holder.id).find((each) => isWanted(ca, each.record.id, serial))
  if (holder === undefined || found === undefined)
    throw new Failure("not_found", "this agent has no certificate: it orders one by ACME")
  return json(retrieved(clock, found))
}

function isWanted(ca: CertificateAuthority, id: string, serial: string | undefined): boolean {
  const { record } = ca.certificates.need(id)
  if (serial !== undefined) return record.serial === serial
  return ca.certificates.shown(ca.certificates.need(id)).status === "good"
}

function retrieved(
  clock: Clock,
  { aic, certificate, record }: { aic: string; certificate: Uint8Array; record: { serial: string } },
) {
  return {
    aic,
    cert: toPem("CERTIFICATE", certificate),
    version: record.serial,
    retrievedAt: new Date(clock.now()).toISOString(),
  }
}

const RevokeNotify = z.strictObject({
  aic: z.string().max(100),
  reason: z
    .int()
    .min(0)
    .max(revocationReasons.length - 1)
    .default(0),
})
const RetrieveByPem = z.strictObject({ certPem: z.string().max(24_000) })

async function changing(
  request: Request,
  path: string,
  { ca, clock }: CaDoorParts,
  identify: () => OperationContext,
): Promise<Response | undefined> {
  const binding = /^eab\/([0-9A-Za-z.]{1,100})$/.exec(path)?.[1]
  if (binding !== undefined) {
    const context = identify()
    requireFresh(context.session, clock)
    const holder = ca.holders.holderOf(binding)
    // The person of this node owns every agent of it, and none of anybody else.
    if (holder === undefined) return problem("AIC_NOT_OWNED", 403, "no agent of this node has that AIC")
    if (holder.state !== "live") return problem("AIC_INACTIVE", 403, "this agent is out of service")
    const { keyId, macKey, expiresAt } = await ca.bindings.issue(holder, actorOf(context))
    const body = { keyId, macKey, aic: holder.aic, expiresAt: new Date(expiresAt).toISOString() }
    return json(body, { status: 201 })
  }
  if (path === "ca/revoke-notify") {
    const context = identify()
    requireLook(context)
    const { aic, reason } = await bodyAs(RevokeNotify, request)
    const holder = ca.holders.holderOf(aic)
    if (holder === undefined) throw new Failure("not_found", "no agent of this node has that AIC")
    const word = revocationReasons[reason] ?? "unspecified"
    const revoked = await ca.certificates.revokeAll(holder.id, { reason: word, by: actorOf(context) })
    return json({
      aic: holder.aic,
      revocationReason: word,
      revokedAt: new Date(clock.now()).toISOString(),
      revokedCertCount: revoked.length,
    })
  }
  if (path !== "ca/retrieve/cert") return undefined
  requireLook(identify())
  const bytes = fromPem("CERTIFICATE", (await bodyAs(RetrieveByPem, request)).certPem)
  const id = certificateOfSerial(serialIn(bytes))
  const found = id === undefined ? undefined : ca.certificates.find(id)
  if (found === undefined || Buffer.compare(found.certificate, bytes) !== 0)
    throw new Failure("not_found", "this authority did not issue that certificate")
  return json(retrieved(clock, found))
}

function requireLook(context: OperationContext): void {
  if (mayLook(context)) return
  throw new Failure(
    "unauthenticated",
    "sign in first: run `hufu signin` on this computer, or use the `hufu` command there",
    { extra: { needs: "browser" } },
  )
}

async function bodyAs<T>(schema: z.ZodType<T>, request: Request): Promise<T> {
  if (typeOf(request) !== "application/json")
    throw new Failure("unsupported_media_type", "send JSON with `Content-Type: application/json`")
  const text = new TextDecoder().decode(await bytesOf(request, maxBodyBytes))
  const parsed = schema.safeParse(parseStrict(text))
  if (parsed.success) return parsed.data
  const at = parsed.error.issues[0]?.path.join("/") ?? ""
  throw new Failure("invalid_input", `correct \`${at === "" ? "the body" : at.slice(0, 80)}\``)
}

/** UNTRUSTED: a body, not a byte more than may be. */
async function bytesOf(request: Request, max: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? "0") > max) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > max) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): Failure {
  return new Failure("too_large", "a request here has at most 64 KiB, a question by OCSP 8 KiB: send less")
}

function typeOf(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
}

interface Shape {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

function json(
  body: unknown,
  { status = 200, type = "application/json", headers = {} }: Shape = {},
): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": type, ...headers } })
}

function problem(code: string, status: number, detail: string): Response {
  return json(
    { type: `urn:acps:error:eab:${code}`, title: code, status, detail, code },
    { status, type: "application/problem+json" },
  )
}

function ofType(
  type: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Response {
  // A view is a body as well as what it is a view of.
  return new Response(body as ConstructorParameters<typeof Response>[0], {
    headers: { "content-type": type, ...headers },
  })
}
