import { randomUUID } from "node:crypto"
import { type CheckBy, holds, is } from "./check.ts"
import { type Group, type GroupLeader, isRefused } from "./group-leader.ts"
import { NotReached } from "./leader.ts"
import { InvitationError } from "./shapes.ts"

/**
 * One thing that a partner, and the service that keeps its groups, has to do. Its source is a clause of ACPs-spec-AIP v02.02, or the reference's mq-auth-server where it says
 * so.
 */
export type GroupCheck = CheckBy<GroupLeader>

const joining = "§7, joining"
const managing = "§7, managing a group"
const tasks = "§7, tasks in a group"
const acl = "mq-auth-server"
const other = "1.2.156.3088.1.1.F0RGED.F0RGED.1.0000"

const items = ({ target }: GroupLeader, outcome: "deliver" | "ask" | "reject") => {
  const dataItems = target.script[outcome]
  if (dataItems === undefined) throw new NotReached(`nothing is known that gets a task to \`${outcome}\``)
  return { dataItems: [...dataItems] }
}

/** A group in which the partner is. */
async function joined(leader: GroupLeader): Promise<Group> {
  const group = await leader.newGroup()
  const { error } = await group.joinByRequest()
  if (error !== undefined) throw new Error(`the partner did not join: ${error.code} ${error.message}`)
  await group.status(({ connected }) => connected)
  return group
}

/** After it, whatever was sent before has been looked at: messages of one queue come one after another. */
async function settled(group: Group): Promise<void> {
  const since = group.messages.length
  await group.manage("get-status")
  await group.status(() => true, since)
}

const about = (group: Group, task: string) =>
  group.messages.filter(({ taskId, type }) => taskId === task && type === "task-result")

