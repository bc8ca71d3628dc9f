import type { ListedRegistration, ShownRegistration } from "@hufu/core/contract/registration"
import { exportAs, importFrom } from "@hufu/core/registration/faces/face"
import { faces } from "@hufu/core/registration/faces/faces"
import { Failure } from "@hufu/core/failure"
import type { Registration } from "@hufu/core/registration/registration"
import { domainOfName, isUnder } from "../identity/ownership/registration-proofs.ts"
import { digestOfContent } from "../registry/digest-of-content.ts"
import { isTrial, registrationOf, withLiveProofs } from "../registry/registration-of.ts"
import type { Registrations } from "../registry/registrations.ts"
import { type Approved, publicRegistration, wasApproved } from "../registry/public-registration.ts"
import type { RegistrationRecord } from "../registry/registration-record.ts"
import { actorOf, mayLook, type OperationContext } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** One line of a list. */
export function listedRegistration(
  record: RegistrationRecord,
  registrations: Pick<Registrations, "isUsable">,
): ListedRegistration {
  return {
    id: record.id,
    name: record.content.name,
    title: record.content.title,
    version: record.content.version,
    state: record.state,
    usable: registrations.isUsable(record),
    pending: record.state === "pending" || record.proposalState === "pending",
    aic: record.aic,
    owner: record.owner,
    changedAt: record.changedAt,
  }
}

/** Registrations of agents. */
export function registrationOperations(parts: OperationParts) {
  const { registrations, known, alive, developers, discovery, agents, interventions, person, consoleOrigin } =
    parts
  const shown = (record: RegistrationRecord) => registrations.shown(record)
  /** Who proved to be the person is who claims, changes and reviews. */
  const personOf = (context: OperationContext) =>
    context.session?.person ?? context.developer?.owner ?? person.id
  const listed = (record: RegistrationRecord) => listedRegistration(record, registrations)

  /** Whoever came from outside has names under what is theirs alone. */
  function refuseUnproven(ref: string, { developer }: OperationContext): void {
    if (developer === undefined) return
    const { content } = registrations.need(ref)
    const domain = domainOfName(content.name)
    const proven = developers.ofOwner(developer.owner)?.proofs ?? []
    const isProven = proven.some(
      ({ of, value = "", until }) =>
        of === "domain" && domain !== undefined && isUnder(domain, value) && (until ?? 0) > parts.clock.now(),
    )
    if (isProven) return
    throw new Failure(
      "proof_refused",
      domain === undefined
        ? "a name under one word is the registry's to give: choose one under a domain of yours"
        : `prove first that \`${domain}\` is yours, with \`developer.domain\` and \`developer.prove\``,
    )
  }

  /** What another registry keeps: nothing of it is under way here. */
  const shownMirror = (registration: Registration): ShownRegistration => ({
    registration,
    usable: known.isUsable(registration),
    trial: isTrial(registration),
    proposal: null,
    reason: "",
    offeredTo: null,
    flags: [],
    digest: digestOfContent(registration.content),
  })
  const mirrorOf = (ref: string) => (registrations.find(ref) === undefined ? known.find(ref) : undefined)

  /** What never was approved is nobody's business, not even that it is there. */
  function needApproved(ref: string): Approved {
    const registration = known.find(ref)
    if (registration === undefined || !wasApproved(registration))
      throw new Failure("not_found", "there is no such registration here: search for the agent by its name")
    return registration
  }

  return {
    "registry.search": async (input) => discovery.find(input),
    "registry.show": async ({ registration }, context) =>
      publicRegistration(parts, needApproved(registration), mayLook(context)),
    "registry.face": async ({ registration, face: name }) => {
      const found = needApproved(registration)
      if (!known.isUsable(found) || faces[name].suits?.(found.content) === false)
        throw new Failure("not_found", "this registration is not served in that form")
      const { lost } = exportAs(faces[name], found, { origin: consoleOrigin() })
      return { mediaType: faces[name].mediaType, lost: [...lost] }
    },
    "registration.list": async ({ name, state, of, after, limit }, context) => {
      if (of !== undefined && (state !== undefined || name !== undefined))
        throw new Failure("invalid_input", "give one of `of`, `state` and `name`, not several")
      const which =
        of === undefined
          ? undefined
          : of === "waiting"
            ? { kind: of }
            : { kind: of === "mine" ? ("owned" as const) : of, person: personOf(context) }
      if (name === undefined)
        return { items: Array.from(registrations.each({ state, of: which, after, limit }), listed) }
      const found = registrations.find(name)
      return {
        items: found === undefined || (state !== undefined && found.state !== state) ? [] : [listed(found)],
      }
    },
    "registration.show": async ({ registration }) => {
      const mirror = mirrorOf(registration)
      return mirror === undefined ? shown(registrations.need(registration)) : shownMirror(mirror)
    },
    "registration.alive": async ({ registration }) => alive.shown(registrations.need(registration)),
    "registration.claim": async ({ content, agent, ontology }, context) => {
      if (agent !== undefined && context.developer !== undefined)
        throw new Failure("forbidden", "the agents of this node are its principal's: leave out `agent`")
      return shown(
        await registrations.claim({
          content,
          owner: personOf(context),
          agent: agent === undefined ? null : agents.need(agent).id,
          ontology: ontology ?? null,
        }),
      )
    },
    "registration.change": async ({ registration, content }, context) =>
      shown(await registrations.change(registration, content, personOf(context))),
    "registration.submit": async ({ registration }, context) => {
      refuseUnproven(registration, context)
      return shown(await registrations.submit(registration, personOf(context)))
    },
    "registration.withdraw": async ({ registration }, context) =>
      shown(await registrations.withdraw(registration, personOf(context))),
    "registration.approve": async ({ registration, digest }, context) =>
      shown(await registrations.approve(registration, personOf(context), digest)),
    "registration.reject": async ({ registration, reason }, context) =>
      shown(await registrations.reject(registration, reason, personOf(context))),
    "registration.disable": async ({ registration, reason }, context) => {
      const by = actorOf(context)
      const disabled = await registrations.disable(registration, reason, by)
      const agent = disabled.agent === null ? undefined : agents.records.get(disabled.agent)
      // The one shows in the other: whom nobody is to find does not act here either.
      if (agent?.state === "live") await interventions.suspend(agent.id, by, reason)
      return shown(disabled)
    },
    "registration.enable": async ({ registration }, context) =>
      shown(await registrations.enable(registration, personOf(context))),
    "registration.retire": async ({ registration }, context) =>
      shown(await registrations.retire(registration, actorOf(context))),
    "registration.offer": async ({ registration, to }, context) =>
      shown(await registrations.offer(registration, to, personOf(context))),
    "registration.accept": async ({ registration }, context) =>
      shown(await registrations.accept(registration, personOf(context))),
    "registration.export": async ({ registration, face: name }) => {
      const { mediaType } = faces[name]
      const at = { origin: consoleOrigin() }
      const own = () => withLiveProofs(registrationOf(registrations.need(registration)), parts.clock.now())
      const { face, lost } = exportAs(faces[name], mirrorOf(registration) ?? own(), at)
      return { face, mediaType, lost: [...lost] }
    },
    "registration.import": async ({ face, text }) => {
      const { draft, missing, lost } = importFrom(faces[face], text, { origin: consoleOrigin() })
      // A draft is JSON; what is undefined in it goes.
      const said = JSON.parse(JSON.stringify(draft)) as Record<string, never>
      return { draft: said, missing: [...missing], lost: [...lost] }
    },
  } satisfies Partial<Operations>
}
