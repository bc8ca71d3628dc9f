import { openCaller } from "../mcp-caller.ts"

const clients = 64
const callsOfEach = 8

/** Where to call, and as whom. */
export interface CalledDoor {
  readonly door: string
  readonly credential?: string | undefined
}

/**
 * Calls so much at once that a target starts what it has for load alone, as the thread that brings rows into the tables: started
 * after the figures of before were taken, its files would count as a leak.
 */
export async function callAtOnce({ door, credential }: CalledDoor): Promise<void> {
  const as = credential === undefined ? {} : { credential }
  const caller = await openCaller({ url: door, era: "modern", connections: clients, ...as })
  const client = async () => {
    for (let n = 0; n < callsOfEach; n++) await caller.call("add_note", { id: "warm", text: "a note" })
  }
  try {
    await Promise.all(Array.from({ length: clients }, client))
  } finally {
    await caller.close()
  }
}
