import { setTimeout as delay } from "node:timers/promises"
import type { McpCaller } from "../../e2e/mcp-caller.ts"

const atOnce = 16

/** Has the agent add so many notes as fast as the node lets it. */
export async function performAtOnce(agent: McpCaller, count: number): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let n = next++; n < count; n = next++) await addNote(agent, n)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** Has the agent add notes at an even rate; one that is late is made up for. Answers how long all of it took, in ms. */
export async function performSteadily(agent: McpCaller, perSecond: number, seconds: number): Promise<number> {
  const begun = performance.now()
  const calls: Promise<void>[] = []
  let failed: Error | undefined
  for (let n = 0; n < perSecond * seconds; n++) {
    const early = begun + (n * 1000) / perSecond - performance.now()
    if (early > 1) await delay(early)
    if (failed) throw failed
    calls.push(addNote(agent, n).catch((error: Error) => void (failed = error)))
    if (calls.length >= perSecond) await Promise.all(calls.splice(0, perSecond / 2))
  }
  await Promise.all(calls)
  if (failed) throw failed
  return performance.now() - begun
}

async function addNote(agent: McpCaller, n: number): Promise<void> {
  const { status, message } = await agent.call("add_note", { id: `n${n}`, text: "the north gate is closed" })
  if (status !== 200 || message?.result === undefined || message.result["isError"] === true)
    throw new Error(`an action was answered with ${status}: ${JSON.stringify(message)}`)
}
