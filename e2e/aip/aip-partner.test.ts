import { createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import type { AgentRecord } from "@hufu/core/contract/records"
import { systemClock } from "@hufu/server/clock"
import { agentCertificates } from "@hufu/server/gateway/aip/agent-certificates"
import { type AipPartner, createAipPartner } from "@hufu/server/gateway/aip/aip-partner"
import type { FromPartner, PartnerOrder, PartnerView } from "@hufu/server/gateway/delegation/partner"
import { ticketOf } from "@hufu/server/gateway/ticket"
import { loopback } from "@hufu/server/http/testing/loopback"
import { agentNames } from "@hufu/server/identity/ca/certificate-profile"
import { nodeHolder } from "@hufu/server/identity/ca/certificates"
import { type CaUnderTest, openCaUnderTest } from "@hufu/server/identity/testing/ca-under-test"
import { toPem } from "@hufu/server/identity/x509/pem"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type ScriptedPartner, startScriptedPartner } from "../../conformance/aip/scripted-partner.ts"

const partnerAic = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"
const ours = { agent: "agt_a", aic: "1.2.156.3088.1.1.34C2.478BDE.1.0000" }
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

function adapter(url: string, more: Partial<Parameters<typeof createAipPartner>[0]> = {}): AipPartner {
  const partner = createAipPartner({
    server: { name: "p", transport: "http", url, headers: { authorization: "Bearer registered" } },
    aic: partnerAic,
    upstream: { origin: () => "http://127.0.0.1:1", node: "nod_test" },
    certificateFor: async () => undefined,
    now: () => Date.now(),
    pauseMs: 1,
    ...more,
  })
  open.push(partner)
  return partner
}

async function world(options: Partial<Parameters<typeof startScriptedPartner>[0]> = {}) {
  const there = await startScriptedPartner({ aic: partnerAic, host: loopback, ...options })
  open.push(there)
  return { there, partner: adapter(`${there.url}/rpc`) }
}

function viewOf(delegation: string, more: Partial<PartnerView> = {}): PartnerView {
  return {
    delegation,
    context: "c",
    task: "t",
    partnerContext: undefined,
    partnerTask: undefined,
    state: "submitted",
    ...more,
  }
}

function ticket(mayLeave = true) {
  const { signal } = new AbortController()
  return ticketOf({
    kind: "go",
    action: "act_1",
    signal,
    leave: () => mayLeave,
    conclude() {},
    abandon() {},
  })
}

const words = (text: string): Said => ({ id: randomUUID(), parts: [{ kind: "text", text }] })

function order(name: PartnerOrder["order"], view: PartnerView, said?: Said): PartnerOrder {
  const authority = { principal: "usr_a", task: "tsk_a", mandate: undefined, action: "act_1" }
  return { order: name, view, sender: ours, authority, ...(said === undefined ? {} : { said }) }
}

async function all(of: AsyncIterable<FromPartner>): Promise<FromPartner[]> {
  const found: FromPartner[] = []
  for await (const each of of) found.push(each)
  return found
}

/** What happened, in a word each. */
const said = (of: readonly FromPartner[]) => of.map(({ happening }) => inWord(happening))
function inWord(happening: Happening): string {
  if (happening.kind === "state") return happening.state
  return happening.kind === "product" ? `${happening.product.id}${happening.append ? "+" : ""}` : "reply"
}

const never = new AbortController().signal
const run = (partner: AipPartner, of: PartnerOrder) => all(partner.order(of, ticket(), never))

