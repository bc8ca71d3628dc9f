import { useQuery, type UseQueryResult } from "@tanstack/react-query"
import { client } from "../../data/client.ts"
import { readReceipt, type ReadReceipt } from "../receipt/read-receipt.ts"

/** The evidence of an action, with the facts that were decided on where they are still kept. */
export function useReceipt(
  action: string,
  {
    open,
    as = "",
  }: {
    readonly open: string
    /** How the action stands: another state has more evidence. */ readonly as?: string
  },
): UseQueryResult<ReadReceipt> {
  return useQuery({
    queryKey: ["action.receipt", { action, open, as }],
    queryFn: async () =>
      readReceipt(await client.action.receipt({ action, ...(open === "" ? {} : { open }) })),
  })
}
