import type { Mandate } from "../mandate/mandate.ts"
import type { Effect } from "../words.ts"
import type { RegistrationContent } from "./registration-content.ts"

export type Conduct = RegistrationContent["conduct"]

/**
 * Whether mandates hold an agent to what its registration says of its conduct: it does nothing alone that is not said to be done alone,
 * what is left to the user cannot happen otherwise, and what never happens is forbidden outright. Where mandates are not plain about it,
 * they do not. Whoever hears the answer learns nothing of them but that the conduct, which is public, is kept to.
 */
export function keepsTo(conduct: Conduct, mandates: readonly Mandate[]): boolean {
  const { auto, never, "user-only": userOnly } = conduct
  return mandates.every(
    (mandate) =>
      mandate.grants.every(
        ({ mode, effects }) => mode === "ask" || effects.every((effect) => auto.includes(effect)),
      ) &&
      never.every((effect) => forbids(mandate, effect)) &&
      userOnly.every((effect) => forbids(mandate, effect) || leavesToUser(mandate, effect)),
  )
}

/** Whether no action of this effect can happen under a mandate, whatever its tool and arguments. */
function forbids({ never, grants, otherwise }: Mandate, effect: Effect): boolean {
  const isNamed = never.some(
    ({ effects, tools, limits }) =>
      effects?.includes(effect) === true && tools === undefined && limits === undefined,
  )
  return isNamed || (otherwise === "deny" && !grants.some(({ effects }) => effects.includes(effect)))
}

function leavesToUser({ userOnly }: Mandate, effect: Effect): boolean {
  return userOnly.some(({ effects, tools }) => effects?.includes(effect) === true && tools === undefined)
}
