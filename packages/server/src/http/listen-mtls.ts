import { createServer, type Server } from "node:https"
import type { IncomingMessage, ServerResponse } from "node:http"
import { isIP } from "node:net"
import { callbackify } from "node:util"
import { createSecureContext, type SecureContext, type TLSSocket } from "node:tls"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { idPrefixes } from "@hufu/core/id-prefixes"
import { isOntology, parseAic } from "@hufu/core/identity/aic"
import type { Clock } from "../clock.ts"
import { hostInUrl, listenDual } from "./listen-dual.ts"
import type { Caller } from "../gateway/governor.ts"
import type { Authority } from "../identity/ca/authorities.ts"
import type { CertificateAuthority } from "../identity/ca/certificate-authority.ts"
import { agentNames, type NamesOf } from "../identity/ca/certificate-profile.ts"
import { nodeHolder } from "../identity/ca/certificates.ts"
import { toPem } from "../identity/x509/pem.ts"
import { generateKey, signerOf } from "../identity/x509/suite-keys.ts"

/** Where agents come in by their certificates. */
export interface MtlsDoor {
  readonly url: string
  /** Whose connection a request came on; undefined for a connection of another door. */
  peerOf(request: IncomingMessage): MtlsPeer | undefined
  close(): Promise<void>
}

/** Who has opened a connection by a certificate. */
export interface MtlsPeer {
  /** An agent of this node, or a registration whose agent acts elsewhere. */
  readonly holder: string
  readonly aic: string
  /** As whom it acts at this node's doors; undefined for whoever has no mandate here, and while its certificate is on hold. */
  readonly caller: Caller | undefined
  /** Another version of it runs than is registered: it may say what runs, and nothing else. */
  readonly isOnHold: boolean
  /** It is a class of agents (an ontology) and no agent. */
  readonly isClass: boolean
}

export interface MtlsDoorParts {
  readonly ca: CertificateAuthority
  readonly clock: Clock
  readonly principal: () => string
  /** The code under which this node answers for a partner or tool server, where it gives that code out itself. */
  readonly codeAt: (name: string) => string | undefined
  /** Closes the connection when its agent, its certificate or everything is stopped (INVARIANT 6). */
  readonly onStop: (caller: Caller, close: (reason: string) => void) => () => void
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void
  readonly log: { warn(of: object, said: string): void }
}

export interface MtlsSettings {
  readonly host: string
  readonly port: number
  /** What the door is called: the names and addresses in its own certificate. */
  readonly names: readonly string[]
}

const maxHeaderBytes = 32 * 1024
const maxConnections = 10_000
const maxPerCertificate = 256
const renewCheckMs = 3_600_000
const renewMs = 3.5 * 86_400_000
const minVersion = "TLSv1.3"
const maxContexts = 1000
const maxTimeoutMs = 2 ** 31 - 1

