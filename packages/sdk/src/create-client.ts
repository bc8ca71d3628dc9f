import { type CallId, contract, type Output, type Request } from "@hufu/core/contract/contract"
import type { Operation } from "@hufu/core/contract/operation"
import { Failure, isFailure } from "@hufu/core/failure"
import type { Language } from "@hufu/core/words"
import { buildRequest } from "./build-request.ts"
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

/**
 * A typed client of a node.
 *
 * @example
 * const client = createClient({ url: "http://127.0.0.1:7180", token })
 * const { items } = await client.agent.list()
 */
export function createClient(options: ClientOptions): Client {
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
    const operation: Operation = contract[id]
    const request = buildRequest(operation, input)
    const type = request.body === undefined ? {} : { "content-type": "application/json" }
    const send = () => transport({ ...request, headers: { ...headersFor("application/json"), ...type } })
    // Only what changes nothing is sent again by itself.
    const pauses = request.method === "GET" ? (options.retryAfterMs ?? defaultRetries) : []
    return readOutput(id, operation, await patiently(send, pauses))
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
  return { call, follow, ...nouns(call) } as unknown as Client
}

function nouns(call: (id: CallId, input?: Record<string, unknown>) => Promise<unknown>) {
  const all: Record<string, Record<string, (input?: Record<string, unknown>) => Promise<unknown>>> = {}
  // The keys of the contract are its operation ids.
  for (const id of Object.keys(contract) as CallId[]) {
    const operation: Operation = contract[id]
    if (operation.stream) continue
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
function readOutput(id: CallId, operation: Operation, received: Received): unknown {
  if (received.status < 200 || received.status >= 300) throw readProblem(received)
  try {
    return operation.output.parse(JSON.parse(received.text))
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
