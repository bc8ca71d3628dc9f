import { hash } from "node:crypto"
import type { ToolProfile } from "@hufu/core/profile/profile"
import type { KnownTool } from "../../authority/tools.ts"

/**
 * What a message of a conversation is as an action. Reviewed: it is we who say what it means. What a person says is read by the agent;
 * what the agent answers stays between the two, and passes nothing to anybody else.
 */
const profiles = { user: profileOf("user", "read"), agent: profileOf("agent", "compute") }

export function messageTool(role: "user" | "agent"): KnownTool {
  return profiles[role]
}

/** By which name rules, mandates and entries know it. */
export function messageName(role: "user" | "agent"): string {
  return `message/${role}`
}

function profileOf(role: "user" | "agent", effect: "read" | "compute"): KnownTool {
  const definition = hash("sha256", `hufu-message/1\0${role}`)
  const profile: ToolProfile = {
    tool: messageName(role),
    definition,
    effect,
    roles: [],
    reversible: "no",
    sensitivity: "private",
    openWorld: false,
    source: "reviewed",
    confirmed: false,
  }
  return { profile, definition, changed: false, signals: [] }
}
