import { z } from "zod"
import { groupIdShape } from "../aip/group-names.ts"
import { idSchema } from "../id.ts"
import { operation, type Operation } from "./operation.ts"
import { AgentRef, ServerRef } from "./refs.ts"
import { list } from "./shapes.ts"

const At = z.int().nonnegative()

/** Agents that work together at the message broker. Names are UNTRUSTED: show as text only. */
export const GroupRecord = z.object({
  id: idSchema("group"),
  /** As its leader calls it. */
  group: z.string(),
  /** The agent that leads it. */
  agent: idSchema("agent"),
  agentName: z.string(),
  leader: z.string(),
  /** Hufu leads it for the agent; otherwise the agent itself does, at the broker. */
  isLedHere: z.boolean(),
  createdAt: At,
  members: z.array(
    z.object({
      /** The partner, by its name here, and its code. */
      server: z.string(),
      aic: z.string(),
      state: z.enum(["invited", "joined", "muted", "left"]),
      since: At,
      /** The invitation waits for a person. */
      hold: idSchema("hold").nullable(),
    }),
  ),
})
export type GroupRecord = z.infer<typeof GroupRecord>

const ref = {
  group: z.string().regex(groupIdShape),
  /** Whose group it is; an agent that shows its own credential need not say. */
  agent: AgentRef.optional(),
}
const member = { ...ref, server: ServerRef }

/** Groups of agents, which Hufu leads in an agent's name or serves. */
export const groupOperations = {
  "group.list": operation({
    method: "GET",
    path: "/v1/groups",
    scope: "local",
    input: z.object({ agent: AgentRef.optional() }),
    output: list(GroupRecord),
    en: "List the groups in which agents work at the message broker, and who is in them",
    zh: "列出智能体在消息 broker 处的群组及其成员",
    command: { name: "group list" },
  }),
  "group.invite": operation({
    method: "POST",
    path: "/v1/groups/{group}/members",
    scope: "agent",
    input: z.object(member),
    output: GroupRecord,
    en: "Invite a partner into a group that Hufu leads in an agent's name; the first invitation begins the group",
    zh: "邀请协作方加入由虎符以智能体名义主持的群组；首次邀请即建立群组",
    command: { name: "group invite", positional: ["group", "server"] },
  }),
  "group.mute": operation({
    method: "POST",
    path: "/v1/groups/{group}/members/{server}:mute",
    scope: "agent",
    input: z.object(member),
    output: GroupRecord,
    en: "Let a member of a group listen only",
    zh: "将群组成员禁言：只可收听",
    command: { name: "group mute", positional: ["group", "server"] },
  }),
  "group.unmute": operation({
    method: "POST",
    path: "/v1/groups/{group}/members/{server}:unmute",
    scope: "agent",
    input: z.object(member),
    output: GroupRecord,
    en: "Let a member of a group speak again",
    zh: "解除群组成员的禁言",
    command: { name: "group unmute", positional: ["group", "server"] },
  }),
  "group.remove": operation({
    method: "DELETE",
    path: "/v1/groups/{group}/members/{server}",
    scope: "agent",
    input: z.object(member),
    output: GroupRecord,
    en: "Have a member leave a group",
    zh: "使成员退出群组",
    command: { name: "group remove", positional: ["group", "server"] },
  }),
  "group.dissolve": operation({
    method: "DELETE",
    path: "/v1/groups/{group}",
    scope: "agent",
    input: z.object(ref),
    output: GroupRecord,
    en: "Dissolve a group: everybody leaves it",
    zh: "解散群组：全体成员退出",
    command: { name: "group dissolve", positional: ["group"] },
  }),
} as const satisfies Record<string, Operation>
