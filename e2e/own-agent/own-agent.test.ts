import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Output, Request } from "@hufu/core/contract/contract"
import { verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import { verifyTrace } from "@hufu/core/evidence/verify-trace"
import { type Asked, serveAgent, type ServedAgent } from "@hufu/sdk/serve-agent"
import { loopback } from "@hufu/server/http/testing/loopback"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Leader, openLeader } from "../../conformance/aip/leader.ts"
import { codeBlocks, documents } from "../../docs/documents.ts"
import { sdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import { askByA2a } from "../bridges/ask-by-a2a.ts"
import { askByAip } from "../bridges/ask-by-aip.ts"
import type { Side } from "../bridges/side.ts"
import { codeOf } from "../bridges/world.ts"
import {
  createAgent,
  enrolPerson,
  grantMandate,
  type NodeUnderTest,
  runAsPerson,
  startNode,
} from "../node-under-test.ts"
import { askThrough } from "../traces/relay-agent.ts"

let node: NodeUnderTest
let greeter: Awaited<ReturnType<typeof startGreeter>>
let helper: ServedAgent
let leader: Leader
let credential: string
/** Of the agent that the helper is. */
let helpersOwn: string
/** What the helper was asked, in order. */
const asked: Asked[] = []

/** What the page shows, as whoever copies it starts it. */
async function startGreeter() {
  const shown = documents().filter(({ path }) => path.endsWith("/own-agent.md"))
  const [code = "", chinese] = shown.flatMap((page) => codeBlocks(page, "ts"))
  const own = code.replace("port: 7190,", `port: 0, host: ${JSON.stringify(loopback)},`)
  if (chinese !== code || own === code) throw new Error("the pages show something else")
  const running = spawn(process.execPath, ["--input-type=module-typescript", "--eval", own], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: { ...process.env, GREETER_SECRET: "the-tiger-is-whole" },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const [printed] = await once(running.stdout, "data")
  return {
    command: String(printed).trim(),
    async stop() {
      running.kill()
      await once(running, "exit")
    },
  }
}

/** Asks the greeter as the agent that the helper is, under an order; gives what came back. */
async function passOn(action: string | undefined): Promise<string> {
  const by = { credential: helpersOwn, aic: "", under: action }
  const { state, said } = await askThrough(node.url, { name: "greeter", protocol: "a2a" }, by, "Bea")
  return `${state} ${said}`
}

beforeAll(async () => {
  ;[node, greeter] = await Promise.all([startNode(), startGreeter()])
  await enrolPerson(node)
  await runAsPerson(node, greeter.command)
  helper = await serveAgent({
    name: "helper",
    description: "helps",
    port: 0,
    host: loopback,
    async handle(it) {
      asked.push(it)
      if (it.text === "wait") return once(it.signal, "abort").then(() => "too late")
      const first = it.action
      await it.product("draft", "dear")
      const { text, action } = await it.ask("who is it?")
      if (it.text === "pass it on") return `${await passOn(it.action)}; ${await passOn(first)}`
      if (it.action !== action) throw new Error("the latest action is another one")
      return `dear ${text}`
    },
  })
  helpersOwn = await createAgent(node, "ben")
  await runAsPerson(node, `${helper.command} --agent ben`)
  credential = await createAgent(node, "leader")
  await grantMandate(node, "ben", mandateFor("greeter/*"))
  await grantMandate(node, "leader", mandateFor("helper/*", "greeter/*", "passer/*"))
  leader = openLeader({
    base: `${node.url}/aip/helper`,
    senderId: await codeOf(node, credential, "helper"),
    headers: { authorization: `Bearer ${credential}` },
    bindsIdentity: false,
    script: {},
    patienceMs: 15_000,
  })
}, 60_000)
afterAll(async () => {
  await leader?.close()
  await node?.dispose()
  await helper?.close()
  await greeter?.stop()
})

const mandateFor = (...tools: string[]): Request<"mandate.grant">["mandate"] => ({
  words: "ask the others",
  grants: [{ effects: ["send"], tools, limits: [], mode: "auto" }],
  otherwise: "ask",
  until: Date.now() + 3_600_000,
})
const sides: Record<string, () => Promise<Side>> = {
  A2A: () => sideOf("helper"),
  AIP: async () => askByAip(leader),
}
const sideOf = async (name: string) =>
  askByA2a(await sdkClient(`${node.url}/a2a/${name}`, "JSONRPC", "1.0", credential))
const message = (text: string, isFirst = true) => ({
  turn: "",
  id: crypto.randomUUID(),
  pieces: [{ kind: "text", text } as const],
  isFirst,
})
const textsOf = ({ products }: { products: readonly { pieces: readonly object[] }[] }) =>
  products.flatMap(({ pieces }) => pieces.map((piece) => ("text" in piece ? piece.text : "")))

describe.each(Object.keys(sides))("a function that is registered at a node, asked over %s", (protocol) => {
  const side = () => sides[protocol]?.() ?? Promise.reject(new Error("no side"))

  test("asks back, is answered, and delivers; each message by an action with a receipt", async () => {
    const from = asked.length
    const asker = await side()
    const { standing } = await asker.say(message("write a letter"), true)
    expect([standing?.state, standing?.words, standing && textsOf(standing)]).toEqual([
      "asking",
      ["who is it?"],
      ["dear"],
    ])
    const first = asked[from]?.action
    const { standing: then } = await asker.say(message("Ada", false), true)
    expect([then?.state, then && textsOf(then)]).toEqual([
      protocol === "AIP" ? "delivered" : "completed",
      ["dear", "dear Ada"],
    ])
    await asker.complete?.()
    expect(asked.length).toBe(from + 1)
    for (const action of [first, asked[from]?.action]) {
      const { action: row } = (await node.api("GET", `/v1/actions/${action}:why`)) as Output<"action.why">
      expect(row).toMatchObject({ verdict: "allow", server: "helper", effect: "send" })
      const receipt = await node.api("GET", `/v1/actions/${action}/receipt`)
      expect(await verifyReceipt(JSON.stringify(receipt))).toMatchObject({ ok: true })
    }
    expect(first).not.toBe(asked[from]?.action)
  })

  test("is told when it is canceled, at work and while it waits for an answer", async () => {
    const waits = await side()
    await waits.say(message("write a letter"), true)
    expect((await waits.cancel()).state).toBe("canceled")
    expect(asked.at(-1)?.signal.aborted).toBe(true)
    const works = await side()
    await works.say(message("wait"), false)
    await expect.poll(() => asked.at(-1)?.text).toBe("wait")
    expect((await works.cancel()).state).toBe("canceled")
    expect([asked.at(-1)?.signal.aborted, textsOf(await works.look())]).toEqual([true, []])
  })
})

test("what the page shows runs, is registered by the command that it prints, and greets", async () => {
  expect(greeter.command).toMatch(
    /^hufu server add greeter --url http:\S+\/ --protocol a2a --header "Authorization: Bearer the-tiger-is-whole"$/,
  )
  const asker = await sideOf("greeter")
  const { standing } = await asker.say(message("Ada"), true)
  expect([standing?.state, standing && textsOf(standing)]).toEqual(["completed", ["hello, Ada"]])
})

test("acts under the order that is open, and under none that is answered", async () => {
  const from = asked.length
  const asker = await sideOf("helper")
  await asker.say(message("pass it on"), true)
  const { standing } = await asker.say(message("please", false), true)
  const [, passed = ""] = standing ? textsOf(standing) : []
  expect(passed).toMatch(/^TASK_STATE_COMPLETED hello, Bea; TASK_STATE_REJECTED there is no open order/)
  // The outcome, of which an answer does not wait, is in it soon.
  const verdict = async () =>
    verifyTrace(JSON.stringify(await node.api("GET", `/v1/actions/${asked[from]?.action}/trace`)))
  await expect.poll(verdict, { timeout: 10_000 }).toMatchObject({ ok: true, links: { length: 2 } })
})

test("lets nobody in who does not show the secret", async () => {
  const from = asked.length
  await runAsPerson(node, `hufu server add passer --url ${helper.url} --protocol a2a`)
  const { standing } = await (await sideOf("passer")).say(message("write a letter"), true)
  expect(standing?.state).toBe("failed")
  expect(standing?.words.join(" ")).toContain("401")
  expect(asked.length).toBe(from)
})
