import type { AgentAuthority } from "../../authority/agents.ts"
import type { RegistrationRecord } from "../registration-record.ts"
import type { Registrations } from "../registrations.ts"
import { AmpError } from "./amp-error.ts"

/** A registered agent, as far as it matters to whoever listens to it. */
export interface Sender {
  readonly registration: string
  readonly aic: string
  /** The agent that acts at this node's doors, if it is one. */
  readonly agent: string | null
  readonly version: string
  readonly parts: RegistrationRecord["content"]["parts"]
}

export interface Senders {
  /** Who a proven holder is, an agent of this node or a registration by id. Throws AmpError for whom nobody listens to. */
  need(holder: string): Sender
  /** The same, where there is one that is in service. */
  find(holder: string): Sender | undefined
  /** The one of a code, in its one spelling. */
  byAic(aic: string): Sender | undefined
}

const maxKept = 200_000

/** Each is looked up once, and again after it has changed: heartbeats come by the ten thousand. */
export function openSenders({
  registrations,
  agents,
}: {
  readonly registrations: Pick<Registrations, "find" | "ofAgent" | "onChanged">
  readonly agents: Pick<AgentAuthority, "records">
}): Senders {
  const known = new Map<string, Sender | null>()
  registrations.onChanged(({ id, agent, content }) => {
    // What is true of a class is true of its instances.
    if (content.form === "ontology") known.clear()
    known.delete(id)
    if (agent !== null) known.delete(agent)
  })

  function look(holder: string): Sender | null {
    const record = holder.startsWith("reg_")
      ? registrations.find(holder)
      : registrations.ofAgent(holder).find(isApproved)
    if (record === undefined || !isApproved(record) || record.aic === null) return null
    const { id, aic, agent, ontology, content } = record
    if (ontology !== null && registrations.find(ontology)?.state !== "approved") return null
    return { registration: id, aic, agent, version: content.version, parts: content.parts }
  }

  function find(holder: string): Sender | undefined {
    let sender = known.get(holder)
    if (sender === undefined) {
      sender = look(holder)
      if (known.size >= maxKept) known.clear()
      known.set(holder, sender)
    }
    if (sender === null) return undefined
    // A suspension is nothing that a registration tells.
    return sender.agent === null || agents.records.get(sender.agent)?.state === "live" ? sender : undefined
  }

  return {
    find,
    byAic(aic) {
      const record = registrations.find(aic)
      return record && find(record.id)
    },
    need(holder) {
      const sender = find(holder)
      if (sender !== undefined) return sender
      throw new AmpError(
        "AMP_ACCESS_DENIED",
        "this agent has no approved registration here, or is out of service: register it, or have it resumed",
      )
    },
  }
}

function isApproved({ state }: RegistrationRecord): boolean {
  return state === "approved"
}
