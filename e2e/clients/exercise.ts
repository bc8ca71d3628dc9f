import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { isDeepStrictEqual } from "node:util"
import type { HeldCall } from "../node-under-test.ts"
import type { ClientUnderTest, Outcome } from "./client-under-test.ts"
import type { Governed } from "./governed.ts"
import type { ReferenceCall, ReferenceServer } from "./reference-servers.ts"

/** Whether one step went right, and what was seen. */
export type Step = { readonly step: string; readonly isRight: boolean; readonly seen: string }

/** Whether a client's own call is still open when the person decides, or was told before that it is pending. */
export type Exit = "waits" | "comes back"

/** A client that asks, with the server it uses, the person who decides, and how it is expected to wait. */
export type Asking = {
  readonly client: ClientUnderTest
  readonly server: ReferenceServer
  readonly governed: Governed
  readonly exit: Exit
}

const heldWithinMs = 30_000
const refusal = "the matrix refuses this one"

/** Lists and makes one harmless call. */
export async function exerciseUse(client: ClientUnderTest, server: ReferenceServer): Promise<Step[]> {
  return [
    await step("list", async () => {
      const listed = await client.list()
      const missing = server.tools.filter((tool) => !listed.includes(tool))
      return { isRight: missing.length === 0, seen: missing.length > 0 ? `without ${missing.join()}` : "" }
    }),
    await step("call", async () => {
      const outcome = await client.call(server.read.tool, server.read.args)
      return { isRight: server.read.isRight(outcome), seen: show(outcome) }
    }),
  ]
}

/** Makes calls that a person has to decide: one is approved, one is refused. */
export async function exerciseAsking(asking: Asking): Promise<Step[]> {
  const asked = await ask(asking)
  return [
    asked.step,
    await step("approve", () => approved(asking, asked)),
    await step("deny", () => denied(asking)),
  ]
}

type Asked = { readonly call: ReferenceCall; readonly held?: HeldCall; readonly answer: Promise<Outcome> }

async function ask(asking: Asking): Promise<Asked & { readonly step: Step }> {
  const opened = open(asking)
  let held: HeldCall | undefined
  const asked = await step("ask", async () => {
    held = await heldFor(opened, asking)
    const pending = await pendingAnswer(asking, opened.answer)
    const times = await timesOf(opened.call, held, asking.governed)
    const isTold = pending === undefined || isPending(pending, held)
    const seen = pending === undefined ? "the call stays open" : show(pending)
    return { isRight: areTimes(times, 0) && isTold, seen: `${JSON.stringify(times)} ${seen}` }
  })
  return { ...opened, step: asked, ...(held ? { held } : {}) }
}

function open({ client, server }: Asking): Asked {
  const call = server.change(`matrix-${randomUUID()}`)
  const answer = client.call(call.tool, call.args)
  answer.catch(() => undefined) // awaited later; until then a failure must not end the run
  return { call, answer }
}

/** What a client that comes back was told; nothing of one that waits, which is left waiting. */
async function pendingAnswer({ exit }: Asking, answer: Promise<Outcome>): Promise<Outcome | undefined> {
  return exit === "comes back" ? answer : undefined
}

/** A pending result is readable when it says what a person has to run. */
function isPending(outcome: Outcome, held: HeldCall): boolean {
  return outcome.isError && outcome.text.includes(`hufu approve ${held.id}`)
}

async function approved(asking: Asking, { call, held, answer }: Asked): Promise<Omit<Step, "step">> {
  if (held === undefined) throw new Error("nothing was held")
  await asking.governed.approve(held)
  const outcome = await decided(asking, call, answer)
  const times = await timesOf(call, held, asking.governed)
  const isRight = call.isRight(outcome) && areTimes(times, 1)
  return { isRight, seen: `${JSON.stringify(times)} ${show(outcome)}` }
}

async function denied(asking: Asking): Promise<Omit<Step, "step">> {
  const opened = open(asking)
  const { call, answer } = opened
  const held = await heldFor(opened, asking)
  await pendingAnswer(asking, answer)
  await asking.governed.refuse(held, refusal)
  const outcome = await decided(asking, call, answer)
  const times = await timesOf(call, held, asking.governed)
  const isRight = outcome.isError && outcome.text.includes(refusal) && areTimes(times, 0)
  return { isRight, seen: `${JSON.stringify(times)} ${show(outcome)}` }
}

/** The answer to the call that is still open, or to the same call again: it continues, and is no second one. */
function decided({ client, exit }: Asking, call: ReferenceCall, answer: Promise<Outcome>): Promise<Outcome> {
  return exit === "waits" ? answer : client.call(call.tool, call.args)
}

async function heldFor({ call, answer }: Asked, { governed }: Asking): Promise<HeldCall> {
  const until = performance.now() + heldWithinMs
  let answered = "without an answer"
  answer.then(
    (outcome) => (answered = show(outcome)),
    (error: unknown) => (answered = String(error)),
  )
  while (performance.now() < until) {
    const held = (await governed.held()).find(
      (item) => item.tool === call.tool && isDeepStrictEqual(item.arguments, call.args),
    )
    if (held) return held
    await delay(100) // a hold has no event that a person's side can wait for
  }
  throw new Error(`no call was held for a person: ${answered}`)
}

async function step(name: string, run: () => Promise<Omit<Step, "step">>): Promise<Step> {
  try {
    return { step: name, ...(await run()) }
  } catch (error) {
    return { step: name, isRight: false, seen: error instanceof Error ? error.message : String(error) }
  }
}

/** How often the ledger says that a call was let through, and how often its effect is there to be seen. */
async function timesOf(call: ReferenceCall, held: HeldCall, governed: Governed): Promise<Times> {
  const admitted = await governed.timesAdmitted(held)
  return { admitted, effects: await call.timesHappened?.() }
}

type Times = { readonly admitted: number; readonly effects: number | undefined }

// a tool without a trace is judged by the ledger alone
const areTimes = ({ admitted, effects = admitted }: Times, n: number): boolean =>
  admitted === n && effects === n

const show = (outcome: Outcome): string => JSON.stringify(outcome).slice(0, 600)
