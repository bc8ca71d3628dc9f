import type { CallId, Output, Request } from "@hufu/core/contract/contract"
import {
  type Client,
  clientOf,
  fetchStream,
  fetchTransport,
  type Received,
  readProblem,
  type StreamTransport,
  type Transport,
} from "@hufu/sdk"
import { bearer, dropToken, session } from "../session/session.ts"
import { language } from "../words/language.ts"
import { operations } from "./operations.ts"

const overHttp = fetchTransport(location.origin)
const streamed = fetchStream(location.origin)

/** Adds who asks. A session that has ended falls back to looking, for what changes nothing. */
const authorised: Transport = async (request) => {
  const token = bearer()
  const received = await overHttp({ ...request, headers: headersWith(request.headers, token) })
  if (token === null || !isEnded(token, received)) return received
  if (!dropToken(token) || request.method !== "GET") return received
  return overHttp({ ...request, headers: headersWith(request.headers, bearer()) })
}

/** Whether the token itself is worth nothing any more, rather than too little for this. */
function isEnded(token: string, { status, text }: Received): boolean {
  if (status !== 401) return false
  const { needs } = readProblem({ status, text }).extra
  return needs === undefined || needs === (token === session().person?.token ? "person" : "browser")
}

/** Follows with the right to look, which lasts longer than a person's session. */
const followed: StreamTransport = async (request) => {
  const { browser, person } = session()
  const token = browser ?? person?.token ?? null
  const answer = await streamed({ ...request, headers: headersWith(request.headers, token) })
  if (answer.status === 401 && token !== null) dropToken(token)
  return answer
}

function headersWith(
  headers: Readonly<Record<string, string>>,
  token: string | null,
): Record<string, string> {
  return {
    ...headers,
    "accept-language": language(),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
}

/** The only way to data: every call is an operation of the contract. */
export const client = clientOf(operations, { transport: authorised, stream: followed })

/** One operation by its id. */
export function ask<Id extends CallId>(id: Id, input: Request<Id>): Promise<Output<Id>> {
  return callOf(client)(id, input)
}

/** One operation with a session that is for it alone. */
export function askAs<Id extends CallId>(token: string, id: Id, input: Request<Id>): Promise<Output<Id>> {
  return callOf(clientOf(operations, { url: location.origin, token, language: language() }))(id, input)
}

/** The same call without the rule that an input of optional members may be left out. */
function callOf(of: Client) {
  return of.call.bind(of) as <Id extends CallId>(id: Id, input: Request<Id>) => Promise<Output<Id>>
}
