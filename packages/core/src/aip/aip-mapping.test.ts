import { assert, oneof, property } from "fast-check"
import { describe, expect, test } from "vitest"
import { delegationStates } from "../delegation/delegation-state.ts"
import { Happening, Said } from "../delegation/happening.ts"
import { Part } from "../delegation/part.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { dataItem, productChunk, statusUpdate, taskCommand, taskResult } from "./aip.arbitrary.ts"
import { EventData, TaskCommand } from "./aip-message.ts"
import { aipStateOf, aipStates, delegationStateOf } from "./aip-state.ts"
import { beijingTime, msOf } from "./aip-time.ts"
import { DataItem, dataItemOf, partOf } from "./data-item.ts"
import { happeningsOf, objectIn, saidOf } from "./from-aip.ts"
import { commandOf, type Envelope, eventOf, resultOf } from "./to-aip.ts"

const stamp = { id: "stamp", at: 0 }

/** Who says it, as it stands in a message. */
function envelopeOf({ senderId, taskId, sessionId }: JsonObject): Envelope {
  return {
    senderId: text(senderId),
    taskId: text(taskId),
    sessionId: sessionId === undefined ? undefined : text(sessionId),
  }
}
/** Nothing is said with it. */
function isBare(told: readonly Happening[]): boolean {
  const last = told.at(-1)
  return last?.kind === "state" && last.said === undefined
}

/** The same state of the same task at the same moment, in a message of Hufu's own. */
function bare(raw: JsonObject, last: JsonObject): JsonObject {
  const { type, senderRole, senderId, taskId, sessionId, products, status } = raw
  const { state, stateChangedAt } = objectIn(status) ?? {}
  const at = msOf(text(stateChangedAt)) ?? 0
  return {
    type,
    id: last["id"],
    sentAt: last["sentAt"],
    senderRole,
    senderId,
    taskId,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(Array.isArray(products) && products.length > 0 ? { products } : {}),
    status: { state, stateChangedAt: beijingTime(at) },
  } as JsonObject // every member of it is there
}

const text = (value: JsonValue | undefined) => (typeof value === "string" ? value : "")

