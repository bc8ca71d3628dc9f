import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import { issuerHashes } from "../x509/issuer-hashes.ts"
import { type CertificateId, readOcspRequest } from "../x509/ocsp-request.ts"
import { ocspError, signOcspResponse } from "../x509/ocsp-response.ts"
import { generateKey, type Signer, signerOf } from "../x509/suite-keys.ts"
import type { Authorities, Authority } from "./authorities.ts"
import { type Certificates, nodeHolder } from "./certificates.ts"

export interface OcspResponder {
  /** UNTRUSTED: answers a question as it came, always with an answer of the protocol. */
  answer(request: Uint8Array): Promise<Uint8Array>
  /** The responder signs by another key from now on. */
  forget(): void
  state(): { responders: { authority: string; certificate: string; until: number }[]; answered: number }
}

interface Responder {
  readonly signer: Signer
  readonly id: string
  readonly certificate: Uint8Array
  readonly until: number
}

/** How long an answer is good. */
const validMs = 300_000
/** A key of a responder serves half of its certificate's life. */
const renewMs = 3.5 * 86_400_000

interface Parts {
  readonly clock: Clock
  readonly authorities: Authorities
  readonly certificates: Certificates
  readonly onError: (error: unknown) => void
}

/**
 * Answers about certificates by keys of its own, one for each authority, each made when somebody asks first and held in memory alone: the
 * authority's key signs no answer to a stranger, and a key that is lost is made again.
 */
export function ocspResponder({ clock, authorities, certificates, onError }: Parts): OcspResponder {
  const responders = new Map<string, Promise<Responder>>()
  const until = new Map<string, Responder>()
  let answered = 0

  function responderOf(authority: Authority): Promise<Responder> {
    const ready = until.get(authority.id)
    const isFresh = ready === undefined || ready.until - clock.now() > renewMs
    const known = isFresh ? responders.get(authority.id) : undefined
    if (known !== undefined) return known
    const making = make(authority)
    responders.set(authority.id, making)
    until.delete(authority.id)
    making.then(
      (responder) => void until.set(authority.id, responder),
      () => void responders.delete(authority.id),
    )
    return making
  }

  async function make(authority: Authority): Promise<Responder> {
    const { suite } = authority.signer()
    const key = await generateKey(suite)
    const signer = signerOf(key, suite)
    const { record, certificate } = await certificates.issue({
      holder: nodeHolder,
      usage: "ocsp",
      publicKey: signer.publicKey,
      suite,
      names: { commonName: `OCSP responder of ${authority.id.slice(-8)}`, uri: [], dns: [], ip: [] },
      days: undefined,
      account: null,
      by: nodeHolder,
      issuer: authority,
    })
    return { signer, id: record.id, certificate, until: record.until }
  }

  const hashes = new Map<string, ReturnType<typeof issuerHashes>>()

  function hashesOf({ id, subject, publicKey }: Authority): ReturnType<typeof issuerHashes> {
    const known = hashes.get(id) ?? issuerHashes(subject, publicKey)
    hashes.set(id, known)
    return known
  }

  function issuerOf({ hash, issuerName, issuerKey }: CertificateId): Authority | undefined {
    if (hash === "other") return undefined
    return authorities.all().find((each) => {
      const of = hashesOf(each)[hash]
      return (
        each.role === "intermediate" &&
        Buffer.compare(of.name, issuerName) === 0 &&
        Buffer.compare(of.key, issuerKey) === 0
      )
    })
  }

  async function respond(request: Uint8Array): Promise<Uint8Array> {
    const { asked, nonce } = readOcspRequest(request)
    const issuers = asked.map(issuerOf)
    const [issuer] = issuers
    // One signature speaks for one issuer (RFC 6960 §2.2); of others nobody here knows anything.
    if (issuer === undefined || issuers.some((each) => each?.id !== issuer.id))
      return ocspError("unauthorized")
    const responder = await responderOf(issuer)
    const at = Math.floor(clock.now() / 1000) * 1000
    const answers = asked.map(({ raw, serial }) => ({
      id: raw,
      status: certificates.statusOf(serial, issuer),
    }))
    return signOcspResponse(
      { at, next: at + validMs, answers, nonce, certificate: responder.certificate },
      responder.signer,
    )
  }

  return {
    async answer(request) {
      answered += 1
      try {
        return await respond(request)
      } catch (error) {
        if (error instanceof Failure && error.code === "invalid_input") return ocspError("malformedRequest")
        onError(error)
        return ocspError(error instanceof Failure ? "tryLater" : "internalError")
      }
    },
    forget() {
      responders.clear()
      until.clear()
    },
    state: () => ({
      responders: [...until].map(([authority, of]) => ({
        authority,
        certificate: of.id,
        until: of.until,
      })),
      answered,
    }),
  }
}
