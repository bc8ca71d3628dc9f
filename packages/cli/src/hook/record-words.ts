import type { TaskRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { type Client, createClient } from "@hufu/sdk"
import { socketTransport } from "../connection/socket-transport.ts"

export interface WordsToRecord {
  readonly dataFolder: string
  readonly agent: string
  readonly credential: string
  readonly words: string
}

/** `continued`: an action waits for a person or was just approved, and a new task would lose it; the words are added to the present one. */
export type Recorded =
  | { readonly kind: "started"; readonly task: TaskRecord }
  | { readonly kind: "continued"; readonly hold: string }

/** A client gives its hooks more time; it must never wait for Hufu that long. */
const patienceMs = 8000

/** Makes the user's words the instruction of a new task, or adds them to the present one, over the local socket, with the hook's own credential. */
export async function recordWords({
  dataFolder,
  agent,
  credential,
  words,
}: WordsToRecord): Promise<Recorded> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(
        new Failure("node_unavailable", "the node did not answer in time: look at it with `hufu status`"),
      ),
    patienceMs,
  )
  const local = socketTransport(dataFolder)
  try {
    const { transport } = local
    const user = createClient({ transport })
    const hook = createClient({ transport, token: credential })
    return await Promise.race([record({ user, hook }, agent, words), late])
  } finally {
    clearTimeout(timer)
    local.close()
  }
}

async function record(
  { user, hook }: { user: Client; hook: Client },
  agent: string,
  words: string,
): Promise<Recorded> {
  const hold = await openHold(user, agent)
  if (hold !== undefined) {
    const { task } = await user.agent.show({ agent })
    await hook.task.add({ task: task.id, words })
    return { kind: "continued", hold }
  }
  const task = await hook.task.start({ agent, words })
  await endEarlier(user, task)
  return { kind: "started", task }
}

async function openHold(user: Client, agent: string): Promise<string | undefined> {
  for (const state of ["approved", "waiting"] as const) {
    const { items } = await user.hold.list({ state, limit: 1000 })
    const found = items.find((hold) => hold.agentName === agent || hold.agent === agent)
    if (found) return found.id
  }
  return undefined
}

/** The instruction before this one is done with; what a person started stays. */
async function endEarlier(user: Client, { id, agent }: TaskRecord): Promise<void> {
  const { items } = await user.task.list({ agent, limit: 200 })
  const earlier = items.filter((task) => task.id !== id && task.source === "hook" && task.state === "live")
  for (const task of earlier) await user.task.end({ task: task.id })
}
