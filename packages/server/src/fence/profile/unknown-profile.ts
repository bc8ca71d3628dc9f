import type { ToolProfile } from "@hufu/core/profile/profile"

/** The profile that stands for a tool nobody has seen a definition of: it asks, whatever it is. */
export function unknownProfile(tool: string): ToolProfile {
  return {
    tool,
    definition: "0".repeat(64),
    effect: "execute",
    roles: [],
    reversible: "unknown",
    sensitivity: "private",
    openWorld: true,
    source: "automatic",
    confirmed: false,
  }
}
