import { type Client, clientOf, type ClientOptions } from "./client-of.ts"
import { wholeContract } from "./whole-contract.ts"

/**
 * A typed client of a node.
 *
 * @example
 * const client = createClient({ url: "http://127.0.0.1:7180", token })
 * const { items } = await client.agent.list()
 */
export function createClient(options: ClientOptions): Client {
  return clientOf(wholeContract, options)
}
