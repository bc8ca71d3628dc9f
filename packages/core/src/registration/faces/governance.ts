import type { JsonValue } from "../../json/json-value.ts"
import { Alias, type RegistrationContent, registrationMembers } from "../registration-content.ts"
import type { Registration } from "../registration.ts"
import type { RegistrationDraft } from "./face.ts"
import { membersOf } from "./fit.ts"
import type { JsonishObject } from "./jsonish.ts"

/**
 * What a registration says that other formats have no words for, in the place that each of them keeps for such additions. It comes from
 * the registry; read again, it is what somebody claims, as all of a draft is.
 */
export const governanceName = "urn:hufu:registration:1"

const governed = [
  "name",
  "form",
  "parts",
  "aliases",
  "keys",
  "developer",
  "contact",
  "tags",
  "queries",
  "taxonomy",
  "deployments",
  "data",
  "conduct",
  "certifications",
  "price",
] as const satisfies readonly (keyof RegistrationContent)[]

export function showGovernance({ id, aic, grade, mirror, proofs, content }: Registration): JsonishObject {
  return {
    registration: id,
    aic: aic ?? undefined,
    grade: grade ?? undefined,
    // Which other registry keeps it.
    mirror: mirror?.registry,
    // What the registry verified, and how: the one part that is not the developer's word.
    verified: proofs.length === 0 ? undefined : proofs,
    ...Object.fromEntries(governed.map((name) => [name, content[name]])),
  }
}

/** Where a registry says of itself which registration it is, below the place of these additions. */
export function givenBelow(pointer: string): string[] {
  return ["registration", "aic", "grade", "mirror", "verified"].map((member) => `${pointer}/${member}`)
}

/** UNTRUSTED input: each member that fits. A code that another registrar gave is an alias. */
export function readGovernance(
  value: JsonValue | undefined,
  names: readonly (keyof RegistrationContent)[] = governed,
): RegistrationDraft {
  const draft = readMembers(value, names)
  const code = Alias.safeParse({ scheme: "aic", value: membersOf(value)["aic"] })
  if (!code.success) return draft
  const aliases = (draft.aliases ?? []).filter((alias) => alias.value !== code.data.value)
  return { ...draft, aliases: [...aliases, code.data].slice(-32) }
}

/** Members of a registration as they stand in somebody's JSON, each that fits. UNTRUSTED input. */
function readMembers(
  value: JsonValue | undefined,
  names: readonly (keyof RegistrationContent)[],
): RegistrationDraft {
  const said = membersOf(value)
  return Object.fromEntries(
    names.flatMap((name) => {
      const read = said[name] === undefined ? undefined : registrationMembers[name].safeParse(said[name])
      return read?.success === true ? [[name, read.data]] : []
    }),
  )
}

// The keys of the table are the members.
export const memberNames = Object.keys(registrationMembers) as readonly (keyof RegistrationContent)[]
