import { AicText } from "@hufu/core/identity/aic"
import { isFailure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import { acs } from "@hufu/core/registration/faces/acs"
import { importFrom } from "@hufu/core/registration/faces/face"
import { RegistrationContent } from "@hufu/core/registration/registration-content"
import { refuseUnready } from "../review-content.ts"
import type { Envelope } from "./envelope.ts"
import type { CheckedLine, RemoteChange } from "./remote-change.ts"

/**
 * Reads what a registry that is no node of Hufu says in ACS. It has no ledger to compare with, so its word is taken for what is its own:
 * what it says is bounded and in form, or it is left. UNTRUSTED: the line.
 *
 * @param registry where it is
 */
export function checkToldLine({ seq, id, op, payload }: Envelope, registry: string): CheckedLine {
  const card = isJsonObject(payload as never) ? (payload as { readonly [name: string]: never }) : undefined
  const aic = AicText.safeParse(card?.["aic"]).data ?? null
  const change: RemoteChange = {
    seq,
    origin: id,
    aic,
    usable: false,
    shown: null,
    proofs: [],
    gone: op === "delete",
  }
  if (op === "delete") return { is: "change", change }
  if (card === undefined || aic === null)
    return { is: "left", change, why: `what it says of \`${id}\` has no identity code` }
  try {
    const { draft } = importFrom(acs, JSON.stringify(card), { origin: registry })
    const content = RegistrationContent.parse({
      ...draft,
      // ACS has no names that are claimed once; a code belongs to one agent.
      name: `${namespaceOf(new URL(registry).hostname)}/${aic.toLowerCase()}`,
    })
    refuseUnready(content)
    const changedAt = Date.parse(String(card["lastModifiedTime"])) || 0
    const shown = {
      ontology: null,
      revision: 0,
      createdAt: changedAt,
      changedAt,
      approvedAt: changedAt,
      grade: null,
      content: JSON.parse(JSON.stringify(content)) as RegistrationContent,
    }
    return { is: "change", change: { ...change, usable: card["active"] === true, shown } }
  } catch (error) {
    if (isFailure(error)) return { is: "left", change, why: error.message }
    return { is: "left", change, why: `what it says of \`${id}\` is not acceptable here` }
  }
}

/** A host as a namespace: its labels from the last to the first; an IPv6 address in full, because it may begin with a colon. */
function namespaceOf(host: string): string {
  const address = /^\[(.*)\]$/.exec(host)?.[1]
  if (address === undefined) return host.split(".").toReversed().join(".").toLowerCase()
  const [before = [], after = []] = address
    .split("::")
    .map((half) => half.split(":").filter((group) => group !== ""))
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0")
  return `ip6.${[...before, ...zeros, ...after].join("-")}`
}
