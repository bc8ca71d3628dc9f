import type { IncomingMessage, ServerResponse } from "node:http"
import { getRequestListener } from "@hono/node-server"
import { Failure } from "@hufu/core/failure"
import { AdpError, adpErrorBody } from "../registry/discovery/adp/adp-error.ts"
import type { Discovery } from "../registry/discovery/discovery.ts"
import type { Senders } from "../registry/alive/senders.ts"
import { DspError } from "../registry/sync/dsp-error.ts"
import type { HttpDoor } from "./listen.ts"
import type { MtlsPeer } from "./listen-mtls.ts"
import { problemOf } from "./problem.ts"
import { registeredSender } from "./registry/dsp-sender.ts"
import { adpBase, serveAdp } from "./registry/serve-adp.ts"
import { dspBase, type DspDoor, serveDsp } from "./registry/serve-dsp.ts"

interface Parts {
  readonly peerOf: (request: IncomingMessage) => MtlsPeer | undefined
  readonly amp: HttpDoor
  readonly discovery: Pick<Discovery, "adp">
  /** By which other registries mirror this one; undefined where it is not shared. */
  readonly dsp: (() => Pick<DspDoor, "dsp" | "webhooks">) | undefined
  readonly senders: Pick<Senders, "find">
  /** For whoever acts at this node. */
  readonly mcp: (request: IncomingMessage, response: ServerResponse) => void
  /** For a class of agents, whose code is all that it may use here. */
  readonly ontology: (request: IncomingMessage, response: ServerResponse, aic: string) => void
  /** Where agents speak to each other, for whoever acts at this node. */
  readonly interconnect?: HttpDoor
  readonly onError: (error: unknown) => void
}

/** What is served at the door for certificates: AMP, ADP and DSP to every registered agent, MCP to those that act here. */
export function mtlsServer({
  peerOf,
  amp,
  discovery,
  dsp,
  senders,
  mcp,
  ontology,
  interconnect,
  onError,
}: Parts) {
  const shared = getRequestListener(
    async (request, { incoming }) => {
      const { pathname: path } = new URL(request.url)
      // The listener is the one of this door, so that there is a peer; one that is gone is refused below.
      const peer = peerOf(incoming as IncomingMessage)
      const senderOf = () => {
        if (peer === undefined || peer.isOnHold)
          throw new DspError(
            401,
            40101,
            "the certificate is on hold: another version runs than is registered",
          )
        return registeredSender(senders, peer.holder)
      }
      const answer =
        dsp && (await serveDsp(request, { path, caller: peer?.aic ?? "" }, { ...dsp(), senderOf, onError }))
      return answer ?? new Response(null, { status: 404 })
    },
    { overrideGlobalObjects: false },
  )
  const adp = getRequestListener(
    async (request, { incoming }) => {
      const path = new URL(request.url).pathname
      // The listener is the one of this door, so that there is a peer; one that is gone is refused below.
      const peer = peerOf(incoming as IncomingMessage)
      if (peer === undefined || peer.isOnHold)
        return Response.json(
          adpErrorBody(
            new AdpError(
              "CertificateInvalid",
              "the certificate is on hold: another version runs than is registered, say first what runs",
            ),
          ),
          { status: 401 },
        )
      const caller = { aic: peer.aic, name: peer.aic }
      const answer = await serveAdp(request, path, caller, { ...discovery.adp(), onError })
      return answer ?? new Response(null, { status: 404 })
    },
    { overrideGlobalObjects: false },
  )

  return function serve(request: IncomingMessage, response: ServerResponse): void {
    const peer = peerOf(request)
    if (peer?.isClass === true)
      // Nothing of it lasts longer than a request, so that each one asks again whether the certificate holds.
      return peer.isOnHold ? void request.socket.destroy() : ontology(request, response, peer.aic)
    const path = (request.url ?? "/").split("?", 1)[0] ?? ""
    if (amp.takes(path)) return amp.handle(request, response)
    if (path.startsWith(`${adpBase}/`)) return void adp(request, response)
    if (path.startsWith(`${dspBase}/`)) return void shared(request, response)
    if (peer?.caller !== undefined)
      return interconnect?.takes(path) ? interconnect.handle(request, response) : mcp(request, response)
    const refusal = new Failure(
      "forbidden",
      "this agent does not act at this node, or its certificate is on hold: here it may send heartbeats and discover agents",
    )
    response.writeHead(refusal.status, {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
    })
    response.end(JSON.stringify(problemOf(refusal, "mtls", "en")))
    return undefined
  }
}
