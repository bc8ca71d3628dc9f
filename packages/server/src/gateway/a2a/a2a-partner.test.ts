import { delegationExtension } from "@hufu/core/a2a/delegation-extension"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { FromPartner, PartnerOrder, PartnerView } from "../delegation/partner.ts"
import { ticketOf } from "../ticket.ts"
import { type A2aPartner, createA2aPartner } from "./a2a-partner.ts"
import {
  startSdkAgent,
  type SdkAgent,
  type SdkAgentOptions,
  type Step,
  timestamp,
} from "./testing/sdk-agent.ts"

const view: PartnerView = {
  delegation: "dlg_1",
  context: "a conversation",
  task: "a task",
  partnerContext: undefined,
  partnerTask: undefined,
  state: "submitted",
}
const sender = { agent: "agt_1", aic: undefined }
const authority = { principal: "prn_1", task: "tsk_1", mandate: "mnd_1", action: "act_1" }
let messages = 0

function orderOf(script: readonly Step[], more: Partial<PartnerOrder> = {}): PartnerOrder {
  // Steps are JSON.
  const data = { script } as unknown as JsonValue
  return {
    order: "start",
    view,
    said: { id: `message-${++messages}`, parts: [{ kind: "data", data }] },
    sender,
    authority,
    ...more,
  }
}

function ticket(goes = true) {
  const outcomes: string[] = []
  const made = ticketOf({
    kind: "go",
    action: "act_1",
    signal: new AbortController().signal,
    leave: () => goes,
    conclude: ({ outcome }) => void outcomes.push(outcome),
    abandon: () => void outcomes.push("abandoned"),
  })
  return { ...made, outcomes, leave: () => made.leave() }
}

const signal = () => AbortSignal.timeout(20_000)

async function all(events: AsyncIterable<FromPartner>): Promise<FromPartner[]> {
  const found: FromPartner[] = []
  for await (const each of events) found.push(each)
  return found
}

/** What happened, shortly. */
function words(events: readonly FromPartner[]): JsonValue[] {
  return events.map(({ happening }) => {
    if (happening.kind === "reply") return `reply ${textsOf(happening.said)}`
    if (happening.kind === "product") return `product ${happening.product.id} ${textsOf(happening.product)}`
    return happening.said === undefined ? happening.state : `${happening.state}: ${textsOf(happening.said)}`
  })
}

function textsOf({ parts }: { parts: readonly { kind: string }[] }): string {
  return parts.map((part) => ("text" in part ? part.text : part.kind)).join("|")
}

const worker: Step[] = [
  { task: "TASK_STATE_SUBMITTED" },
  { status: "TASK_STATE_WORKING", say: "at it", metadata: { step: 1 } },
  { artifact: { artifactId: "a", name: "a.txt", parts: [{ text: "one" }], extensions: ["urn:x"] } },
  { artifact: { artifactId: "a", parts: [{ text: "two" }] }, append: true, lastChunk: true },
  { status: "TASK_STATE_COMPLETED" },
]

const kinds: readonly (readonly [string, SdkAgentOptions])[] = [
  ["1.0 over JSON-RPC", { binding: "JSONRPC" }],
  ["1.0 over HTTP", { binding: "HTTP+JSON" }],
  ["1.0 over JSON-RPC, without streams", { binding: "JSONRPC", streaming: false }],
  ["1.0 over HTTP, without streams", { binding: "HTTP+JSON", streaming: false }],
  ["0.3", { version: "0.3" }],
]

