import type { IncomingMessage } from "node:http"
import type { Identified } from "../../gateway/identify-agent.ts"
import { mayLook } from "../../operation/context.ts"
import { checkHost } from "../host-guard.ts"
import { type CallerParts, identifyCaller } from "../identify-caller.ts"
import type { MtlsPeer } from "../listen-mtls.ts"
import type { AmpCaller } from "./amp-door.ts"

interface Parts extends CallerParts {
  readonly peerOf: (request: IncomingMessage) => MtlsPeer | undefined
  readonly identifySender: (request: IncomingMessage) => Identified
  readonly hosts: readonly string[]
}

/** Who speaks AMP: an agent by its certificate, its signature, its token or its credential; or who looks at this node. */
export function identifyAmpCaller({ peerOf, identifySender, hosts, ...parts }: Parts) {
  return function identify(request: IncomingMessage): AmpCaller {
    const { authorization, origin, host } = request.headers
    checkHost(host, origin, hosts)
    const peer = peerOf(request)
    if (peer !== undefined) return { holder: peer.holder, mayLook: false, isOnHold: peer.isOnHold }
    if (isLookers(authorization)) {
      const context = identifyCaller(
        { authorization, origin, host, transport: "http", requestId: "amp" },
        parts,
      )
      return { mayLook: mayLook(context) }
    }
    if (authorization === undefined && request.headers["signature-input"] === undefined)
      return { mayLook: false }
    const { caller, checkBody } = identifySender(request)
    return { holder: caller.agent, mayLook: false, checkBody }
  }
}

/** A session of the person, or a browser that was let in. */
function isLookers(authorization: string | undefined): boolean {
  return /^Bearer (?:hufu_browser_|hufu_session_)/.test(authorization ?? "")
}