describe("a partner that speaks AIP", () => {
  test("a task is started and told by stream, asked for, and taken", async () => {
    const { there, partner } = await world()
    const view = viewOf("dlg_1")
    const started = await run(partner, order("start", view, words("deliver")))
    expect(said(started)).toEqual(["submitted", "working", "p1", "delivered"])
    const [first] = started
    expect(started.map(({ seq }) => seq)).toEqual([1, 3, 5, 7])
    expect(first?.happening).toMatchObject({ original: { protocol: "aip", object: { snapshot: true } } })
    expect(said(await all(partner.look(view, ours, never)))).toEqual(["p1", "delivered"])
    expect(said(await run(partner, order("complete", view)))).toEqual(["p1", "completed"])
    expect(there.seen.map(({ path }) => path)).toEqual(["stream", "rpc", "rpc"])
    expect(there.seen[0]).toMatchObject({
      headers: { authorization: "Bearer registered" },
      body: { params: { message: { command: "start", senderRole: "leader", senderId: ours.aic } } },
    })
  })

  test("what agents call their tasks does not leave, so that two of one name never meet", async () => {
    const { there, partner } = await world()
    for (const delegation of ["dlg_1", "dlg_2"])
      await run(partner, order("start", viewOf(delegation), words("ask")))
    const ids = there.tasks().map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test("a stream that breaks off is taken up again after the last event, and nothing is told twice", async () => {
    const { there, partner } = await world()
    const told = await run(partner, order("start", viewOf("dlg_1"), words("cut")))
    expect(said(told)).toEqual(["submitted", "working", "p1", "p1+", "p1+", "delivered"])
    const again = there.seen.map(({ body }) => body["params"])
    expect(again).toMatchObject([
      { message: { command: "start" } },
      { message: { command: "re-stream", commandParams: { lastEventSeq: 3 } } },
    ])
  })

  test("events that a partner has forgotten are made up for by the task as it stands", async () => {
    const { there, partner } = await world()
    const view = viewOf("dlg_1")
    await run(partner, order("start", view, words("ask")))
    there.forget()
    expect(said(await all(partner.follow(view, ours, 1, never)))).toEqual(["input-required"])
  })

  test("without streams it is asked again until the task rests", async () => {
    const { there, partner } = await world({ streams: false })
    const view = viewOf("dlg_1")
    expect(said(await run(partner, order("start", view, words("work"))))).toEqual(["working"])
    const [task] = there.tasks()
    const told: string[] = []
    for await (const { happening } of partner.follow(view, ours, undefined, never)) {
      told.push(inWord(happening))
      if (told.length === 1) there.go(task?.id ?? "", "deliver")
    }
    expect(told).toEqual(["working", "p1", "delivered"])
    expect(there.seen.map(({ path }) => path).slice(0, 2)).toEqual(["stream", "rpc"])
  })

  test("what it says under another code, of another task, or that is no JSON, is not believed", async () => {
    const { there } = await world({ streams: false })
    const failing = (text: string) =>
      run(adapter(there.url), order("start", viewOf(`dlg_${text}`), words(text))).catch(
        (error: unknown) => error,
      )
    expect(await failing("lie")).toMatchObject({
      code: "forbidden",
      extra: { refused: "identity", aip: -32009 },
    })
    expect(await failing("stray")).toMatchObject({ code: "invalid_input" })
    expect(await failing("garbage")).toMatchObject({ code: "invalid_input" })
  })

  test("a task that it answers with a fault has failed, an order for one that it does not know fails", async () => {
    const { there, partner } = await world({ streams: false, onSeen: refuseNothing })
    expect(
      await run(partner, order("continue", viewOf("dlg_none"), words("x"))).catch((error: unknown) => error),
    ).toMatchObject({ code: "not_found", extra: { aip: -32001 } })
    const refusing = await world({
      onSeen: () => {
        throw new Error("not today")
      },
    })
    const [only] = await run(refusing.partner, order("start", viewOf("dlg_1"), words("deliver")))
    expect(only?.happening).toMatchObject({
      state: "failed",
      said: { parts: [{ text: "-32603 Internal error: `not today`" }] },
    })
    expect(there.tasks()).toEqual([])
  })

  test("what may not leave does not, and what cannot is told apart", async () => {
    const { there, partner } = await world()
    const of = order("start", viewOf("dlg_1"), words("deliver"))
    expect(await all(partner.order(of, ticket(false), never))).toEqual([])
    expect(there.seen).toEqual([])
    const gone = adapter("http://127.0.0.1:9")
    expect(await run(gone, of).catch((error: unknown) => error)).toMatchObject({
      code: "upstream_unavailable",
    })
  })

  test("whoever asks can stop listening at once", async () => {
    const { there, partner } = await world()
    const stop = new AbortController()
    const of = order("start", viewOf("dlg_1"), words("work"))
    const told: string[] = []
    const ended = (async () => {
      for await (const { happening } of partner.order(of, ticket(), stop.signal)) {
        told.push(inWord(happening))
        if (told.length === 2) stop.abort(new Error("enough"))
      }
    })()
    await expect(ended).rejects.toThrow("enough")
    expect(told).toEqual(["submitted", "working"])
    expect(there.tasks()).toMatchObject([{ state: "working" }])
  })
})

function refuseNothing(): void {}

describe("by certificates", () => {
  let ca: CaUnderTest
  let agent: AgentRecord
  let roots: string

  beforeAll(async () => {
    ca = await openCaUnderTest()
    await ca.ca.authorities.init({ name: "Tiger", suite: "ed25519", by: "usr_a" })
    agent = await ca.agent("ann")
    roots = ca.ca.authorities
      .all()
      .map(({ certificate }) => toPem("CERTIFICATE", certificate))
      .join("")
  })
  afterAll(() => ca.close())

  async function secured(commonName: string): Promise<ScriptedPartner> {
    const key = generateKeyPairSync("ed25519").privateKey
    const { certificate } = await ca.ca.certificates.issue({
      holder: nodeHolder,
      usage: "server",
      publicKey: createPublicKey(key),
      suite: "ed25519",
      names: commonName.startsWith("1.")
        ? agentNames(commonName, { dns: ["localhost"], ip: [] })
        : { commonName, uri: [], dns: ["localhost"], ip: [] },
      days: 1,
      account: null,
      by: "node",
    })
    const issuer = ca.ca.authorities.active("intermediate").certificate
    const there = await startScriptedPartner({
      aic: partnerAic,
      host: loopback,
      tls: {
        key: key.export({ format: "pem", type: "pkcs8" }).toString(),
        cert: toPem("CERTIFICATE", certificate) + toPem("CERTIFICATE", issuer),
        ca: roots,
      },
    })
    open.push(there)
    return there
  }

  const start = async (url: string, aic: string | undefined) => {
    const certificateFor = agentCertificates({ ca: ca.ca, clock: systemClock })
    const partner = adapter(url, { aic, certificateFor })
    const sender = { agent: agent.id, aic: ca.aicOf(agent) }
    return run(partner, { ...order("start", viewOf(randomUUID()), words("deliver")), sender }).catch(
      (error: unknown) => error,
    )
  }

  test("an agent is itself towards a partner, and the partner is whom its certificate names", async () => {
    const there = await secured(partnerAic)
    for (const known of [partnerAic, undefined]) expect(await start(there.url, known)).toHaveLength(4)
    const [seen] = there.seen
    expect(seen?.peer).toBe(ca.aicOf(agent))
    expect(seen?.body).toMatchObject({ params: { message: { senderId: ca.aicOf(agent) } } })
  })

  test("whoever answers in the place of another gets nothing", async () => {
    const other = await secured("1.2.156.3088.1.1.34C2.478BDF.ZZZZZZ.0000")
    expect(await start(other.url, partnerAic)).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("-32009") as string,
    })
    const nobody = await secured("localhost")
    expect(await start(nobody.url, partnerAic)).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("-32008") as string,
    })
    // It says that it is the partner, and its certificate is another's.
    expect(await start(other.url, undefined)).toMatchObject({ code: "forbidden", extra: { aip: -32009 } })
    expect([...other.seen.slice(0, -1), ...nobody.seen]).toEqual([])
  })
})