export const groupChecks: readonly GroupCheck[] = [
  {
    id: "group-join-request",
    source: joining,
    what: "the method `group` is answered with `joining`, and the group is told who is there",
    async run(leader) {
      const group = await leader.newGroup()
      const { result } = await group.joinByRequest()
      is(JSON.stringify(result), JSON.stringify({ status: "joining", groupId: group.groupId }))
      const { status, senderId } = await group.status(({ connected }) => connected)
      is(senderId, leader.target.partnerAic)
      is(status.muted, false)
    },
  },
  {
    id: "group-join-inbox",
    source: joining,
    what: "an invitation in its inbox brings the partner into the group",
    async run(leader) {
      const group = await leader.newGroup()
      await leader.invite(group)
      is((await group.status(({ connected }) => connected)).senderId, leader.target.partnerAic)
    },
  },
  {
    id: "group-join-refused",
    source: joining,
    what: "an invitation that cannot be taken is answered in the leader's inbox, with its token",
    async run(leader) {
      const groupId = randomUUID()
      const exchange = `group_${leader.target.senderId}_${groupId}`
      const invitationToken = randomUUID()
      const group = { groupId, exchange }
      // Nobody has declared this exchange.
      await leader.invite({ ...(await leader.newGroup()), ...group }, { invitationToken })
      const refused = await leader.inbox((each) => each["invitationToken"] === invitationToken)
      is(InvitationError.parse(refused).groupId, groupId)
    },
  },
  {
    id: "group-join-nowhere",
    source: `${joining}, CONNECTION_FAILED`,
    what: "the method `group` is answered with −32603 where the exchange cannot be reached",
    async run(leader) {
      const group = await leader.newGroup()
      const channel = await leader.channel()
      await channel.deleteExchange(group.exchange)
      await channel.close()
      const { error } = await group.joinByRequest()
      is(error?.code, -32603)
      holds(
        JSON.stringify(error?.data ?? "").includes("CONNECTION_FAILED"),
        "it does not say CONNECTION_FAILED",
      )
    },
  },
  {
    id: "group-join-forged",
    source: `${joining}, AuthorizationFailedError`,
    what: "nobody is invited in another leader's name",
    async run(leader) {
      const group = await leader.newGroup()
      const leaderOf = { groupId: group.groupId, leader: { aic: other } }
      is((await group.joinByRequest({ group: leaderOf })).error?.code, -32009)
    },
  },
  {
    id: "group-status",
    source: managing,
    what: "`get-status` is answered with the session that it came with",
    async run(leader) {
      const group = await joined(leader)
      const since = group.messages.length
      await group.manage("get-status", { mentions: "all" })
      const { sessionId, status } = await group.status(() => true, since)
      is(sessionId, leader.sessionId)
      is(JSON.stringify(status), JSON.stringify({ connected: true, muted: false }))
    },
  },
  {
    id: "group-task",
    source: tasks,
    what: "a task runs in the group from `start` to `completed`, with its products",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      await group.command(task, "start", items(leader, "deliver"))
      const delivered = await group.result(task, "awaiting-completion")
      is(delivered.senderId, leader.target.partnerAic)
      is(delivered.sessionId, leader.sessionId)
      holds((delivered.products?.length ?? 0) > 0, "there is no product")
      await group.command(task, "complete")
      await group.result(task, "completed")
    },
  },
  {
    id: "group-task-rejected",
    source: `${tasks}, §4.5 row 2`,
    what: "a task that is not taken up is rejected in the group, and was never accepted",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      await group.command(task, "start", items(leader, "reject"))
      await group.result(task, "rejected")
      is(about(group, task).length, 1)
    },
  },
  {
    id: "group-duplicate",
    source: `${tasks}, §4.5`,
    what: "the same `start` twice begins one task",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      const same = { id: randomUUID(), ...items(leader, "deliver") }
      await group.command(task, "start", same)
      await group.command(task, "start", same)
      await group.result(task, "awaiting-completion")
      await group.command(task, "complete")
      await group.result(task, "completed")
      const since = group.messages.length
      await group.command(task, "get")
      const got = await group.until(({ taskId, type }) => taskId === task && type === "task-result", since)
      const history = got["commandHistory"]
      is(
        Array.isArray(history)
          ? history.filter((each) => JSON.stringify(each).includes('"start"')).length
          : -1,
        1,
      )
    },
  },
  {
    id: "group-mentions",
    source: tasks,
    what: "what is meant for another is not begun",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      await group.command(task, "start", { mentions: [other], ...items(leader, "deliver") })
      await settled(group)
      is(about(group, task).length, 0)
      is(
        (await leader.direct.call("rpc", { command: leader.direct.command(task, "get") })).error?.code,
        -32001,
      )
    },
  },
  {
    id: "group-sender",
    source: "§6.0, §7",
    what: "what says that another sent it is not believed",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      await group.command(task, "start", { senderId: other, ...items(leader, "deliver") })
      await settled(group)
      is(about(group, task).length, 0)
      is(
        (await leader.direct.call("rpc", { command: leader.direct.command(task, "get") })).error?.code,
        -32001,
      )
    },
  },
  {
    id: "group-order",
    source: `${tasks}, §4.5`,
    what: "what comes before its task was begun changes nothing",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      await group.command(task, "complete")
      await group.command(task, "continue", items(leader, "deliver"))
      await settled(group)
      is(about(group, task).length, 0)
      await group.command(task, "start", items(leader, "deliver"))
      await group.result(task, "awaiting-completion")
    },
  },
  {
    id: "group-garbage",
    source: "§4, §7",
    what: "what is no message is not taken, and keeps nothing from being taken after it",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      const bad = { type: "task-command", command: "start", taskId: task, groupId: group.groupId }
      for (const content of [
        "",
        "{",
        "null",
        '"x"',
        "[".repeat(5000),
        JSON.stringify(bad),
        '{"type":"task-command","type":"x"}',
      ])
        await group.publish(content)
      await settled(group)
      is(about(group, task).length, 0)
      await group.command(task, "start", items(leader, "deliver"))
      await group.result(task, "awaiting-completion")
    },
  },
  {
    id: "group-mute",
    source: managing,
    what: "whoever is muted hears and says nothing, and says it once it may speak",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      await group.manage("mute")
      await group.status(({ muted }) => muted)
      await group.command(task, "start", items(leader, "deliver"))
      await leader.direct.until(task, ["awaiting-completion"]).catch(async () => {
        // It is not known by request until the group's queue has been looked at.
        await settled(group)
        return leader.direct.until(task, ["awaiting-completion"])
      })
      is(about(group, task).length, 0)
      const since = group.messages.length
      await group.manage("unmute")
      await group.status(({ muted }) => !muted, since)
      await group.result(task, "awaiting-completion")
    },
  },
  {
    id: "group-hybrid",
    source: "§8, hybrid",
    what: "a task begun by request goes on in the group, and back",
    async run(leader) {
      const group = await joined(leader)
      const task = randomUUID()
      const inSession = { sessionId: leader.sessionId }
      await leader.direct.rpc(task, "start", { ...inSession, ...items(leader, "ask") })
      await leader.direct.until(task, ["awaiting-input"])
      await group.command(task, "continue", items(leader, "deliver"))
      await group.result(task, "awaiting-completion")
      is((await leader.direct.rpc(task, "complete", inSession)).status.state, "completed")
      await group.result(task, "completed")
    },
  },
  {
    id: "group-leave",
    source: managing,
    what: "`leave-group` is answered, what comes after it is not heard, and the queue is gone",
    async run(leader) {
      const group = await joined(leader)
      await group.manage("leave-group")
      await group.status(({ connected }) => !connected)
      const task = randomUUID()
      await group.command(task, "start", items(leader, "deliver"))
      is(
        (await leader.direct.call("rpc", { command: leader.direct.command(task, "get") })).error?.code,
        -32001,
      )
    },
  },
  {
    id: "group-forced",
    source: managing,
    what: "a member whose queue its leader takes away is out of the group, and can be asked in again",
    async run(leader) {
      const group = await joined(leader)
      const { partnerAic, senderId } = leader.target
      const channel = await leader.channel()
      await channel.deleteQueue(`${group.exchange}_${partnerAic}`)
      await channel.close()
      await group.status(({ connected }) => !connected)
      is((await leader.acl("PUT", `${senderId}/${group.groupId}/members/${partnerAic}`)).status, 204)
      const since = group.messages.length
      is((await group.joinByRequest()).error, undefined)
      await group.status(({ connected }) => connected, since)
    },
  },
  {
    id: "group-disband",
    source: `${managing}; \`disband\` of the reference`,
    what: "a group that is dissolved is over for everybody",
    async run(leader) {
      const group = await joined(leader)
      await group.manage("disband", { mentions: "all" })
      await group.status(({ connected }) => !connected)
    },
  },
  {
    id: "acl-dissolve",
    source: acl,
    what: "`DELETE /groups/{leader}/{group}` ends a group: nobody may publish there any more",
    async run(leader) {
      const group = await joined(leader)
      is((await leader.acl("DELETE", `${leader.target.senderId}/${group.groupId}`)).status, 204)
      await group.status(({ connected }) => !connected)
      holds(
        await isRefused(leader, (channel) =>
          channel.assertExchange(group.exchange, "fanout", { durable: true }),
        ),
        "its exchange can be declared again",
      )
    },
  },
  {
    id: "acl-leader",
    source: acl,
    what: "only its leader says who is in a group, and codes and names are looked at",
    async run(leader) {
      const { senderId, partnerAic } = leader.target
      const wrong = await leader.acl("PUT", `${other}/g1/members/${partnerAic}`)
      is(`${wrong.status} ${wrong.error}`, "403 LEADER_AIC_MISMATCH")
      const code = await leader.acl("PUT", `${senderId}/g1/members/nobody`)
      is(`${code.status} ${code.error}`, "422 INVALID_MEMBER_AIC")
      const name = await leader.acl("PUT", `${senderId}/a_b/members/${partnerAic}`)
      is(`${name.status} ${name.error}`, "422 INVALID_GROUP_ID")
    },
  },
  {
    id: "acl-others",
    source: acl,
    what: "nobody reads another's queue or inbox, declares another's group, or uses the default exchange",
    async run(leader) {
      const { partnerAic } = leader.target
      const group = await joined(leader)
      const refused = {
        "a member's queue is read": (channel) => channel.consume(`${group.exchange}_${partnerAic}`, () => {}),
        "another's inbox is read": (channel) => channel.consume(`inbox_${partnerAic}`, () => {}),
        "another's group is declared": (channel) =>
          channel.assertExchange(`group_${other}_${group.groupId}`, "fanout", { durable: true }),
        "a queue of any name is declared": (channel) => channel.assertQueue("mine"),
        "the topic exchange is taken away": (channel) => channel.deleteExchange("inbox.topic"),
      } satisfies Record<string, Parameters<typeof isRefused>[1]>
      for (const [what, work] of Object.entries(refused)) holds(await isRefused(leader, work), what)
    },
  },
]
