import type { CallId, Output, Request } from "@hufu/core/contract/contract"
import { isFailure } from "@hufu/core/failure"
import {
  keepPreviousData,
  QueryClient,
  queryOptions,
  useMutation,
  type UseMutationResult,
  useQuery,
  type UseQueryResult,
} from "@tanstack/react-query"
import { useContext } from "react"
import { ActingAs } from "../session/acting-as.ts"
import { ask } from "./client.ts"

/** Nothing is asked again by a clock: events say when something changed. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: Infinity, gcTime: 300_000, retry: false, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
})

/** How an operation is asked for as a query; its key starts with its id. */
export function operationQuery<Id extends CallId>(id: Id, input: Request<Id>) {
  return queryOptions<Output<Id>>({ queryKey: [id, input], queryFn: () => ask(id, input) })
}

/** One question after another, such as for the newest page: an answer stays in view until the next has come, and is soon forgotten. */
const passing = { placeholderData: keepPreviousData, gcTime: 10_000 }

/** Reads an operation, and reads it again when an event says that it changed. */
export function useOperation<Id extends CallId>(
  id: Id,
  input: Request<Id>,
  { isPassing = false, ...options }: { readonly enabled?: boolean; readonly isPassing?: boolean } = {},
): UseQueryResult<Output<Id>> {
  const acting = useContext(ActingAs)
  const query =
    acting === null
      ? operationQuery(id, input)
      : queryOptions<Output<Id>>({
          queryKey: [id, input, acting.key],
          queryFn: () => acting.ask(id, input),
        })
  return useQuery({ ...query, ...options, ...(isPassing ? passing : {}) })
}

/** Does an operation; what was read of the named operations is read again afterwards. */
export function useChange<Id extends CallId>(
  id: Id,
  changes: readonly CallId[],
): UseMutationResult<Output<Id>, Error, Request<Id>> {
  const acting = useContext(ActingAs)
  return useMutation({
    mutationFn: (input: Request<Id>) => (acting === null ? ask(id, input) : acting.ask(id, input)),
    onSettled: () => readAgain(changes),
  })
}

/** Marks what was read of these operations as old, so that what is shown is read again. */
export async function readAgain(ids: readonly CallId[]): Promise<void> {
  await Promise.all(ids.map((id) => queries.invalidateQueries({ queryKey: [id] })))
}

/** Whether the node says that there is no such thing, rather than failing. */
export const isAbsent = (error: unknown) => isFailure(error, "not_found") || isFailure(error, "invalid_input")