describe.each(kinds)("a partner that speaks A2A %s", (_, options) => {
  let agent: SdkAgent
  let partner: A2aPartner
  const streams = options.streaming !== false

  beforeAll(async () => {
    agent = await startSdkAgent(options)
    partner = partnerAt(agent.url)
  })
  afterAll(async () => {
    await partner.close()
    await agent.stop()
  })

  it("is given a message, and everything that comes of it is heard", async () => {
    const order = orderOf(worker)
    const given = ticket()
    const events = await all(partner.order(order, given, signal()))
    const last = events.at(-1)
    if (streams)
      expect(words(events)).toEqual([
        "submitted",
        "working: at it",
        "product a one",
        "product a two",
        "completed",
      ])
    else expect(words(events).slice(-2)).toEqual(["product a one|two", "completed"])
    expect(last?.partnerTask).toMatch(/^[0-9a-f-]{36}$/)
    expect(last?.happening).toMatchObject({
      original: { protocol: "a2a", object: { timestamp, task: { step: 1 } } },
    })
    // What it calls the conversation is made of who asks, so that two agents never meet in one.
    expect(last?.partnerContext).toMatch(/^[0-9a-f-]{36}$/)
    const other = await all(
      partner.order({ ...orderOf(worker), sender: { ...sender, agent: "agt_2" } }, ticket(), signal()),
    )
    expect(other.at(-1)?.partnerContext).not.toBe(last?.partnerContext)
    const looked = await all(partner.look({ ...view, partnerTask: last?.partnerTask }, sender, signal()))
    expect(words(looked)).toEqual(["product a one|two", "completed"])
  })

  it("may answer with a message alone", async () => {
    const events = await all(partner.order(orderOf([{ message: "forty-two" }]), ticket(), signal()))
    expect(words(events)).toEqual(["reply forty-two"])
  })

  it("asks for input, gets it, and goes on with the same task", async () => {
    const first = await all(
      partner.order(
        orderOf([{ task: "TASK_STATE_WORKING" }, { status: "TASK_STATE_INPUT_REQUIRED", say: "which?" }]),
        ticket(),
        signal(),
      ),
    )
    expect(words(first).at(-1)).toBe("input-required: which?")
    const { partnerTask, partnerContext } = first.at(-1) ?? {}
    const again = orderOf([{ task: "TASK_STATE_WORKING" }, { status: "TASK_STATE_COMPLETED" }], {
      order: "continue",
      view: { ...view, partnerTask, partnerContext },
    })
    const second = await all(partner.order(again, ticket(), signal()))
    expect(words(second).at(-1)).toBe("completed")
    expect(second.at(-1)?.partnerTask).toBe(partnerTask)
  })

  it("is not asked when the permit is gone", async () => {
    const { runs } = agent
    await expect(all(partner.order(orderOf(worker), ticket(false), signal()))).rejects.toMatchObject({
      code: "stopped",
    })
    expect(agent.runs).toBe(runs)
  })

  it("is canceled, and says so when that cannot be", async () => {
    const script: Step[] = [{ task: "TASK_STATE_WORKING" }, { status: "TASK_STATE_INPUT_REQUIRED" }]
    const begun = await all(partner.order(orderOf(script), ticket(), signal()))
    const known = { ...view, partnerTask: begun.at(-1)?.partnerTask }
    const { said: _, ...order } = orderOf([], { order: "cancel", view: known })
    expect(words(await all(partner.order(order, ticket(), signal())))).toContain("canceled")
    const ended = await all(partner.order(orderOf(worker), ticket(), signal()))
    const late = { ...order, view: { ...view, partnerTask: ended.at(-1)?.partnerTask } }
    const refused = (await all(partner.order(late, ticket(), signal()))).at(-1)
    expect(refused?.happening).toMatchObject({
      state: "completed",
      original: { object: { error: { code: -32002 } } },
    })
  })

  it("answers with an error, which is told as it came", async () => {
    const [event] = await all(
      partner.order({ ...orderOf([]), view: { ...view, partnerTask: "no such task" } }, ticket(), signal()),
    )
    expect(event?.happening).toMatchObject({
      state: "rejected",
      original: { object: { error: { code: -32001 } } },
    })
  })
})

