import type { IncomingMessage } from "node:http"
import type { Identified } from "../../gateway/identify-agent.ts"
import type { Senders } from "../../registry/alive/senders.ts"
import { DspError } from "../../registry/sync/dsp-error.ts"
import type { DspSender } from "./serve-dsp.ts"

/** Which agents that are registered here may be told of changes, by whatever they proved who they are. */
export function registeredSender(
  senders: Pick<Senders, "find">,
  holder: string,
  checkBody?: Identified["checkBody"],
): DspSender {
  const registration = senders.find(holder)?.registration
  if (registration === undefined)
    throw new DspError(403, 40301, "only an agent whose registration is in service is told of changes")
  return { owner: registration, checkBody }
}

/** Whether a request is an agent's own: by its credential, its access token or a signature of its key. */
export function isAgents({ headers }: IncomingMessage): boolean {
  const { authorization } = headers
  if (authorization === undefined) return headers["signature-input"] !== undefined
  return (
    /^DPoP /i.test(authorization) ||
    /^Bearer (?!hufu_(?:session|browser|developer|hook)_)/.test(authorization)
  )
}
