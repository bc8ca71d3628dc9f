import { expect, test } from "vitest"
import type { HeldCall } from "../node-under-test.ts"
import type { ClientUnderTest, Outcome } from "./client-under-test.ts"
import { exerciseAsking } from "./exercise.ts"
import type { Governed } from "./governed.ts"
import type { ReferenceServer } from "./reference-servers.ts"

// The judge itself is on trial here: a desk that behaves passes, and each way of misbehaving is seen.

type Desk = { readonly client: ClientUnderTest; readonly governed: Governed; readonly done: Set<string> }

const isRight = (outcome: Outcome): boolean => outcome.ok && !outcome.isError

function openDesk(habits: { performsEarly?: boolean; performsRefused?: boolean } = {}): Desk {
  const done = new Set<string>()
  const waiting = new Map<HeldCall, (outcome: Outcome) => void>()
  const answer = (held: HeldCall, outcome: Outcome): Promise<void> => {
    waiting.get(held)?.(outcome)
    waiting.delete(held)
    return Promise.resolve()
  }
  const perform = (held: HeldCall): void => void done.add(JSON.stringify(held.arguments))
  return {
    done,
    client: {
      list: () => Promise.resolve([]),
      close: () => Promise.resolve(),
      call: (tool, args) =>
        new Promise((resolve) => {
          const held = { tool, arguments: args } as HeldCall // the judge reads no other member
          if (habits.performsEarly) perform(held)
          waiting.set(held, resolve)
        }),
    },
    governed: {
      target: () => ({ kind: "http", url: "http://127.0.0.1/", headers: {} }),
      held: () => Promise.resolve([...waiting.keys()]),
      approve(held) {
        perform(held)
        return answer(held, { ok: true, isError: false, text: "done" })
      },
      refuse(held, reason) {
        if (habits.performsRefused) perform(held)
        return answer(held, { ok: true, isError: true, text: `refused: ${reason}` })
      },
      close: () => Promise.resolve(),
    },
  }
}

function serverOf({ done }: Desk): ReferenceServer {
  const call = (nonce: string) => ({
    tool: "note",
    args: { nonce },
    isRight,
    hasHappened: () => Promise.resolve(done.has(JSON.stringify({ nonce }))),
  })
  return { name: "desk", args: [], env: {}, tools: ["note"], read: call("read"), change: call }
}

async function failedSteps(desk: Desk): Promise<string[]> {
  const steps = await exerciseAsking(desk.client, serverOf(desk), desk.governed)
  expect(steps.map(({ step }) => step)).toEqual(["ask", "approve", "deny"])
  return steps.filter((step) => !step.isRight).map(({ step }) => step)
}

test("a desk that holds, performs what is approved and nothing else passes", async () => {
  expect(await failedSteps(openDesk())).toEqual([])
})

test("a call that is performed before it is approved fails", async () => {
  expect(await failedSteps(openDesk({ performsEarly: true }))).toEqual(["ask", "deny"])
})

test("a refused call that is performed all the same fails", async () => {
  expect(await failedSteps(openDesk({ performsRefused: true }))).toEqual(["deny"])
})
