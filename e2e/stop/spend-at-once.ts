import { openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  spentCount,
  startNode,
} from "../node-under-test.ts"
import { eras } from "../upstream/mcp-message.ts"
import type { Recorder } from "../upstream/start-recorder.ts"

export interface SpendResult {
  clients: number
  budget: number
  performed: number
  served: number
  spent: number
  problems: string[]
}

const refusalsToEnd = 3

/** Let many clients spend one budget at once until each is refused. */
export async function spendAtOnce(recorder: Recorder, clients: number, budget: number): Promise<SpendResult> {
  const node = await startNode({ config: { ask: { waitSeconds: 0 } } })
  try {
    await enrolPerson(node)
    await addHttpServer(node, "notes", recorder.url)
    const credential = await createAgent(node, "spend")
    const mandate = await grantMandate(node, "spend", {
      task: null,
      words: `add ${budget} notes and not one more`,
      grants: [{ effects: ["write"], tools: ["notes/add_note"], limits: [], mode: "auto" }],
      budget: { count: budget },
      otherwise: "deny",
      until: Date.now() + 3_600_000,
    })
    recorder.received()
    const each = Array.from({ length: clients }, (_, n) =>
      spendUntilRefused(doorOf(node, "notes"), credential, n),
    )
    const served = (await Promise.all(each)).reduce((sum, count) => sum + count, 0)
    const performed = recorder.received().filter((message) => message.method === "tools/call").length
    const spent = await spentCount(node, mandate)
    const all = { clients, budget, performed, served, spent }
    return { ...all, problems: problemsOf(all) }
  } finally {
    await node.dispose()
  }
}

/** A budget is spent to the last and never beyond. */
export function problemsOf({
  budget,
  performed,
  served,
  spent,
}: Omit<SpendResult, "problems" | "clients">): string[] {
  return [
    ...(performed <= budget ? [] : [`${performed} calls were performed on a budget of ${budget}`]),
    ...(performed === budget
      ? []
      : [`${performed} of ${budget} calls were performed before every client was refused`]),
    ...(served === performed ? [] : [`${served} calls were served and ${performed} performed`]),
    ...(spent === performed ? [] : [`the node says that ${spent} are spent and ${performed} were performed`]),
  ]
}

async function spendUntilRefused(url: string, credential: string, n: number): Promise<number> {
  const caller = await openCaller({ url, era: eras[n % eras.length] ?? "legacy", credential })
  let served = 0
  for (let refused = 0, turn = 0; refused < refusalsToEnd; turn++) {
    const answer = await caller.call("add_note", { id: `spend-${n}-${turn}` })
    const result = answer.message?.result
    if (answer.status === 200 && result !== undefined && result["isError"] !== true) served++
    else refused++
  }
  await caller.close()
  return served
}