describe("a partner whose connection breaks", () => {
  let agent: SdkAgent
  let partner: A2aPartner
  beforeAll(async () => {
    agent = await startSdkAgent()
    partner = partnerAt(agent.url)
  })
  afterAll(async () => {
    await partner.close()
    await agent.stop()
  })

  it("is heard on by a subscription, and the message is not sent again", async () => {
    const script: Step[] = [
      { task: "TASK_STATE_WORKING" },
      { artifact: { artifactId: "a", parts: [{ text: "one" }] } },
      { wait: "heard" },
      { cut: true },
      { wait: "subscribed" },
      { artifact: { artifactId: "b", parts: [{ text: "two" }] } },
      { status: "TASK_STATE_COMPLETED" },
    ]
    const before = agent.requests.length
    const found: FromPartner[] = []
    for await (const each of partner.order(orderOf(script), ticket(), signal())) {
      found.push(each)
      if (words([each])[0] === "product a one") agent.release("heard")
      // A subscription begins with the whole task once more.
      if (found.length > 2) agent.release("subscribed")
    }
    expect(words(found)).toEqual([
      "working",
      "product a one",
      "product a one",
      "working",
      "product b two",
      "completed",
    ])
    const asked = agent.requests.slice(before).map(({ what }) => what)
    expect(asked.filter((what) => what === "SendStreamingMessage")).toHaveLength(1)
    expect(asked).toContain("SubscribeToTask")
  })

  it("before it said anything is lost, and nothing is repeated", async () => {
    const { runs } = agent
    const order = orderOf([{ cut: true }])
    await expect(all(partner.order(order, ticket(), signal()))).rejects.toMatchObject({
      code: "upstream_lost",
    })
    expect(agent.runs).toBe(runs + 1)
  })

  it("that cannot be reached is unavailable, and nothing left", async () => {
    const gone = await startSdkAgent()
    await gone.stop()
    const nowhere = partnerAt(gone.url)
    const given = ticket()
    await expect(all(nowhere.order(orderOf(worker), given, signal()))).rejects.toMatchObject({
      code: "upstream_unavailable",
    })
    await nowhere.close()
  })
})

describe("a partner's card", () => {
  it("that asks who stands behind a message is told by ids", async () => {
    const agent = await startSdkAgent({
      card: { capabilities: { streaming: true, extensions: [{ uri: delegationExtension }] } },
    })
    const partner = partnerAt(agent.url, { authorization: "Bearer of-hufu" })
    await all(
      partner.order(
        orderOf([{ message: "yes" }], { parameters: { extensions: ["urn:one"], metadata: { hop: 1 } } }),
        ticket(),
        signal(),
      ),
    )
    const request = agent.requests.find(({ what }) => what === "SendStreamingMessage")
    // What was sent is JSON of an object.
    const sent = JSON.parse(request?.body ?? "") as { params: JsonObject }
    expect(sent.params).toMatchObject({
      metadata: { hop: 1 },
      message: { metadata: { [delegationExtension]: authority } },
    })
    expect(request?.headers).toMatchObject({
      "a2a-version": "1.0",
      "a2a-extensions": `urn:one, ${delegationExtension}`,
      authorization: "Bearer of-hufu",
    })
    await partner.close()
    await agent.stop()
  })

  it("that leads elsewhere is not followed", async () => {
    const agent = await startSdkAgent({
      card: {
        supportedInterfaces: [
          { url: "http://169.254.169.254/", protocolBinding: "JSONRPC", protocolVersion: "1.0" },
        ],
      },
    })
    const partner = partnerAt(agent.url)
    await expect(all(partner.order(orderOf(worker), ticket(), signal()))).rejects.toMatchObject({
      code: "invalid_input",
    })
    expect(agent.requests.map(({ what }) => what)).toEqual(["GET /.well-known/agent-card.json"])
    await partner.close()
    await agent.stop()
  })
})

function partnerAt(url: string, headers: Readonly<Record<string, string>> = {}): A2aPartner {
  return createA2aPartner({
    server: { name: "scripted", transport: "http", url, headers },
    origin: () => "http://127.0.0.1:1",
    node: "node-under-test",
    now: () => performance.now(),
  })
}
