import { assert, oneof, property } from "fast-check"
import { describe, expect, it } from "vitest"
import { delegationStates } from "../delegation/delegation-state.ts"
import { Happening } from "../delegation/happening.ts"
import { A2aEvent, A2aMessage, A2aTask } from "./a2a-content.ts"
import { a2aOfHappening } from "./a2a-event.ts"
import { happeningsOfA2a, withTaskMetadata } from "./a2a-happenings.ts"
import { artifactUpdate, ids, message, reply, statusUpdate, task } from "./a2a.arbitrary.ts"
import { a2aOfSaid, keptOf, saidOfA2a, textIn } from "./a2a-said.ts"
import { a2aStateOf, stateOfA2a, statesOfA2a } from "./a2a-state.ts"
import { a2aTaskOf } from "./a2a-task.ts"
import { fromLegacy, toLegacy } from "./legacy.ts"
import type { JsonObject } from "../json/json-value.ts"

/** JSON, as it goes over the wire. */
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe("a message of A2A", () => {
  it("comes out of the model as it went in", () => {
    assert(
      property(message("ROLE_USER", ids.taskId, ids.contextId), (said) => {
        const read = A2aMessage.parse(wire(said))
        expect(a2aOfSaid(saidOfA2a(read), { role: "ROLE_USER", ...ids })).toEqual(said)
      }),
    )
  })

  it("is read by the protocol's other names, numbers and alphabets too", () => {
    const said = A2aMessage.parse({
      message_id: "m",
      context_id: "c",
      role: 1,
      parts: [{ raw: "_-8", media_type: "image/png", filename: null }, { data: null }],
      reference_task_ids: ["t"],
      unheard: true,
    })
    expect(said).toEqual({
      messageId: "m",
      contextId: "c",
      role: "ROLE_USER",
      parts: [{ raw: "/+8=", mediaType: "image/png" }, { data: null }],
      referenceTaskIds: ["t"],
    })
  })

  it.each<[object, string]>([
    [{ parts: [] }, "no part"],
    [{ parts: [{ text: "a", url: "b" }] }, "two contents"],
    [{ parts: [{}] }, "no content"],
    [{ parts: [{ raw: "a?b" }] }, "no Base64"],
    [{ messageId: "" }, "no id"],
    [{ role: "ROLE_KING" }, "no role"],
    [{ metadata: [] }, "metadata that are no object"],
    [{ parts: Array.from({ length: 1001 }, () => ({ text: "a" })) }, "too many parts"],
  ])("is refused with %j (%s)", (wrong) => {
    const right = { messageId: "m", role: "ROLE_USER", parts: [{ text: "a" }] }
    expect(A2aMessage.safeParse(right).success).toBe(true)
    expect(A2aMessage.safeParse({ ...right, ...wrong }).success).toBe(false)
  })
})

describe("an event of A2A", () => {
  it("comes out of the model as it went in, and the model accepts it", () => {
    assert(
      property(oneof(statusUpdate, artifactUpdate, reply), (event) => {
        const told = happeningsOfA2a(A2aEvent.parse(wire(event)))
        expect(told.happenings).toHaveLength(1)
        const [happening] = told.happenings.map((each) => Happening.parse(wire(each)))
        expect(happening && a2aOfHappening(happening, ids, 0)).toEqual(event)
      }),
    )
  })

  it("that is a whole task comes out as it went in, with its metadata", () => {
    assert(
      property(task, (whole) => {
        const { happenings } = happeningsOfA2a(A2aEvent.parse(wire({ task: whole })))
        const products = happenings.flatMap((each) => (each.kind === "product" ? [each.product] : []))
        const last = happenings.at(-1)
        if (last?.kind !== "state") throw new Error("a task ends with its state")
        const kept = keptOf(last.original)
        const standing = {
          state: last.state,
          timestamp: textIn(kept["timestamp"]) ?? "",
          said: last.said,
          history: [],
          products,
          // Written by `happeningsOfA2a` from the task's own.
          metadata: kept["task"] as JsonObject | undefined,
        }
        expect(a2aTaskOf(standing, ids)).toEqual(whole)
      }),
    )
  })

  it("carries on what is known of the whole task", () => {
    const [state] = happeningsOfA2a({
      statusUpdate: { taskId: "t", status: { state: "TASK_STATE_WORKING" }, metadata: { a: 1 } },
    }).happenings
    if (state === undefined) throw new Error("there is one")
    const kept = withTaskMetadata(state, { a: 1, b: 2 })
    expect(kept).toMatchObject({ original: { object: { metadata: { a: 1 }, task: { a: 1, b: 2 } } } })
  })

  it("without a state is refused", () => {
    const event = A2aEvent.parse({ statusUpdate: { taskId: "t", status: { state: 0 } } })
    expect(() => happeningsOfA2a(event)).toThrow("TASK_STATE_UNSPECIFIED")
    expect(A2aEvent.safeParse({ task: {}, message: {} }).success).toBe(false)
    expect(A2aEvent.safeParse({}).success).toBe(false)
  })
})

describe("the states", () => {
  it("are those of A2A, but that what was delivered is taken at once", () => {
    for (const state of delegationStates) {
      const back = stateOfA2a(a2aStateOf[state])
      expect(back).toBe(state === "delivered" ? "completed" : state)
      expect(statesOfA2a(a2aStateOf[state])).toContain(state)
    }
  })
})

describe("A2A 0.3", () => {
  it("says what 1.0 says, but for the media types and names of texts and data", () => {
    assert(
      property(task, (whole) => {
        const legacy = wire(toLegacy.task(wire(whole) as unknown as JsonObject))
        const back = A2aTask.parse(fromLegacy.task(legacy))
        expect(back).toEqual(plain(A2aTask.parse(wire(whole))))
      }),
    )
  })

  it("has words of its own for everything", () => {
    const legacy = toLegacy.event({
      statusUpdate: { taskId: "t", contextId: "c", status: { state: "TASK_STATE_INPUT_REQUIRED" } },
    })
    expect(legacy).toEqual({
      kind: "status-update",
      taskId: "t",
      contextId: "c",
      status: { state: "input-required" },
      final: true,
    })
    expect(fromLegacy.event(legacy)).toEqual({
      statusUpdate: { taskId: "t", contextId: "c", status: { state: "TASK_STATE_INPUT_REQUIRED" } },
    })
    expect(
      fromLegacy.sendMessage({
        message: { role: "user", parts: [{ kind: "text", text: "a" }] },
        configuration: { blocking: true },
      }),
    ).toEqual({
      message: { role: "ROLE_USER", parts: [{ text: "a" }] },
      configuration: { returnImmediately: false },
    })
  })
})

/** Without what 0.3 has no place for. */
function plain(whole: A2aTask): A2aTask {
  return JSON.parse(JSON.stringify(whole), (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !("text" in value || "data" in value)) return value
    if ("parts" in value) return value
    const { filename: _name, mediaType: _type, ...rest } = value as JsonObject
    return rest
  }) as A2aTask
}
