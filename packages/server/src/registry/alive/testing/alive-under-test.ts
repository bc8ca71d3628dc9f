import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { request as requestHttps } from "node:https"
import { connect, type TLSSocket } from "node:tls"
import { once } from "node:events"
import { newId } from "@hufu/core/id"
import { Hono } from "hono"
import { type CredentialAuthority, openCredentials } from "../../../authority/credentials.ts"
import { openBrowsers } from "../../../authority/browsers.ts"
import { openPerson } from "../../../authority/person.ts"
import { Config } from "../../../config.ts"
import { trackConnections } from "../../../gateway/connections.ts"
import { identifyAgent } from "../../../gateway/identify-agent.ts"
import type { Bindings } from "../../../http/app.ts"
import { listenHttp } from "../../../http/listen.ts"
import { listenMtls, type MtlsDoor } from "../../../http/listen-mtls.ts"
import { mtlsServer } from "../../../http/mtls-server.ts"
import { ampBase, createAmpDoor } from "../../../http/registry/amp-door.ts"
import { identifyAmpCaller } from "../../../http/registry/identify-amp-caller.ts"
import { type CaUnderTest, openCaUnderTest } from "../../../identity/testing/ca-under-test.ts"
import { openDeveloperSessions } from "../../../identity/organisations/developer-sessions.ts"
import { openDevelopers } from "../../../identity/ownership/developers.ts"
import { openSeenProofs } from "../../../identity/seen-proofs.ts"
import { openSignedRequests } from "../../../identity/signed-requests.ts"
import { toPem } from "../../../identity/x509/pem.ts"
import { scratch } from "../../../store/scratch-store.ts"
import { type Discovery, openDiscovery } from "../../discovery/discovery.ts"
import { knownRegistrations } from "../../known-registrations.ts"
import { openMirrors } from "../../sync/mirrors.ts"
import { registeredSource } from "../../registered-source.ts"
import type { RegistrationRecord } from "../../registration-record.ts"
import { type Alive, openAlive } from "../alive.ts"
import { contentOf } from "../../testing/content-of.ts"
import { loopback } from "../../../http/testing/loopback.ts"

