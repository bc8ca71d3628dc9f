import { loopback } from "@hufu/server/http/testing/loopback"
import { afterEach, describe, expect, test } from "vitest"
import { type Check, type Checked, runChecks } from "./check.ts"
import { isObject, type JsonMembers } from "./json.ts"
import { openLeader } from "./leader.ts"
import { partnerChecks } from "./partner-checks.ts"
import { type PartnerOptions, startScriptedPartner } from "./scripted-partner.ts"
import { outcomes, type Target } from "./target.ts"

const aic = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"
const senderId = "1.2.156.3088.1.1.34C2.478BDE.1.0000"
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

async function check(checks: readonly Check[], options: Partial<PartnerOptions> = {}): Promise<Checked[]> {
  const identify: PartnerOptions["identify"] = ({ headers }) => {
    const of = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1]
    return of === senderId ? of : undefined
  }
  const there = await startScriptedPartner({ aic, host: loopback, identify, ...options })
  open.push(there)
  const target: Target = {
    base: there.url,
    senderId,
    headers: { authorization: `Bearer ${senderId}` },
    partnerAic: aic,
    bindsIdentity: true,
    script: Object.fromEntries(outcomes.map((each) => [each, [{ type: "text", text: each }]])),
    callbackHost: loopback,
    patienceMs: 3000,
  }
  const leader = openLeader(target)
  open.push(leader)
  return runChecks(checks, leader)
}

const wanted = (...ids: readonly string[]) => partnerChecks.filter(({ id }) => ids.includes(id))

/** The same messages with another value at the end of a path. */
function altering(
  path: readonly string[],
  change: (value: JsonMembers[string] | undefined) => JsonMembers[string],
) {
  return (message: JsonMembers): JsonMembers => {
    const copy = structuredClone(message)
    let at: JsonMembers = copy
    for (const step of path.slice(0, -1)) {
      const next = at[step]
      if (!isObject(next)) return message
      at = next
    }
    const last = path.at(-1) ?? ""
    if (last in at) at[last] = change(at[last])
    return copy
  }
}

describe("the checks of a partner of AIP", () => {
  test("a conforming partner passes all of them that can be seen", async () => {
    const all = await check(partnerChecks)
    expect(all.filter(({ outcome }) => outcome === "failed")).toEqual([])
    expect(all.filter(({ outcome }) => outcome === "not reached").map(({ id }) => id)).toEqual([
      "state-11",
      "state-15",
    ])
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })

  test.each<readonly [string, Partial<PartnerOptions>, readonly string[]]>([
    [
      "answers under another code",
      { alter: altering(["result", "senderId"], () => "x") },
      ["identity-partner"],
    ],
    ["answers about another task", { alter: altering(["result", "taskId"], () => "x") }, ["state-1"]],
    ["leaves out the session", { alter: altering(["result", "sessionId"], () => "x") }, ["state-1"]],
    [
      "numbers its events all alike",
      { alter: altering(["result", "eventSeq"], () => 5) },
      ["stream-events", "stream-resume"],
    ],
    [
      "says of no piece that it is new",
      { alter: altering(["result", "eventData", "append"], () => true) },
      ["stream-products"],
    ],
    ["leaves out what has happened", { alter: altering(["result", "statusHistory"], () => []) }, ["history"]],
    [
      "has one error for everything",
      { alter: altering(["error", "code"], () => -32000) },
      ["parse", "method", "unknown-task-get", "unauthenticated", "identity-rpc"],
    ],
    [
      "forgets the products",
      { alter: altering(["result", "products"], () => []) },
      ["state-5", "stream-products"],
    ],
    [
      "writes times of its own kind",
      { alter: altering(["result", "sentAt"], () => "yesterday") },
      ["state-1", "state-12"],
    ],
    ["believes every sender", { identify: () => senderId }, ["unauthenticated"]],
    ["has no streams", { streams: false }, ["stream-events"]],
  ])("one that %s is found", async (_what, options, ids) => {
    const found = await check(wanted(...ids), options)
    expect(found.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(
      wanted(...ids).map(({ id }) => `${id} failed`),
    )
  })
})
