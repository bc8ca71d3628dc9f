import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { ArgumentRole, ToolProfile } from "@hufu/core/profile/profile"
import { splitField } from "@hufu/core/provenance/own-records"
import { type RoleNode, roleTree } from "../ground/role-tree.ts"

/** One text or number of a call's arguments. UNTRUSTED: the agent wrote it. */
export interface ArgumentText {
  /** A pointer in which `-` is any element. */
  readonly argument: string
  readonly value: string
  readonly roles: readonly ArgumentRole[]
  /** It opens other doors: a password, a key. */
  readonly isSecret: boolean
}

const mostNodes = 1_000
const secret = /^(?:password|passwd|passphrase|passcode|pin|secret|token|apikey|credential|credentials)$/

/** Every text and number in the arguments with the roles that the profile gives it; too many are left out and told by `isWhole`. */
export function argumentTexts(
  profile: ToolProfile,
  args: JsonObject,
): { readonly texts: readonly ArgumentText[]; readonly isWhole: boolean } {
  const texts: ArgumentText[] = []
  let nodes = 0

  function visit(
    value: JsonValue,
    at: { node: RoleNode | undefined; roles: readonly ArgumentRole[]; argument: string; name: string },
  ) {
    nodes += 1
    if (nodes > mostNodes) return
    const own = at.node?.roles.map(({ role }) => role) ?? []
    const roles = own.length > 0 ? own : at.roles
    if (typeof value === "string" || typeof value === "number") {
      const isSecret = splitField(at.name).some((word) => secret.test(word))
      texts.push({ argument: at.argument, value: String(value), roles, isSecret })
    } else if (Array.isArray(value)) {
      const node = at.node?.children.get("-")
      for (const item of value) visit(item, { ...at, node, roles, argument: `${at.argument}/-` })
    } else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        const argument = `${at.argument}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
        visit(member, { node: at.node?.children.get(name), roles, argument, name })
      }
    }
  }

  visit(args, { node: roleTree(profile), roles: [], argument: "", name: "" })
  return { texts, isWhole: nodes <= mostNodes }
}
