import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { isDeepStrictEqual } from "node:util"
import type { HeldCall } from "../node-under-test.ts"
import type { ClientUnderTest, Outcome } from "./client-under-test.ts"
import type { Governed } from "./governed.ts"
import type { ReferenceCall, ReferenceServer } from "./reference-servers.ts"

/** Whether one step went right, and if not, what was seen. */
export type Step = { readonly step: string; readonly isRight: boolean; readonly seen: string }

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
export async function exerciseAsking(
  client: ClientUnderTest,
  server: ReferenceServer,
  governed: Governed,
): Promise<Step[]> {
  return [
    ...(await approved(client, server.change(newName()), governed)),
    await step("deny", () => refused(client, server.change(newName()), governed)),
  ]
}

async function approved(client: ClientUnderTest, call: ReferenceCall, governed: Governed): Promise<Step[]> {
  const answer = client.call(call.tool, call.args)
  answer.catch(() => undefined) // awaited below; until then a failure must not end the run
  const asked = await step("ask", async () => {
    const held = await heldFor(call, governed)
    const happenedTooEarly = (await call.hasHappened?.()) ?? false
    await governed.approve(held)
    return { isRight: !happenedTooEarly, seen: happenedTooEarly ? "performed before it was approved" : "" }
  })
  const approval = await step("approve", async () => {
    const first = await answer
    // a client that was told to come back gets the result of the same action, not a second one
    const outcome = call.isRight(first) ? first : await client.call(call.tool, call.args)
    const happened = (await call.hasHappened?.()) ?? true
    return { isRight: call.isRight(outcome) && happened, seen: `${show(first)} then ${show(outcome)}` }
  })
  return [asked, approval]
}

async function refused(
  client: ClientUnderTest,
  call: ReferenceCall,
  governed: Governed,
): Promise<Omit<Step, "step">> {
  const answer = client.call(call.tool, call.args)
  answer.catch(() => undefined) // awaited below; until then a failure must not end the run
  await governed.refuse(await heldFor(call, governed), refusal)
  const first = await answer
  const outcome = isRefusal(first) ? first : await client.call(call.tool, call.args)
  const happened = (await call.hasHappened?.()) ?? false
  return { isRight: isRefusal(outcome) && !happened, seen: `${show(first)} then ${show(outcome)}` }
}

function isRefusal(outcome: Outcome): boolean {
  return outcome.isError && outcome.text.includes(refusal)
}

async function heldFor(call: ReferenceCall, governed: Governed): Promise<HeldCall> {
  const until = performance.now() + heldWithinMs
  while (performance.now() < until) {
    const held = (await governed.held()).find(
      (item) => item.tool === call.tool && isDeepStrictEqual(item.arguments, call.args),
    )
    if (held) return held
    await delay(100) // a hold has no event that a person's side can wait for
  }
  throw new Error("no call was held for a person")
}

async function step(name: string, run: () => Promise<Omit<Step, "step">>): Promise<Step> {
  try {
    return { step: name, ...(await run()) }
  } catch (error) {
    return { step: name, isRight: false, seen: error instanceof Error ? error.message : String(error) }
  }
}

const newName = (): string => `matrix-${randomUUID()}`

const show = (outcome: Outcome): string => JSON.stringify(outcome).slice(0, 300)
