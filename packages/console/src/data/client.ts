import type { OperationId, Output, Request } from "@hufu/core/contract/contract"
import { createClient, fetchTransport, type Transport } from "@hufu/sdk"
import { bearer, dropToken } from "../session/session.ts"
import { language } from "../words/language.ts"

const overHttp = fetchTransport(location.origin)

/** Adds who asks. A session that has ended falls back to looking, for what changes nothing. */
export const authorised: Transport = async (request) => {
  const token = bearer()
  const received = await overHttp(withToken(request, token))
  if (received.status !== 401 || token === null || !dropToken(token)) return received
  return request.method === "GET" ? overHttp(withToken(request, bearer())) : received
}

function withToken(request: Parameters<Transport>[0], token: string | null): Parameters<Transport>[0] {
  const headers = { ...request.headers, "accept-language": language() }
  return { ...request, headers: token === null ? headers : { ...headers, authorization: `Bearer ${token}` } }
}

/** The only way to data: every call is an operation of the contract. */
export const client = createClient({ transport: authorised })

/** One operation by its id. */
export function ask<Id extends OperationId>(id: Id, input: Request<Id>): Promise<Output<Id>> {
  // The same call without the rule that an input of optional members may be left out.
  return (client.call as (id: Id, input: Request<Id>) => Promise<Output<Id>>)(id, input)
}
