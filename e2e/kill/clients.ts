import { openCaller, type McpCaller } from "../mcp-caller.ts"
import { eras } from "../upstream/mcp-message.ts"
import type { KillTarget } from "./kill-target.ts"

type Door = Pick<KillTarget, "door" | "credential">

/** The clients of one round: they call without a pause until the node dies under them. */
export interface RoundClients {
  /** Ids whose result came back as a result. */
  acknowledged: string[]
  sent: () => number
  /** Resolves when every client has stopped; call it after the node was killed. */
  ended(): Promise<void>
}

export interface ClientPlan {
  round: number
  clients: number
  /** How many further clients send calls that need a person, and wait for the answer. */
  askers: number
  /** A call that was approved earlier and is sent again now. */
  resumed?: string
}

/** Open every client and start calling. */
export async function startClients(target: Door, plan: ClientPlan): Promise<RoundClients> {
  const count = plan.clients + plan.askers + (plan.resumed === undefined ? 0 : 1)
  const callers = await Promise.all(Array.from({ length: count }, (_, n) => openFor(target, n)))
  const acknowledged: string[] = []
  let sent = 0
  const call = async (caller: McpCaller, tool: string, id: string) => {
    sent++
    const answer = await caller.call(tool, { id, text: "a note" })
    const result = answer.message?.result
    if (answer.status === 200 && result !== undefined && result["isError"] !== true) acknowledged.push(id)
  }
  const loops = callers.map(async (caller, n) => {
    const name = `r${plan.round}-c${n}`
    if (n >= plan.clients + plan.askers) return call(caller, "send_note", plan.resumed ?? name)
    if (n >= plan.clients) return call(caller, "send_note", `${name}-asked`)
    for (let turn = 0; ; turn++) await call(caller, "add_note", `${name}-${turn}`)
  })
  const settled = Promise.allSettled(loops)
  return {
    acknowledged,
    sent: () => sent,
    ended: async () => {
      await Promise.all(callers.map((caller) => caller.close()))
      await settled
    },
  }
}

function openFor(target: Door, n: number): Promise<McpCaller> {
  const era = eras[n % eras.length] ?? "legacy"
  const credential = target.credential === undefined ? {} : { credential: target.credential }
  return openCaller({ url: target.door(), era, ...credential })
}
