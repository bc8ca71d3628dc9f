import { actorOf } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** Persons for whom agents act with more care, and the packs whose rules do. */
export function protectionOperations(parts: OperationParts) {
  const { protections, people, agents, meters } = parts

  return {
    "protection.list": async () => ({ items: protections.list().map(people.shown) }),
    "protection.set": async ({ agents: named, born, band, consent, nights, ...said }, context) =>
      people.shown(
        await protections.set(
          {
            ...said,
            born: orNull(born),
            band: orNull(band),
            consent: isYes(consent),
            nights: isYes(nights),
            agents: named === undefined ? undefined : namesIn(named).map((ref) => agents.need(ref).id),
          },
          actorOf(context),
        ),
      ),
    "protection.remove": async ({ protection: ref }, context) => {
      const protection = protections.need(ref)
      const shown = people.shown(protection)
      const by = actorOf(context)
      return {
        ...shown,
        ...(await protections.remove(protection, by, (tx) => meters.forget(tx, protection.id))),
      }
    },
    "pack.list": async () => ({ items: parts.packs() }),
  } satisfies Partial<Operations>
}

/** Left out stays as it is; empty is not known. */
function orNull<T extends string>(text: T | "" | undefined): T | null | undefined {
  return text === "" ? null : text
}

function isYes(word: "yes" | "no" | undefined): boolean | undefined {
  return word === undefined ? undefined : word === "yes"
}

function namesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((name) => name !== ""))]
}
