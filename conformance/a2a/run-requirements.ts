import type { Implementation } from "./implementation.ts"
import { NotApplicable, requirements, Unmet } from "./requirements.ts"

export interface Finding {
  readonly id: string
  readonly binding: string
  readonly outcome: "met" | "unmet" | "not applicable"
  readonly why: string
}

/** Checks every requirement, or those that are meant, one after another, over every binding that is given. */
export async function runRequirements(
  implementations: readonly Implementation[],
  isMeant: (id: string) => boolean = () => true,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const each of implementations)
    for (const requirement of requirements) {
      const { id, binding } = requirement
      if (!isMeant(id) || (binding !== undefined && binding !== each.wire.binding)) continue
      const found = { id, binding: each.wire.binding }
      try {
        await requirement.check(each)
        findings.push({ ...found, outcome: "met", why: "" })
      } catch (error) {
        if (error instanceof NotApplicable) {
          findings.push({ ...found, outcome: "not applicable", why: error.message })
          continue
        }
        const why = error instanceof Unmet ? error.message : `it could not be checked: ${String(error)}`
        findings.push({ ...found, outcome: "unmet", why })
      }
    }
  return findings
}
