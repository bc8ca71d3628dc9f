import { hash } from "node:crypto"
import { isEnd, mayBecome } from "@hufu/core/delegation/delegation-state"
import type { Happening } from "@hufu/core/delegation/happening"
import { Failure } from "@hufu/core/failure"
import type { Product } from "@hufu/core/delegation/part"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { Attempt, Permit, Refused } from "../governor.ts"
import { ticketOf } from "../ticket.ts"
import { happened, type Live, weightOf } from "./delegation-memory.ts"
import type { Facts } from "./delegation-rows.ts"
import { converse, saidIn } from "./converse.ts"
import { remarkEntry, ruledEntry, stoppedFailure } from "./delegation-words.ts"
import { cancelPartner, type Driven, fail, halt, type Hub } from "./hub.ts"
import { contentOf, withContent } from "./order-attempt.ts"
import type { FromPartner } from "./partner.ts"

/** What is done with everything that a partner says, before anybody sees it. */
export interface Hearing {
  /** Whether there is more to hear; what may not be shown ends the delegation. */
  isHeard(live: Live, driven: Driven, from: FromPartner): Promise<boolean>
  /** The verdict on what a partner said, or on taking it; a person may have to give it first. */
  decided(live: Live, attempt: Attempt): Promise<Permit | Refused>
}

/** What may be shown of a happening, and the action that showing it was, where it has content. */
interface Inspection {
  readonly shown: Happening
  readonly action?: string
}

/** @param take takes what was delivered, for an asking agent whose protocol has no word for it */
export function hearPartner(hub: Hub, take: (live: Live, driven: Driven) => Promise<void>): Hearing {
  const { governor, memory, settings } = hub

  async function isHeard(live: Live, driven: Driven, from: FromPartner): Promise<boolean> {
    try {
      await receive(live, driven, from)
    } catch (error) {
      if (hub.isClosed() || live.stop.signal.aborted) throw error
      await fail(hub, live, error)
      await cancelPartner(hub, live, driven)
    }
    return !isEnd(live.view.state)
  }

  /** What a partner said: first the verdict, then it is written, then it is shown. */
  async function receive(live: Live, driven: Driven, from: FromPartner): Promise<void> {
    const names = namesOf(live, from)
    if (from.happening.kind === "state" && !mayBecome(live.view.state, from.happening.state)) return
    const happening = asAsked(live, driven, from.happening)
    if (isKnown(live, happening)) return
    const weight = weightOf({ kind: "happened", happening })
    const { productBytes = settings.productBytes } = live.row.facts.limits ?? {}
    const most = Math.min(productBytes, settings.productBytes)
    const isTooMuch = happening.kind !== "state" && live.bytes + weight > most
    if (isTooMuch || live.bytes + weight > settings.productBytes || live.view.lastSeq >= settings.events) {
      throw new Failure(
        "too_large",
        "the partner said more than one delegation may hold, so it was canceled: ask for less of it, or raise `interconnect.productBytes`",
      )
    }
    const inspection = driven.isInspected ? { shown: happening } : await inspected(live, driven, happening)
    if (inspection === undefined) return
    const { shown, action } = inspection
    const talk = await converse(hub.conversations, live, driven.partner, {
      from: "agent",
      said: saidIn(shown),
    })
    if (talk?.refused !== undefined) {
      await cancelPartner(hub, live, driven)
      await memory.record(live, [ruledEntry(talk.refused, "failed")], { pending: undefined })
      return
    }
    // A partner that answers without a task has no more to say.
    const over: Happening[] =
      shown.kind === "reply" ? [asAsked(live, driven, { kind: "state", state: "completed" })] : []
    await memory.record(
      live,
      [
        ...(talk?.told ?? []).map((reason) => remarkEntry(reason, live.view.state)),
        happened(withWords(live, shown), undefined, action),
        ...over.map((each) => happened(each)),
      ],
      names,
    )
    if (talk?.ends) return halt(hub, live, "the person has taken leave")
    const isDelivered = shown.kind === "state" && shown.state === "delivered"
    if (isDelivered && !live.row.facts.confirms && driven.partner.confirms) await take(live, driven)
  }

  /** INVARIANT: a partner speaks of the task that it was given, and of nobody else's. */
  function namesOf(live: Live, { partnerTask, partnerContext, seq }: FromPartner): Partial<Facts> {
    const { facts } = live.row
    const names: Partial<Facts> = {}
    if (partnerTask !== undefined && partnerTask !== facts.partnerTask) {
      const owner = memory.rows.ofPartner(live.row.server, partnerTask)
      const isSame = owner === undefined || owner === live.row.id
      // What was delivered and did not satisfy may be done anew under another name.
      const mayRename = facts.partnerTask === undefined || facts.pending?.before === "delivered"
      if (!isSame || !mayRename)
        throw new Failure(
          "invalid_input",
          "the partner answered with a task that is another delegation's: it was not shown",
        )
      names.partnerTask = partnerTask
    }
    if (partnerContext !== undefined && partnerContext !== facts.partnerContext)
      names.partnerContext = partnerContext
    if (seq !== undefined) names.partnerSeq = seq
    return names
  }

  async function inspected(
    live: Live,
    driven: Driven,
    happening: Happening,
  ): Promise<Inspection | undefined> {
    const content = contentOf(happening, driven.partner.protocol)
    if (content === undefined) return { shown: happening }
    const attempt: Attempt = {
      caller: live.caller,
      server: live.row.server,
      tool: "delegation/answer",
      arguments: {
        from: live.row.server,
        context: live.row.facts.context,
        task: live.row.facts.name,
        kind: happening.kind,
        digest: hash("sha256", canonicalize(content)),
      },
      answers: true,
    }
    const ruling = await decided(live, attempt)
    if (ruling.kind === "refused") {
      await cancelPartner(hub, live, driven)
      await memory.record(live, [ruledEntry(ruling, "failed")], { pending: undefined })
      return undefined
    }
    const ticket = ticketOf(ruling)
    if (!ticket.leave()) throw stoppedFailure()
    const left = ruling.redact === undefined ? content : ruling.redact(content)
    const shown = left === undefined ? undefined : left === content ? happening : withContent(happening, left)
    ticket.settle({ outcome: "done", result: left ?? {} })
    if (shown !== undefined) return { shown, action: ruling.action }
    throw new Failure(
      "too_large",
      "a rule has parts of what the partner said taken out, and it is too large to be looked through: ask for less of it",
    )
  }

  async function decided(live: Live, attempt: Attempt): Promise<Permit | Refused> {
    let ruling = await governor.admit(attempt)
    while (ruling.kind === "held") {
      const { state } = live.view
      await memory.record(live, [ruledEntry(ruling, "auth-required")])
      const heard = await governor.awaitHold(live.caller, ruling.hold, live.stop.signal)
      if (heard === "waiting") throw stoppedFailure()
      ruling = await governor.admit({ ...attempt, hold: ruling.hold })
      await memory.record(live, [happened({ kind: "state", state })])
    }
    return ruling
  }

  return { isHeard, decided }
}