/** Where agents are heard, over real sockets: the listener for HTTP and the door for certificates, on a real store. */
export interface AliveUnderTest {
  readonly world: CaUnderTest
  readonly alive: Alive
  readonly discovery: Discovery
  readonly url: string
  /** Of the person, as it is asked for. */
  session(): Promise<string>
  readonly errors: unknown[]
  /** An approved registration, of an agent of this node with a credential, or of one that acts elsewhere. */
  register(name: string, of?: { local?: boolean; more?: object }): Promise<Registered>
  certificate(registered: Registered): Promise<ClientCertificate>
  dial(of: ClientCertificate, host?: string): Promise<TLSSocket>
  /** One request at the door for certificates. */
  mtls(of: ClientCertificate, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  http(
    path: string,
    of?: { bearer?: string; body?: unknown; type?: string; raw?: string },
  ): Promise<{ status: number; body: unknown; headers: Headers }>
  close(): Promise<void>
}

export interface Registered {
  readonly record: RegistrationRecord
  readonly aic: string
  readonly credential: string
  readonly agent: string | null
}

export interface ClientCertificate {
  readonly id: string
  readonly key: KeyObject
  readonly chain: string
}

export const owner = newId("person", 1)

export async function openAliveUnderTest(settings: object = {}): Promise<AliveUnderTest> {
  const world = await openCaUnderTest(scratch())
  const { store, declare, agents, registrations, mismatches, ca, disk } = world
  const { clock } = disk
  // TLS looks at the real time, of which the test's clock stays behind however far it is moved.
  clock.set(Date.now() - 3_600_000)
  await ca.authorities.init({ name: "Test Authority", suite: "ed25519", by: "usr_a" })
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const person = await openPerson(store, clock, declare)
  await person.enrol("two halves of one tally")
  const credentials: CredentialAuthority = openCredentials(store, clock, agents, declare)
  const config = Config.parse({ alive: settings, discovery: { aic: "1.2.156.3088.1.1.1.1.0.0000" } })
  const alive = openAlive({
    store,
    clock,
    settings: config.alive,
    registrations,
    agents,
    mismatches,
    onError,
  })
  const connections = trackConnections(clock)
  const closeRevoked = () =>
    connections.stop(({ credential }) => !ca.certificates.isLive(credential ?? ""), "certificate_revoked")
  ca.certificates.onRevoked(closeRevoked)
  mismatches.onFound(closeRevoked)
  registrations.onChanged(closeRevoked)
  const mirrors = openMirrors(store, clock)
  const discovery = openDiscovery({
    store,
    source: registeredSource(knownRegistrations(registrations, mirrors, clock), mirrors, alive),
    settings: config.discovery,
    clock,
    reach: { ownPort: () => 1 },
    origin: () => "http://localhost:1",
    onError,
  })
  const doors: { mtls?: MtlsDoor } = {}
  const peerOf = (request: Parameters<MtlsDoor["peerOf"]>[0]) => doors.mtls?.peerOf(request)
  const signed = openSignedRequests({
    credentials,
    clock,
    seen: openSeenProofs({ store, clock, onError }),
    origin: undefined,
  })
  const amp = createAmpDoor({
    alive,
    now: () => clock.now(),
    identify: identifyAmpCaller({
      peerOf,
      identifySender: (request) =>
        identifyAgent(request, { credentials, agents, person, clock, signed, tokens: undefined }),
      hosts: ["localhost"],
      person,
      credentials,
      browsers: openBrowsers(store, clock, declare),
      developerSessions: openDeveloperSessions(clock, openDevelopers(store, clock, declare)),
    }),
    onError,
  })
  const app = new Hono<{ Bindings: Bindings }>()
  const http = await listenHttp(
    { app, doors: [amp], mcp: (_request, response) => response.end("mcp") },
    { host: loopback, port: 0 },
  )
  const warned: unknown[] = []
  doors.mtls = await listenMtls(
    {
      ca,
      clock,
      codeAt: () => undefined,
      principal: () => owner,
      onStop: (caller, close) => connections.onStop(caller, close),
      serve: mtlsServer({
        peerOf,
        amp,
        discovery,
        dsp: undefined,
        senders: alive.senders,
        mcp: (_request, response) => response.end('"mcp"'),
        ontology: (_request, response) => response.end('"ontology"'),
        onError,
      }),
      log: { warn: (...said) => void warned.push(said) },
    },
    { host: loopback, port: 0, names: ["localhost"] },
  )
  const port = Number(new URL(doors.mtls.url).port)
  const roots = () => ca.bundle().pem

  function options({ key, chain }: ClientCertificate) {
    return {
      host: loopback,
      port,
      servername: "localhost",
      ca: roots(),
      key: key.export({ format: "pem", type: "pkcs8" }),
      cert: chain,
    } as const
  }

  return {
    world,
    alive,
    discovery,
    url: http.url,
    session: async () => (await person.signIn("two halves of one tally", "socket")).token,
    errors,
    async register(name, { local = false, more = {} } = {}) {
      const agent = local ? (await world.agent(name)).id : null
      const credential =
        agent === null
          ? ""
          : (await credentials.issue({ agent, kind: "agent", days: 1, by: owner })).credential
      const { id } = await registrations.claim({
        content: contentOf(name, more),
        owner,
        agent,
        ontology: null,
      })
      await registrations.submit(id, owner)
      const record = await registrations.approve(id, owner)
      return { record, aic: record.aic ?? "", credential, agent }
    },
    async certificate({ aic }) {
      const { privateKey: key, publicKey } = generateKeyPairSync("ed25519")
      const holder = ca.holders.holderOf(aic)
      if (holder === undefined) throw new Error("nobody has this code")
      const { record, certificate } = await ca.certificates.issue({
        holder,
        usage: "client",
        publicKey,
        suite: "ed25519",
        names: { commonName: aic, uri: [], dns: [], ip: [] },
        days: undefined,
        account: null,
        by: owner,
      })
      const issuer = toPem("CERTIFICATE", ca.authorities.active("intermediate").certificate)
      return { id: record.id, key, chain: toPem("CERTIFICATE", certificate) + issuer }
    },
    async dial(of, host = loopback) {
      const socket = connect({ ...options(of), host })
      await once(socket, "secureConnect")
      return socket
    },
    mtls(of, path, body) {
      return new Promise((resolve, reject) => {
        const request = requestHttps(
          {
            ...options(of),
            path,
            method: body === undefined ? "GET" : "POST",
            headers: { "content-type": "application/json", host: "localhost" },
            agent: false,
          },
          (response) => {
            const chunks: Buffer[] = []
            response.on("data", (chunk: Buffer) => chunks.push(chunk))
            response.once("end", () => {
              const text = Buffer.concat(chunks).toString()
              resolve({ status: response.statusCode ?? 0, body: text === "" ? undefined : JSON.parse(text) })
            })
          },
        )
        request.once("error", reject)
        request.end(body === undefined ? undefined : JSON.stringify(body))
      })
    },
    async http(path, { bearer, body, raw, type = "application/json" } = {}) {
      const answer = await fetch(`${http.url}${ampBase}${path}`, {
        method: body === undefined && raw === undefined ? "GET" : "POST",
        headers: {
          "content-type": type,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        ...(body === undefined && raw === undefined ? {} : { body: raw ?? JSON.stringify(body) }),
      })
      return { status: answer.status, body: await answer.json(), headers: answer.headers }
    },
    async close() {
      await doors.mtls?.close()
      await http.close()
      await discovery.close()
      await alive.close()
      await world.close()
    },
  }
}
