import type { CallId, Output, Request } from "@hufu/core/contract/contract"
import { Failure, isFailure } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import type { z } from "zod"
import { buildRequest } from "./build-request.ts"
import type { Operations } from "./operations.ts"
import { readProblem } from "./read-problem.ts"
import {
  fetchStream,
  fetchTransport,
  type Received,
  type StreamTransport,
  type Streamed,
  type Transport,
} from "./transport.ts"

export type ClientOptions = (
  | { readonly url: string }
  | { readonly transport: Transport; readonly stream?: StreamTransport }
) & {
  /** A session, a browser's token or a hook's credential; a function is asked at each request. */
  readonly token?: string | (() => string | undefined)
  /** After how many milliseconds each what changes nothing is sent again when no node answers; twice by default. */
  readonly retryAfterMs?: readonly number[]
  /** In which language problems are titled. */
  readonly language?: Language
}

/** The input may be left out when every member may be. */
type Given<Id extends CallId> = string extends keyof Request<Id>
  ? [input?: Record<string, never>]
  : Partial<Request<Id>> extends Request<Id>
    ? [input?: Request<Id>]
    : [input: Request<Id>]

type Noun = CallId extends `${infer N}.${string}` ? N : never

/** `client.agent.list()` for the operation `agent.list`. */
export type Nouns = {
  readonly [N in Noun]: {
    readonly [Id in CallId as Id extends `${N}.${infer Verb}` ? Verb : never]: (
      ...input: Given<Id>
    ) => Promise<Output<Id>>
  }
}

export interface Caller {
  call<Id extends CallId>(id: Id, ...input: Given<Id>): Promise<Output<Id>>
}

export interface Follower {
  /** Opens a stream at a path; `events` reads it. Any answer but 2xx throws the Failure that it tells. */
  follow(path: string, signal: AbortSignal): Promise<Streamed["chunks"]>
}

export type Client = Caller & Follower & Nouns

const defaultRetries = [150, 600]

/** A typed client of a node over what is known of its operations. */
export function clientOf(operations: Operations, options: ClientOptions): Client {
  const transport = "transport" in options ? options.transport : fetchTransport(options.url)
  const stream = "transport" in options ? options.stream : fetchStream(options.url)
  const headersFor = (accept: string) => {
    const token = typeof options.token === "function" ? options.token() : options.token
    return {
      accept,
      "accept-language": options.language ?? "en",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
  }

  async function call(id: CallId, input: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const request = buildRequest(operations.routes[id], input)
    const type = request.body === undefined ? {} : { "content-type": "application/json" }
    const send = () => transport({ ...request, headers: { ...headersFor("application/json"), ...type } })
    // Only what changes nothing is sent again by itself.
    const pauses = request.method === "GET" ? (options.retryAfterMs ?? defaultRetries) : []
    const received = await patiently(send, pauses)
    if (received.status < 200 || received.status >= 300) throw readProblem(received)
    return readOutput(id, await operations.outputOf(id), received)
  }

  async function follow(path: string, signal: AbortSignal): Promise<Streamed["chunks"]> {
    if (!stream)
      throw new Failure(
        "not_acceptable",
        "this client has no way to follow: give it `stream` beside `transport`",
      )
    const answer = await stream({
      method: "GET",
      path,
      headers: headersFor("text/event-stream"),
      signal,
    })
    const { status } = answer
    if (status < 200 || status >= 300) throw readProblem({ status, text: await answer.text() })
    return answer.chunks
  }

  // The operation's own schemas stand behind these types.
  return { call, follow, ...nouns(operations, call) } as unknown as Client
}

function nouns(
  { routes }: Operations,
  call: (id: CallId, input?: Record<string, unknown>) => Promise<unknown>,
) {
  const all: Record<string, Record<string, (input?: Record<string, unknown>) => Promise<unknown>>> = {}
  // The keys are the operation ids, without what is followed.
  for (const id of Object.keys(routes) as CallId[]) {
    if (routes[id].stream) continue
    const [noun = "", verb = ""] = id.split(".")
    const verbs = (all[noun] ??= {})
    verbs[verb] = (input) => call(id, input)
  }
  return all
}

async function patiently(send: () => Promise<Received>, pauses: readonly number[]): Promise<Received> {
  for (const ms of pauses) {
    try {
      const received = await send()
      if (received.status !== 502 && received.status !== 503) return received
    } catch (error) {
      if (!isFailure(error, "node_unavailable")) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, ms))
  }
  return send()
}

/** UNTRUSTED: another version, or something that is no node, may answer. */
function readOutput(id: CallId, output: z.ZodType, { text }: Received): unknown {
  try {
    return output.parse(JSON.parse(text))
  } catch (cause) {
    throw new Failure(
      "internal",
      `the node's answer to \`${id}\` is not what this version expects: use the same version of Hufu on both sides`,
      {
        cause,
      },
    )
  }
}
