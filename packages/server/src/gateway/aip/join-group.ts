import type { GroupJoining } from "@hufu/core/aip/group-message"
import { groupVhost, mqNameOf } from "@hufu/core/aip/group-names"
import { isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { AipFault } from "./aip-fault.ts"
import type { AipVisit } from "./aip-visit.ts"
import type { Groups } from "./group/groups.ts"
import { oneSpelling } from "./group/read-delivery.ts"

/**
 * A leader invites a partner by a request (ACPs 07 §7): the partner joins, in its name, at the broker of this node.
 *
 * INVARIANT: the address in it is an outsider's, and is not contacted. A group of another broker is not found at this one.
 */
export async function joinGroup(
  groups: Groups | undefined,
  { caller, aic, partnerAic }: AipVisit,
  { group, server, amqp }: GroupJoining,
): Promise<JsonObject> {
  if (groups === undefined)
    throw new AipFault("groupNotSupported", "this node has no message broker: see `interconnect.broker`", {
      code: "not_found",
    })
  const leader = oneSpelling(group.leader.aic)
  const { groupId } = group
  if (aic === undefined || oneSpelling(aic) !== leader)
    throw new AipFault("authorizationFailed", "only its leader invites into a group", {
      code: "forbidden",
      field: "group.leader.aic",
    })
  if (amqp.exchange !== mqNameOf({ is: "group", leader, groupId }))
    throw new AipFault("invalidParams", "`amqp.exchange` is not that of this group of this leader", {
      code: "invalid_input",
    })
  if ((server?.vhost ?? groupVhost) !== groupVhost)
    throw new AipFault("invalidParams", `groups are in the virtual host \`${groupVhost}\``, {
      code: "invalid_input",
    })
  const of = { leader, groupId, member: oneSpelling(partnerAic) }
  const invited = await groups.invite(caller, of)
  const changed = invited.kind === "done" ? await joined(groups, caller, of) : invited
  if (changed.kind === "done") return { status: "joining", groupId }
  const { code, reasons, hold } = changed
  throw new AipFault("authorizationFailed", reasons[0]?.en ?? "the invitation was refused", {
    code,
    errorType: "INVITATION_REJECTED",
    ...(hold === undefined ? {} : { hold }),
    reasons: reasons.map(({ rule, en, zh }) => ({ rule, en, zh })),
  })
}

async function joined(...[groups, caller, of]: [Groups, ...Parameters<Groups["join"]>]) {
  try {
    return await groups.join(caller, of)
  } catch (error) {
    if (!isFailure(error, "upstream_unavailable")) throw error
    throw new AipFault("internal", error.message, { code: error.code, errorType: "CONNECTION_FAILED" })
  }
}
