import { describe, expect, test } from "vitest"
import type { JsonMembers } from "./json.ts"
import { watchLeader } from "./leader-checks.ts"

const good = {
  type: "task-command",
  id: "m1",
  sentAt: "2026-01-31T12:00:00+08:00",
  senderRole: "leader",
  senderId: "a",
  command: "start",
  taskId: "t",
  sessionId: "s",
}

function seen(
  command: JsonMembers,
  more: { path?: string; method?: string; member?: string; peer?: string } = {},
) {
  const { path = "rpc", method = path, member = path === "rpc" ? "command" : "message", peer } = more
  return { path, headers: {}, peer, body: { jsonrpc: "2.0", id: 1, method, params: { [member]: command } } }
}

describe("what a leader of AIP sends", () => {
  test("nothing is found in what is right", () => {
    const watch = watchLeader()
    watch.look(seen(good, { peer: "a" }))
    watch.look(seen({ ...good, id: "m2", command: "re-stream" }, { path: "stream" }))
    watch.look(seen({ ...good, id: "m3", taskId: "u" }, { path: "notification/start", member: "command" }))
    expect(watch.missteps).toEqual([])
    expect(Object.fromEntries(watch.counts)).toEqual({ start: 2, "re-stream": 1 })
  })

  test.each([
    ["leader-method", good, { method: "stream" }],
    ["leader-params", good, { member: "message" }],
    ["leader-command", { ...good, sentAt: "now" }, {}],
    ["leader-command", { ...good, taskId: null }, {}],
    ["leader-identity", good, { peer: "b" }],
    ["leader-start", { ...good, id: "m2", command: "continue", taskId: "other" }, {}],
    ["leader-task", { ...good, id: "m2", senderId: "b" }, {}],
    ["leader-session", { ...good, id: "m2", sessionId: "other" }, {}],
    ["leader-message", { ...good, command: "cancel" }, {}],
  ])("%s is found", (id, command, more) => {
    const watch = watchLeader()
    watch.look(seen(good))
    watch.look(seen(command, more))
    expect(watch.missteps.map((each) => each.id)).toEqual([id])
  })
})
