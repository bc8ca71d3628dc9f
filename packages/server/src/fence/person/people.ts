import type { AgeGroup, ProtectionRecord, ShownProtection, UnknownAge } from "@hufu/core/contract/protection"
import type { ProtectionAuthority } from "../../authority/protections.ts"
import type { Turn, UseMeters, UseTaken } from "../../authority/use-meters.ts"
import type { Clock } from "../../clock.ts"
import type { PersonFacts, SessionFacts } from "../rules/schema.ts"
import { ageOf, groupOf } from "./age-of.ts"
import { localTime } from "./local-time.ts"
import { spentOf, spentOnTask, type Use, type UseTerms } from "./use.ts"

/** What of an action concerns the person for whom it is done. */
export interface PersonalAction {
  readonly agent: string
  /** The person on whose behalf the agent acts. */
  readonly principal: string
  readonly task: string
  /** In which currency it pays, if it does. */
  readonly currency: string | undefined
  readonly turn?: Turn | undefined
}

/** The persons for whom agents act: who they are, and what they have used. */
export interface People {
  factsOf(action: PersonalAction): { readonly person: PersonFacts; readonly session: SessionFacts }
  /** Takes what an action that goes uses up. INVARIANT: no await between its facts and this. */
  take(
    action: PersonalAction,
    using: { readonly tells: readonly string[]; readonly amount?: number | undefined },
  ): UseTaken
  /** The person takes leave of an agent, whatever else is decided of it. */
  leave(action: PersonalAction & { readonly turn: Turn }): UseTaken
  /** As a person is shown at this moment. */
  shown(protection: ProtectionRecord): ShownProtection
}

export interface PeopleParts {
  readonly clock: Clock
  readonly protections: Pick<ProtectionAuthority, "ofAgent">
  readonly meters: UseMeters
  readonly unknownAge: UnknownAge
  /** Where whoever says nothing is. */
  readonly zone: string
  readonly breakMs: number
}

/** Who is unknown and counts as a minor: so young that the stricter limits hold, and old enough to need no guardian's consent. */
const unknownMinor = 14
const unknownGroups: Readonly<Record<UnknownAge, AgeGroup>> = {
  minor: "minor",
  adult: "adult",
  refuse: "refused",
}

export function openPeople(parts: PeopleParts): People {
  const { clock, protections, meters } = parts

  function termsOf(protection: ProtectionRecord | undefined): UseTerms {
    return { zone: protection?.zone ?? parts.zone, breakMs: parts.breakMs }
  }

  /** Whose use it counts as. */
  function meterOf(protection: ProtectionRecord | undefined, { principal }: PersonalAction): string {
    return protection?.id ?? principal
  }

  function personOf(protection: ProtectionRecord | undefined): PersonFacts {
    const local = localTime(clock.now(), termsOf(protection).zone)
    const known = protection && ageOf(protection, local.day)
    const group = known === undefined ? unknownGroups[parts.unknownAge] : groupOf(known)
    const age = known ?? (group === "minor" ? unknownMinor : undefined)
    return {
      group,
      known: known === undefined || protection === undefined ? "unknown" : protection.basis,
      ...(age === undefined ? {} : { age }),
      guardian: protection !== undefined && protection.guardian !== "",
      consent: protection?.consent === true,
      nights: protection?.nights === true,
      minute: local.minute,
    }
  }

  function sessionOf(use: Use, { agent, task, currency, turn }: PersonalAction): SessionFacts {
    const { turns, ended } = turn
      ? meters.conversation(use, { conversation: turn.conversation, agent })
      : { turns: 0, ended: false }
    return {
      today: seconds(use.today),
      run: seconds(use.run),
      sinceRest: seconds(use.run - use.restedAt),
      days: use.days,
      told: use.told,
      turns,
      ended,
      ...(currency === undefined ? {} : spentFacts(use, task, currency)),
    }
  }

  return {
    factsOf(action) {
      const protection = protections.ofAgent(action.agent)
      const use = meters.now(meterOf(protection, action), termsOf(protection))
      return { person: personOf(protection), session: sessionOf(use, action) }
    },
    take(action, { tells, amount }) {
      const protection = protections.ofAgent(action.agent)
      const { task, currency, turn } = action
      return meters.take(meterOf(protection, action), {
        terms: termsOf(protection),
        turn,
        tells,
        paid: amount === undefined || currency === undefined ? undefined : { task, currency, amount },
      })
    },
    leave(action) {
      return meters.leave(meterOf(protections.ofAgent(action.agent), action), action.turn)
    },
    shown(protection) {
      const { group, age = null } = personOf(protection)
      const terms = termsOf(protection)
      // Nobody is looking at the person, so the silence since is not counted yet.
      const use = meters.now(protection.id, { ...terms, breakMs: 0 })
      return {
        ...protection,
        group,
        age: protection.born === null && protection.band === null ? null : age,
        use: {
          todaySeconds: seconds(use.today),
          nowSeconds: seconds(meters.now(protection.id, terms).run),
          days: use.days,
          spentToday: use.spentToday,
          spentMonth: use.spentMonth,
        },
      }
    },
  }
}

function spentFacts(use: Use, task: string, currency: string): Partial<SessionFacts> {
  const spentToday = spentOf(use.spentToday, currency)
  const spentMonth = spentOf(use.spentMonth, currency)
  const spentTask = spentOnTask(use, task, currency)
  return {
    ...(spentToday === undefined ? {} : { spentToday }),
    ...(spentMonth === undefined ? {} : { spentMonth }),
    ...(spentTask === undefined ? {} : { spentTask }),
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