/** Listens for agents that prove who they are by a certificate of this authority, and for nobody else. */
export async function listenMtls(parts: MtlsDoorParts, settings: MtlsSettings): Promise<MtlsDoor> {
  const { ca, clock, log } = parts
  const peers = new WeakMap<object, { holder: string; aic: string; caller: Caller }>()
  const perCertificate = new Map<string, number>()
  let served: { readonly authority: string; readonly roots: string; readonly until: number } | undefined
  /** By the name that was asked for. */
  const contexts = new Map<string, { stands: string; until: number; context: Promise<SecureContext> }>()
  let renewing: Promise<void> = Promise.resolve()

  const server: Server = createServer({
    requestCert: true,
    SNICallback: callbackify(contextOrNone),
    rejectUnauthorized: true,
    minVersion,
    handshakeTimeout: 10_000,
    maxHeaderSize: maxHeaderBytes,
    requestTimeout: 60_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 60_000,
  })
  server.maxConnections = maxConnections
  server.on("tlsClientError", (_error, socket) => socket.destroy())
  server.on("secureConnection", admit)
  server.on("request", (request, response) => {
    if (!peers.has(request.socket)) return void request.socket.destroy()
    return parts.serve(request, response)
  })

  function admit(socket: TLSSocket): void {
    // What OpenSSL let in is looked up here: no certificate counts that this node does not know as it is.
    const raw = socket.getPeerX509Certificate()?.raw
    const admitted = raw === undefined ? { refused: "certificate_unknown" } : admitting(raw)
    if ("refused" in admitted) {
      log.warn({ reason: admitted.refused }, "a connection by certificate was turned away")
      return void socket.destroy()
    }
    const { record, holder } = admitted
    const open = perCertificate.get(record.id) ?? 0
    if (open >= maxPerCertificate) return void socket.destroy()
    perCertificate.set(record.id, open + 1)
    const caller: Caller = {
      agent: holder.id,
      version: holder.version,
      principal: parts.principal(),
      credential: record.id,
      door: "mcp-mtls",
      connection: newId("connection", clock.now()),
    }
    peers.set(socket, { holder: holder.id, aic: holder.aic, caller })
    const forget = parts.onStop(caller, () => socket.destroy())
    const ends = setTimeout(() => socket.destroy(), Math.min(record.until - clock.now(), maxTimeoutMs))
    socket.once("close", () => {
      clearTimeout(ends)
      forget()
      const left = (perCertificate.get(record.id) ?? 1) - 1
      if (left > 0) perCertificate.set(record.id, left)
      else perCertificate.delete(record.id)
    })
  }

  function admitting(raw: Uint8Array): ReturnType<CertificateAuthority["certificates"]["admit"]> {
    try {
      return ca.certificates.admit(raw)
    } catch (error) {
      if (error instanceof Failure) return { refused: error.code }
      throw error
    }
  }

  /** A new certificate of the door with these names, and its key; both are in memory alone. */
  async function certify(issuer: Authority, names: NamesOf) {
    const { suite } = issuer.signer()
    const key = await generateKey(suite)
    const { record, certificate } = await ca.certificates.issue({
      holder: nodeHolder,
      usage: "door",
      publicKey: signerOf(key, suite).publicKey,
      suite,
      names,
      days: undefined,
      account: null,
      by: nodeHolder,
    })
    const own = {
      key: key.export({ format: "pem", type: "pkcs8" }),
      cert: toPem("CERTIFICATE", certificate) + toPem("CERTIFICATE", issuer.certificate),
    }
    return { own, until: record.until }
  }

  /**
   * The context for a name below one of the door's own, `NAME.localhost`: by it an agent that wants to know whom it speaks with is shown a
   * certificate in the code of that partner. UNTRUSTED name; undefined for every other one, which gets the door's own certificate.
   */
  async function contextFor(servername: string): Promise<SecureContext | undefined> {
    const at = servername.indexOf(".")
    const partner = servername.slice(0, Math.max(at, 0))
    const aic = settings.names.includes(servername.slice(at + 1)) ? parts.codeAt(partner) : undefined
    if (aic === undefined) return undefined
    const trusted = ca.authorities.all().filter(({ state }) => state !== "revoked")
    const active = trusted.find(({ role, state }) => role === "intermediate" && state === "active")
    if (active === undefined) return undefined
    const roots = trusted.map(({ certificate }) => toPem("CERTIFICATE", certificate)).join("")
    const stands = `${aic} ${active.id} ${roots}`
    const known = contexts.get(servername)
    if (known?.stands === stands && known.until - clock.now() > renewMs) return known.context
    const made = certify(active, agentNames(aic, { dns: [servername], ip: [] }))
    const entry = {
      stands,
      until: Number.POSITIVE_INFINITY,
      context: made.then(({ own }) => createSecureContext({ ...own, ca: roots, minVersion })),
    }
    const [oldest] = contexts.size >= maxContexts ? contexts.keys() : []
    if (oldest !== undefined) contexts.delete(oldest)
    contexts.set(servername, entry)
    try {
      entry.until = (await made).until
      return await entry.context
    } catch (error) {
      contexts.delete(servername)
      throw error
    }
  }

  async function contextOrNone(servername: string): Promise<SecureContext | undefined> {
    try {
      return await contextFor(servername)
    } catch (error) {
      log.warn({ err: error }, "a partner has no certificate at the door for certificates")
      return undefined
    }
  }

  /** A certificate of its own, from whatever authority issues now; without one no handshake succeeds. */
  async function renew(): Promise<void> {
    const trusted = ca.authorities.all().filter(({ state }) => state !== "revoked")
    const active = trusted.find(({ role, state }) => role === "intermediate" && state === "active")
    const roots = trusted.map(({ certificate }) => toPem("CERTIFICATE", certificate)).join("")
    if (active === undefined) return
    const isFresh = served !== undefined && served.until - clock.now() > renewMs
    if (isFresh && served?.authority === active.id && served.roots === roots) return
    const isAddress = (name: string) => /^[0-9.]+$|:/.test(name)
    const made = await certify(active, {
      commonName: settings.names[0] ?? settings.host,
      uri: [],
      dns: settings.names.filter((name) => !isAddress(name)),
      ip: [...new Set([...settings.names.filter(isAddress), ...addressesOf(settings.host)])],
    })
    const context = { ...made.own, ca: roots, minVersion } as const
    // What cannot be read is found here, and not by the first who connects.
    createSecureContext(context)
    server.setSecureContext(context)
    served = { authority: active.id, roots, until: made.until }
  }

  function renewSoon(): void {
    renewing = renewing
      .then(renew)
      .catch((error: unknown) => log.warn({ err: error }, "the door for certificates has none of its own"))
  }

  const unlisten = ca.authorities.onChanged(renewSoon)
  const timer = setInterval(renewSoon, renewCheckMs)
  timer.unref()
  const bound = await listenDual(server, settings, refusal)
  renewSoon()
  await renewing
  return {
    url: `https://${hostInUrl(bound.host)}:${bound.port}`,
    peerOf(request) {
      const peer = peers.get(request.socket)
      if (peer === undefined) return undefined
      const { holder, aic, caller } = peer
      // Whatever let the connection in may have been put on hold since.
      const isOnHold = !ca.certificates.isLive(caller.credential ?? "")
      // Who is registered here and acts elsewhere has no mandate at these doors.
      const code = parseAic(aic)
      const isClass = code !== undefined && isOntology(code)
      const acts = !isOnHold && holder.startsWith(`${idPrefixes.agent}_`)
      return { holder, aic, caller: acts ? caller : undefined, isOnHold, isClass }
    },
    async close() {
      unlisten()
      clearInterval(timer)
      await renewing
      await new Promise<void>((resolve) => {
        bound.close()
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** At which addresses a door is: at both of this machine's own where it is at one. */
function addressesOf(host: string): string[] {
  if (host === "127.0.0.1" || host === "localhost") return ["127.0.0.1", "::1"]
  return isIP(host) === 0 ? [] : [host]
}

function refusal(cause: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Failure {
  return new Failure(
    "port_in_use",
    `cannot listen on \`${host}\` port ${port} for certificates: choose an address of this machine and a free port in \`ca.door\``,
    { cause },
  )
}
