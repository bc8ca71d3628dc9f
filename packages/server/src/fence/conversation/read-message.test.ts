import { expect, test } from "vitest"
import { readMessage } from "./read-message.ts"

const message = { messageId: "m", contextId: "c", role: "ROLE_USER", parts: [{ text: "hi" }] }

test("an A2A message, task and update of either say who speaks, where and what", () => {
  expect(readMessage(message)).toMatchObject({
    role: "user",
    contextId: "c",
    texts: ["hi"],
    parts: ["text"],
    isCut: false,
  })
  const parts = [
    { data: { name: { deep: "Luna" } } },
    { url: "https://x.example/a.png", mediaType: "image/png" },
    { raw: "aGk=" },
  ]
  expect(readMessage({ ...message, role: "ROLE_AGENT", parts })).toMatchObject({
    role: "agent",
    texts: ["Luna"],
    parts: ["data", "file"],
  })
  const status = { state: "TASK_STATE_COMPLETED", message: { ...message, role: "ROLE_AGENT" } }
  const artifacts = [{ artifactId: "a", parts: [{ text: "done" }] }]
  const task = {
    id: "t",
    contextId: "c",
    status,
    artifacts,
    history: [{ ...message, parts: [{ text: "old" }] }],
  }
  expect(readMessage(task)).toMatchObject({ role: "agent", taskId: "t", texts: ["hi", "done"] })
  expect(readMessage({ taskId: "t", contextId: "c", status })).toMatchObject({ role: "agent", texts: ["hi"] })
  expect(readMessage({ taskId: "t", contextId: "c", artifact: artifacts[0] })).toMatchObject({
    texts: ["done"],
  })
})

test("an AIP command is of whoever leads, a result, status or product of the partner", () => {
  const about = { id: "i", sentAt: "2026-11-30T00:00:00+08:00", senderId: "x", sessionId: "s", taskId: "t" }
  const dataItems = [
    { type: "text", text: "你好" },
    { type: "data", data: { a: "b c" } },
    { type: "file", uri: "https://x.example" },
  ]
  expect(
    readMessage({ ...about, type: "task-command", senderRole: "leader", command: "start", dataItems }),
  ).toMatchObject({
    role: "user",
    contextId: "s",
    taskId: "t",
    texts: ["你好", "b c"],
    parts: ["text", "data", "file"],
  })
  const status = {
    state: "working",
    stateChangedAt: about.sentAt,
    dataItems: [{ type: "text", text: "on it" }],
  }
  const product = { id: "p", name: "poem", dataItems: [{ type: "text", text: "moon" }] }
  const partner = { ...about, senderRole: "partner" }
  expect(readMessage({ ...partner, type: "task-result", status, products: [product] })).toMatchObject({
    role: "agent",
    texts: ["on it", "moon"],
  })
  expect(readMessage({ ...partner, type: "task-status-update", status })).toMatchObject({ texts: ["on it"] })
  expect(readMessage({ ...partner, type: "product-chunk", product })).toMatchObject({
    role: "agent",
    texts: ["moon"],
  })
})

test("the same is the same whatever stands around it, and another part is another message", () => {
  const { id, digest } = readMessage(message)
  expect(readMessage({ ...message, metadata: { a: 1 } })).toMatchObject({ id, digest })
  expect(readMessage({ ...message, parts: [{ text: "ho" }] }).digest).not.toBe(digest)
  expect(readMessage({ ...message, parts: [{ text: "h" }, { text: "i" }] }).digest).not.toBe(digest)
})

test.each([
  ["nothing", null],
  ["a text", "hi"],
  ["a message without an id", { ...message, messageId: "" }],
  ["a role that there is not", { ...message, role: "ROLE_SYSTEM" }],
  ["a part that is a number", { ...message, parts: [1] }],
  ["too many parts", { ...message, parts: Array.from({ length: 100_000 }, () => ({ text: "a" })) }],
  ["an id that is too long", { ...message, contextId: "c".repeat(300) }],
])("%s is refused", (_what, given) => {
  expect(() => readMessage(given)).toThrow(/does not fit/)
})

test("a long message is read in part and says so", () => {
  const said = readMessage({ ...message, parts: [{ text: "a".repeat(1_000_000) }] })
  expect(said.isCut).toBe(true)
  expect(said.texts.join("")).toHaveLength(65_536)
  expect(readMessage({ ...message, parts: Array.from({ length: 1001 }, () => ({ text: "" })) }).isCut).toBe(
    true,
  )
  expect(readMessage({ ...message, parts: Array.from({ length: 1000 }, () => ({ text: "a" })) }).isCut).toBe(
    false,
  )
})
