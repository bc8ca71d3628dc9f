import type { RoleEntry, ToolProfile } from "@hufu/core/profile/profile"

/** The roles of a profile, arranged as the arguments are. */
export interface RoleNode {
  readonly roles: readonly RoleEntry[]
  readonly children: ReadonlyMap<string, RoleNode>
}

interface Growing {
  readonly roles: RoleEntry[]
  readonly children: Map<string, Growing>
}

const trees = new WeakMap<ToolProfile, RoleNode>()

/** The role tree of a profile, built once for each profile. */
export function roleTree(profile: ToolProfile): RoleNode {
  const known = trees.get(profile)
  if (known) return known
  const root: Growing = { roles: [], children: new Map() }
  for (const entry of profile.roles) place(root, entry)
  trees.set(profile, root)
  return root
}

function place(root: Growing, entry: RoleEntry): void {
  let at = root
  for (const step of entry.argument.slice(1).split("/")) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~")
    const next = at.children.get(key) ?? { roles: [], children: new Map<string, Growing>() }
    at.children.set(key, next)
    at = next
  }
  at.roles.push(entry)
}