describe("what AIP says in the words of no protocol, and back", () => {
  test("every state of AIP comes back, and every state has one in AIP", () => {
    for (const state of aipStates) expect(aipStateOf(delegationStateOf(state))).toBe(state)
    const lost = delegationStates.filter((state) => delegationStateOf(aipStateOf(state)) !== state)
    expect(lost).toEqual(["auth-required"])
  })

  test("every data item comes back without its original, save members that AIP does not have", () => {
    assert(
      property(dataItem, (raw) => {
        const part = Part.parse(partOf(DataItem.parse(raw)))
        const { "x-1": _x, vendor: _vendor, null: _null, ...known } = raw
        expect(dataItemOf(part)).toEqual(known)
      }),
    )
  })

  test("every command comes back as it was", () => {
    assert(
      property(taskCommand, (raw) => {
        const command = TaskCommand.parse(raw)
        const said = Said.parse(saidOf(command, raw))
        const { command: order } = command
        if (order === "get" || order === "re-stream") throw new Error("none of these is made")
        const parameters = objectIn(raw["commandParams"])
        const back = commandOf(
          { order, said, ...(parameters === undefined ? {} : { parameters }) },
          envelopeOf(raw),
          stamp,
        )
        expect(back).toEqual(raw)
      }),
    )
  })

  test("every event comes back as it was; a result as its products and its state; a bare state as that state", () => {
    assert(
      property(oneof(taskResult, statusUpdate, productChunk), (raw) => {
        const told = happeningsOf(EventData.parse(raw), raw).map((each) => Happening.parse(each))
        const events = told.map((each) => eventOf(each, envelopeOf(raw), stamp))
        const last = events.at(-1) ?? {}
        const products =
          raw["type"] === "task-result" ? events.slice(0, -1).map((each) => each["product"] ?? null) : []
        expect(products.length === 0 ? last : { ...last, products }).toEqual(
          isBare(told) ? bare(raw, last) : raw,
        )
      }),
    )
  })

  test("what AIP does not know is among what is said, so that it is judged like everything else", () => {
    const hidden = (event: JsonObject) =>
      JSON.stringify(happeningsOf(EventData.parse(event), event).map(withoutOriginals))
    const message = { id: "1", sentAt: "2025-09-01T12:00:00", senderId: "a", taskId: "t" }
    const item = { type: "text", text: "seen", secret: "in an item" }
    const command = {
      type: "task-command",
      ...message,
      senderRole: "leader",
      command: "start",
      secret: "at the top",
      dataItems: [item],
    }
    const { original: _original, ...said } = saidOf(TaskCommand.parse(command), command)
    expect(JSON.stringify(said)).toMatch(/in an item.*at the top|at the top.*in an item/)
    const ofPartner = { ...message, senderRole: "partner" }
    const status = { state: "working", stateChangedAt: "2025-09-01T12:00:00", secret: "in the state" }
    expect(hidden({ type: "task-status-update", ...ofPartner, status, groupId: "in a group" })).toMatch(
      /in a group.*in the state/,
    )
    const product = { id: "p", dataItems: [item], secret: "in a product" }
    const chunk = {
      type: "product-chunk",
      ...ofPartner,
      product,
      append: false,
      lastChunk: true,
      secret: "in the event",
    }
    expect(hidden(chunk)).toMatch(/in a product.*in an item.*in the event/)
    const result = { type: "task-result", ...ofPartner, status, products: [product], secret: "in the result" }
    expect(hidden(result)).toMatch(/in a product.*in an item.*in the result.*in the state/)
  })

  test("who speaks is never taken from what came", () => {
    assert(
      property(taskCommand, statusUpdate, (command, update) => {
        const to = { senderId: "us", taskId: "ours", sessionId: undefined }
        const order = commandOf(
          { order: "continue", said: saidOf(TaskCommand.parse(command), command) },
          to,
          stamp,
        )
        const [event] = happeningsOf(EventData.parse(update), update).map((each) => eventOf(each, to, stamp))
        for (const each of [order, event]) {
          expect(each).toMatchObject({ senderId: "us", taskId: "ours" })
          expect(each).not.toHaveProperty("sessionId")
        }
        expect(order).toMatchObject({ command: "continue" })
        expect(order).not.toHaveProperty("commandParams")
      }),
    )
  })

  test("what another protocol said is said in AIP's words", () => {
    const part: Part = { kind: "data", data: [1, 2], mediaType: "application/json" }
    const said: Said = { id: "m1", parts: [part, { kind: "text", text: "你好" }] }
    const envelope = { senderId: "a", taskId: "t", sessionId: "s" }
    expect(commandOf({ order: "start", said }, envelope, stamp)).toEqual({
      type: "task-command",
      id: "m1",
      sentAt: "1970-01-01T08:00:00.000+08:00",
      senderRole: "leader",
      senderId: "a",
      command: "start",
      dataItems: [
        { type: "data", data: { value: [1, 2] }, metadata: { mediaType: "application/json" } },
        { type: "text", text: "你好" },
      ],
      taskId: "t",
      sessionId: "s",
    })
    expect(eventOf({ kind: "reply", said }, envelope, stamp)).toMatchObject({
      type: "product-chunk",
      product: { id: "m1" },
      append: false,
      lastChunk: true,
    })
    const products = [{ id: "p", name: "n", parts: [part] }]
    const result = resultOf({ state: "auth-required", at: 0, said, products }, envelope, stamp)
    expect(EventData.parse(result)).toMatchObject({
      status: { state: "awaiting-input" },
      products: [{ name: "n" }],
    })
  })
})

/** What a happening says but for its originals. */
function withoutOriginals(happening: Happening): JsonValue {
  const text = JSON.stringify(happening, (key, value: unknown) => (key === "original" ? undefined : value))
  return JSON.parse(text) as JsonValue // it was JSON before
}

describe("what is no message of AIP", () => {
  const good = {
    type: "task-command",
    id: "1",
    sentAt: "2025-09-01T12:00:00",
    senderRole: "leader",
    senderId: "a",
    command: "start",
    taskId: "t",
  }
  test.each([
    ["a time that is none", { sentAt: "yesterday" }],
    ["another role", { senderRole: "partner" }],
    ["a command that AIP does not have", { command: "pause" }],
    ["an empty task", { taskId: "" }],
    [
      "a file with both an address and bytes",
      { dataItems: [{ type: "file", uri: "https://a", bytes: "AA==" }] },
    ],
    ["a file with neither", { dataItems: [{ type: "file", name: "a" }] }],
    ["bytes that are no Base64", { dataItems: [{ type: "file", bytes: "%" }] }],
    ["data that is no object", { dataItems: [{ type: "data", data: [1] }] }],
    ["too many items", { dataItems: Array.from({ length: 1001 }, () => ({ type: "text", text: "" })) }],
  ])("%s is refused", (_name, change) => {
    expect(TaskCommand.safeParse(good).success).toBe(true)
    expect(TaskCommand.safeParse({ ...good, ...change }).success).toBe(false)
  })

  test("what is null is absent", () => {
    const nothing = { dataItems: null, mentions: null, sessionId: null, groupId: null, commandParams: null }
    expect(TaskCommand.safeParse({ ...good, ...nothing }).success).toBe(true)
  })
})
