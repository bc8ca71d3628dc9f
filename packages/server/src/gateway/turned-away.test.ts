import { afterEach, beforeEach, expect, test } from "vitest"
import { isFailure } from "@hufu/core/failure"
import { openPipeline, type OpenPipeline } from "./testing/open-pipeline.ts"

let node: OpenPipeline
beforeEach(async () => (node = await openPipeline()))
afterEach(() => node.close())

/** Knocks, and answers with which code it was turned away. */
function knock(): string | undefined {
  try {
    node.governor.standing(node.caller)
    return undefined
  } catch (error) {
    if (!isFailure(error)) throw error
    expect(error.extra["zh"]).toMatch(/须由委托人/)
    return error.code
  }
}

async function refusals(): Promise<unknown[]> {
  await node.ledger.append({ kind: "statement", fact: "note", subject: "node" }) // what is lazy goes with it
  return node.ledger
    .entries(0, 1000)
    .map(({ entry }) => entry)
    .filter((entry) => entry.kind === "statement" && entry.fact === "agent.refused")
    .map((entry) => ("refs" in entry ? entry.refs : undefined))
}

test("whom a stop keeps out is written down once for each stop, however often it comes", async () => {
  expect(knock()).toBeUndefined()
  await node.stop.declare("node", "")
  for (let i = 0; i < 50; i++) expect(knock()).toBe("stopped")
  expect(await refusals()).toEqual([{ reason: "stopped", door: "api" }])
  await node.stop.lift("usr_00000000")
  expect(knock()).toBeUndefined()
  node.clock.set(node.clock.now() + 1000)
  await node.stop.declare("node", "")
  expect(knock()).toBe("stopped")
  expect(await refusals()).toHaveLength(2)
})

test("a suspended agent hears that it is suspended, and so does the ledger", async () => {
  await node.interventions.suspend(node.agent.id, "node", "")
  expect(knock()).toBe("agent_suspended")
  expect(await refusals()).toEqual([{ reason: "agent_suspended", door: "api" }])
})
