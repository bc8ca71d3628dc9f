import { hash } from "node:crypto"
import type { ToolProfile } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"

type Shape = Pick<ToolProfile, "effect" | "roles" | "sensitivity" | "openWorld">

/** By which name rules and mandates know that a partner is asked something. */
export const askPartner = "delegation/ask"

const uri: ToolProfile["roles"] = [{ argument: "/uri", role: "url" }]
const read = (roles: ToolProfile["roles"] = []): Shape => ({
  effect: "read",
  roles,
  sensitivity: "own",
  openWorld: false,
})

/**
 * What the protocol's own methods do, for those that are actions and no tools. Reviewed: the protocol, not the server, says what they mean.
 * What goes from a tool server to the agent's model or to the person, and back, is a send: it asks unless a mandate covers it.
 */
const methods: Readonly<Record<string, Shape>> = {
  "resources/read": read(uri),
  "resources/subscribe": read(uri),
  "resources/unsubscribe": { ...read(), effect: "compute" },
  "subscriptions/listen": read(),
  "prompts/get": read(),
  "completion/complete": { ...read(), effect: "compute" },
  "roots/list": read(),
  "logging/setLevel": { ...read(), effect: "compute" },
  "tasks/get": read(),
  "tasks/list": read(),
  "tasks/result": read(),
  "tasks/update": { ...read(), effect: "send", sensitivity: "private" },
  "tasks/cancel": { ...read(), effect: "compute" },
  "sampling/createMessage": { effect: "send", roles: [], sensitivity: "private", openWorld: true },
  "elicitation/create": {
    effect: "send",
    roles: [{ argument: "/url", role: "url" }],
    sensitivity: "private",
    openWorld: true,
  },
  // What agents say to each other, by whatever protocol. What is asked of a partner leaves this node; what it answers is read.
  [askPartner]: {
    effect: "send",
    roles: [{ argument: "/to", role: "recipient" }],
    sensitivity: "private",
    openWorld: true,
  },
  "delegation/answer": { ...read(), sensitivity: "private", openWorld: true },
  "delegation/cancel": { ...read(), effect: "compute" },
  "delegation/complete": { ...read(), effect: "compute" },
  // Who works with whom in a group. By an invitation, and by giving the word back, a partner comes to hear and say more; by the others less.
  "group/invite": {
    effect: "send",
    roles: [{ argument: "/to", role: "recipient" }],
    sensitivity: "own",
    openWorld: true,
  },
  "group/unmute": {
    effect: "send",
    roles: [{ argument: "/to", role: "recipient" }],
    sensitivity: "own",
    openWorld: true,
  },
  "group/join": { ...read(), effect: "compute" },
  "group/mute": { ...read(), effect: "compute" },
  "group/leave": { ...read(), effect: "compute" },
  // A partner's states are told to an address of the asking agent's.
  "delegation/notify": {
    effect: "send",
    roles: [{ argument: "/url", role: "url" }],
    sensitivity: "private",
    openWorld: true,
  },
}

const profiles = new Map(Object.entries(methods).map(([method, shape]) => [method, profileOf(method, shape)]))

/** The profile of a protocol method; undefined for anything else. */
export function methodProfile(method: string): ToolProfile | undefined {
  return profiles.get(method)
}

function profileOf(tool: string, shape: Shape & { effect: Effect }): ToolProfile {
  return {
    tool,
    definition: hash("sha256", `hufu-method/1\0${tool}`),
    reversible: "unknown",
    source: "reviewed",
    confirmed: false,
    ...shape,
  }
}
