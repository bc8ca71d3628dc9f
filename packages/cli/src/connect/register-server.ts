import { isFailure } from "@hufu/core/failure"
import { reachNode } from "../guard/reach-node.ts"
import { detailsOf, type PlannedServer, type Registered } from "./plan-file.ts"

const attempts = 20

/**
 * Registers a tool server with the node, as its guard would at its first start: from then on the vault holds its secrets. The node
 * is started if none runs. Throws when there is no node; what it refuses is an answer.
 */
export async function registerServer(
  dataFolder: string,
  agent: string,
  server: PlannedServer,
): Promise<Registered> {
  const { entry, wanted } = server
  if (wanted === undefined || entry.kind === "guarded" || entry.kind === "left") return { name: undefined }
  const details = detailsOf(entry, server)
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}-${i}`
    try {
      const stream = await reachNode(dataFolder, { ...details, agent, name }, { mayStart: true })
      stream.destroy()
      return { name }
    } catch (error) {
      if (!isFailure(error, "forbidden")) throw error
      if (error.extra["reason"] !== "name_taken" || i === attempts) return { refused: error.message }
    }
  }
}
