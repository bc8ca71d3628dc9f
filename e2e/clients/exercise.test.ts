import { expect, test } from "vitest"
import type { HeldCall } from "../node-under-test.ts"
import type { ClientUnderTest, Outcome } from "./client-under-test.ts"
import { exerciseAsking, type Exit } from "./exercise.ts"
import type { Governed } from "./governed.ts"
import type { ReferenceServer } from "./reference-servers.ts"

// The judge itself is on trial here: a desk that behaves passes, and each way of misbehaving is seen.

type Habits = {
  readonly exit?: Exit
  readonly performsEarly?: boolean
  readonly performsRefused?: boolean
  readonly performsTwice?: boolean
  readonly forgetsReason?: boolean
  readonly saysNothing?: boolean
}
type Desk = {
  readonly exit: Exit
  readonly client: ClientUnderTest
  readonly governed: Governed
  readonly done: string[]
}

const isRight = (outcome: Outcome): boolean => outcome.ok && !outcome.isError
const keyOf = (args: unknown): string => JSON.stringify(args)

function openDesk(habits: Habits = {}): Desk {
  const { exit = "comes back" } = habits
  const done: string[] = []
  const waiting = new Map<string, { held: HeldCall; resolve: (outcome: Outcome) => void }>()
  const decided = new Map<string, Outcome>()
  const decide = (held: HeldCall, outcome: Outcome): Promise<void> => {
    const key = keyOf(held.arguments)
    decided.set(key, outcome)
    waiting.get(key)?.resolve(outcome)
    waiting.delete(key)
    return Promise.resolve()
  }
  const perform = (args: unknown): void => void done.push(keyOf(args))
  const call: ClientUnderTest["call"] = (tool, args) => {
    const known = decided.get(keyOf(args))
    if (known) return Promise.resolve(known)
    const held = { id: "hold_1", tool, arguments: args } as HeldCall // the judge reads no other member
    if (habits.performsEarly) perform(args)
    const pending = { ok: true, isError: true, text: habits.saysNothing ? "" : "hufu approve hold_1" }
    return new Promise((resolve) => {
      waiting.set(keyOf(args), { held, resolve })
      if (exit === "comes back") resolve(pending)
    })
  }
  return {
    exit,
    done,
    client: { list: () => Promise.resolve([]), close: () => Promise.resolve(), call },
    governed: {
      target: () => ({ kind: "http", url: "http://127.0.0.1/", headers: {} }),
      held: () => Promise.resolve([...waiting.values()].map(({ held }) => held)),
      approve(held) {
        perform(held.arguments)
        if (habits.performsTwice) perform(held.arguments)
        return decide(held, { ok: true, isError: false, text: "done" })
      },
      refuse(held, reason) {
        if (habits.performsRefused) perform(held.arguments)
        return decide(held, { ok: true, isError: true, text: habits.forgetsReason ? "" : reason })
      },
      timesAdmitted: (held) => Promise.resolve(timesIn(done, held.arguments)),
      close: () => Promise.resolve(),
    },
  }
}

const timesIn = (done: readonly string[], args: unknown): number =>
  done.filter((key) => key === keyOf(args)).length

function serverOf({ done }: Desk): ReferenceServer {
  const call = (nonce: string) => ({
    tool: "note",
    args: { nonce },
    isRight,
    timesHappened: () => Promise.resolve(timesIn(done, { nonce })),
  })
  return { name: "desk", args: [], env: {}, tools: ["note"], read: call("read"), change: call }
}

async function failedSteps(desk: Desk): Promise<string[]> {
  const steps = await exerciseAsking({ ...desk, server: serverOf(desk) })
  expect(steps.map(({ step }) => step)).toEqual(["ask", "approve", "deny"])
  return steps.filter((step) => !step.isRight).map(({ step }) => step)
}

test.each(["waits", "comes back"] as const)(
  "a desk that holds, performs what is approved and nothing else passes with a client that %s",
  async (exit) => {
    expect(await failedSteps(openDesk({ exit }))).toEqual([])
  },
)

test("a call that is performed before it is approved fails", async () => {
  expect(await failedSteps(openDesk({ performsEarly: true }))).toEqual(["ask", "approve", "deny"])
})

test("an approved call that is performed twice fails", async () => {
  expect(await failedSteps(openDesk({ performsTwice: true }))).toEqual(["approve"])
})

test("a refused call that is performed all the same fails", async () => {
  expect(await failedSteps(openDesk({ performsRefused: true }))).toEqual(["deny"])
})

test("a refusal that does not say why fails", async () => {
  expect(await failedSteps(openDesk({ forgetsReason: true }))).toEqual(["deny"])
})

test("a pending result that does not say what to run fails", async () => {
  expect(await failedSteps(openDesk({ saysNothing: true }))).toEqual(["ask"])
})