/** Whether a partner that shows its task as a whole shows a product again that is there already. */
function isKnown({ view }: Live, happening: Happening): boolean {
  if (happening.kind !== "product" || happening.append) return false
  const isWhole = happening.original === undefined || happening.original.object["snapshot"] === true
  const known = isWhole && view.products.find(({ id }) => id === happening.product.id)
  return known !== undefined && known !== false && textOf(known) === textOf(happening.product)
}

/** How it came in AIP says nothing more: in pieces, or whole. */
function textOf({ original, ...product }: Product): string {
  const kept = original?.protocol === "a2a" ? { original } : {}
  // A product is plain JSON by its schema.
  return canonicalize({ ...product, ...kept } as unknown as JsonValue)
}

/** What was said with a delivery stays said where it is taken at once, and nothing is said with that. */
function withWords({ row, view }: Live, happening: Happening): Happening {
  const isTaken = happening.kind === "state" && happening.state === "completed" && view.state === "delivered"
  if (!isTaken || row.facts.confirms || happening.said !== undefined || view.said === undefined)
    return happening
  return { ...happening, said: view.said }
}

/** Where one side's protocol has the asking agent take what was delivered and the other's has not. */
function asAsked({ row }: Live, { partner }: Driven, happening: Happening): Happening {
  if (happening.kind !== "state" || happening.state !== "completed") return happening
  return row.facts.confirms && !partner.confirms ? { ...happening, state: "delivered" } : happening
}
