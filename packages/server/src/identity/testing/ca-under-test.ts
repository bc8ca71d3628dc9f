import type { AgentRecord } from "@hufu/core/contract/records"
import { Hono } from "hono"
import { type AgentAuthority, openAgents } from "../../authority/agents.ts"
import { type Declare, declareWith } from "../../authority/declare.ts"
import type { Bindings } from "../../http/app.ts"
import { serveCa } from "../../http/ca/serve-ca.ts"
import { type HttpServer, listenHttp } from "../../http/listen.ts"
import { asFailure } from "@hufu/core/failure"
import { type Scratch, scratch } from "../../store/scratch-store.ts"
import { openStore, type Store } from "../../store/store.ts"
import { caBase } from "../ca/ca-addresses.ts"
import { type CertificateAuthority, openCertificateAuthority } from "../ca/certificate-authority.ts"
import { localHolders } from "../ca/local-holders.ts"
import { registeredHolders } from "../ca/registered-holders.ts"
import { openDevelopers } from "../ownership/developers.ts"
import { openRegistrar } from "../registrar.ts"
import { openVersionMismatches, type VersionMismatches } from "../../registry/alive/version-mismatches.ts"
import { openRegistrations, type Registrations } from "../../registry/registrations.ts"
import { loopback } from "../../http/testing/loopback.ts"

/** A certificate authority on a real store, behind a real listener, with agents to name. */
export interface CaUnderTest {
  readonly ca: CertificateAuthority
  readonly agents: AgentAuthority
  readonly registrations: Registrations
  readonly mismatches: VersionMismatches
  readonly store: Store
  readonly declare: Declare
  readonly disk: Scratch
  readonly url: string
  readonly errors: unknown[]
  agent(name: string): Promise<AgentRecord>
  aicOf(agent: AgentRecord): string
  /** The same folder, opened again, as after a restart. */
  reopen(): Promise<CaUnderTest>
  close(): Promise<void>
}

export async function openCaUnderTest(disk: Scratch = scratch(), isNew = true): Promise<CaUnderTest> {
  // OpenSSL looks at the real time.
  if (isNew) disk.clock.set(Date.now())
  const store = await openStore(disk.options())
  const declare = declareWith(store.vault)
  const { clock } = disk
  const agents = openAgents(store, clock, declare)
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const at: { http?: HttpServer } = {}
  const registrar = openRegistrar(store, clock, declare, { number: "A1" })
  const developers = openDevelopers(store, clock, declare)
  const registrations = await openRegistrations({ store, clock, declare, agents, registrar, developers })
  const local = localHolders(agents, { registrar: "1", vendor: "1", salt: "1234" })
  const mismatches = openVersionMismatches({ store, clock, declare })
  const holders = registeredHolders(registrations, local, mismatches)
  const url = () => at.http?.url ?? "http://127.0.0.1"
  const ca = openCertificateAuthority({ store, clock, declare, holders, url, onError })
  const app = new Hono<{ Bindings: Bindings }>()
  app.all(`${caBase}/*`, async (c) => {
    const parts = { ca, clock, onError }
    const nobody = () => ({ requestId: "r", transport: "http" as const })
    return (await serveCa(c.req.raw, parts, nobody)) ?? c.notFound()
  })
  app.onError((error, c) => c.json({ code: asFailure(error).code }, asFailure(error).status as 400))
  at.http = await listenHttp(
    { app, mcp: (_request, response) => response.end() },
    { host: loopback, port: 0 },
  )
  const { http } = at
  const close = async () => {
    await http.close()
    await store.close()
  }
  return {
    ca,
    agents,
    registrations,
    mismatches,
    store,
    declare,
    disk,
    url: http.url,
    errors,
    agent: (name) => agents.create({ name, identifiedBy: "credential", demo: false, by: "usr_a" }),
    aicOf: (agent) => holders.find(agent.id)?.aic ?? "",
    async reopen() {
      await close()
      return openCaUnderTest(disk, false)
    },
    async close() {
      await close()
      disk.remove()
    },
  }
}
