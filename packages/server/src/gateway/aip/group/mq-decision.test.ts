import { mqNameOf, readMqName } from "@hufu/core/aip/group-names"
import { describe, expect, test } from "vitest"
import type { MemberState } from "./group-rows.ts"
import { decideMq, type MqKnowledge, type MqQuestion } from "./mq-decision.ts"

const leader = "1.2.156.3088.1.1.34C2.478BDE.1.0000"
const member = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"
const other = "1.2.156.3088.1.1.34C2.478BDG.1.0000"
const group = mqNameOf({ is: "group", leader, groupId: "g-1" })
const seat = (of: string) => mqNameOf({ is: "seat", leader, groupId: "g-1", member: of })
const inbox = (aic: string) => mqNameOf({ is: "inbox", aic })

function knowing(state: MemberState | undefined, isGroup = true, isLedHere = false): MqKnowledge {
  return {
    isNode: (user) => user === "nod_1",
    isLive: (user) => [leader, member, other].includes(user),
    groupOf: (of, groupId) => (isGroup && of === leader && groupId === "g-1" ? { isLedHere } : undefined),
    memberState: (of, groupId, who) =>
      isGroup && of === leader && groupId === "g-1" && who === member ? state : undefined,
    mayWriteTo: (user, whose) => user === leader && whose === member,
  }
}
const resource = (user: string, kind: string, name: string, permission: string): MqQuestion => ({
  about: "resource",
  user,
  vhost: "acps",
  resource: kind,
  name,
  permission,
})
const topic = (user: string, routingKey: string, permission: string, name = "inbox.topic"): MqQuestion => ({
  about: "topic",
  user,
  vhost: "acps",
  name,
  permission,
  routingKey,
})

/** What `user` may do with something, by the first letters of configure, write and read. */
function may(user: string, kind: string, name: string, known: MqKnowledge): string {
  return ["configure", "write", "read"]
    .filter((permission) => decideMq(resource(user, kind, name, permission), known) === undefined)
    .map(([first]) => first)
    .join("")
}

describe("who may do what at the broker", () => {
  test.each<[MemberState | undefined, string, string]>([
    ["invited", "wr", "cwr"],
    ["joined", "wr", "cwr"],
    ["muted", "r", "cwr"],
    ["left", "", ""],
    [undefined, "", ""],
  ])("a member that is %s may `%s` with the group, and `%s` with its queue", (state, onGroup, onQueue) => {
    const known = knowing(state)
    expect(may(member, "exchange", group, known)).toBe(onGroup)
    expect(may(member, "queue", seat(member), known)).toBe(onQueue)
  })

  test("a leader has its group and its queue, and reads nobody else's", () => {
    const known = knowing("joined")
    expect(may(leader, "exchange", group, known)).toBe("cwr")
    expect(may(leader, "queue", seat(leader), known)).toBe("cwr")
    expect(may(leader, "queue", seat(member), known)).toBe("cw")
  })

  test("what this node leads for an agent is not the agent's own at the broker", () => {
    const known = knowing("joined", true, true)
    expect(may(leader, "exchange", group, known)).toBe("")
    expect(may(leader, "queue", seat(leader), known)).toBe("")
    expect(may(member, "exchange", group, known)).toBe("wr")
    expect(may("nod_1", "queue", seat(leader), known)).toBe("cwr")
  })

  test("of a group that is not there nobody has anything, but the node", () => {
    const known = knowing("joined", false)
    for (const user of [leader, member, other]) {
      expect(may(user, "exchange", group, known)).toBe("")
      expect(may(user, "queue", seat(user), known)).toBe("")
    }
    expect(may("nod_1", "exchange", group, known)).toBe("cwr")
  })

  test("whoever is in no group has nothing of it, and nobody has what is of no name of AIP's", () => {
    const known = knowing("joined")
    for (const name of [group, "", "amq.default", "amq.topic", `${group}x`, group.toLowerCase()])
      expect(may(other, "exchange", name, known)).toBe("")
    for (const name of [seat(member), seat(leader), seat(other), "", "mine", inbox(member), group])
      expect(may(other, "queue", name, known)).toBe("")
    for (const user of [leader, member, "nod_1"]) {
      expect(may(user, "exchange", "amq.default", known)).toBe("")
      expect(may(user, "queue", "mine", known)).toBe("")
      expect(may(user, "stream", group, known)).toBe("")
    }
  })

  test("an inbox is its owner's to read, and written into by whoever may ask it", () => {
    const known = knowing("joined")
    expect(may(member, "queue", inbox(member), known)).toBe("cwr")
    expect(may(member, "exchange", "inbox.topic", known)).toBe("wr")
    const decided = [
      topic(member, inbox(member), "read"),
      topic(leader, inbox(member), "read"),
      topic(leader, inbox(member), "write"),
      topic(other, inbox(member), "write"),
      topic(leader, "inbox_#", "read"),
      topic(leader, inbox(member), "configure"),
      topic(member, inbox(member), "read", "other.topic"),
    ].map((each) => decideMq(each, known))
    expect(decided).toEqual([
      undefined,
      "not_owner",
      undefined,
      "may_not_ask",
      "other_name",
      "other_name",
      "other_name",
    ])
  })

  test("there is one virtual host, and whoever is not let in any more has nothing", () => {
    const known = knowing("joined")
    expect(decideMq({ about: "vhost", user: leader, vhost: "acps" }, known)).toBeUndefined()
    expect(decideMq({ about: "vhost", user: leader, vhost: "/" }, known)).toBe("other_vhost")
    expect(decideMq({ ...resource(leader, "exchange", group, "write"), vhost: "/" }, known)).toBe(
      "other_vhost",
    )
    expect(decideMq({ about: "vhost", user: "guest", vhost: "acps" }, known)).toBe("unknown_user")
  })

  test("a name is read as it was written, and in no other spelling", () => {
    for (const name of [
      { is: "inbox", aic: member },
      { is: "group", leader, groupId: "g-1" },
      { is: "seat", leader, groupId: "g-1", member },
    ] as const)
      expect(readMqName(mqNameOf(name))).toEqual(name)
    for (const text of [
      "",
      "inbox_",
      `inbox_${member.toLowerCase()}`,
      `${inbox(member)}_x`,
      `${seat(member)}_x`,
      `group_${leader}_a b`,
    ])
      expect(readMqName(text)).toBeUndefined()
  })
})
