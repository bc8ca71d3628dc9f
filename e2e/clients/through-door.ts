import type { ClientUnderTest, Target } from "./client-under-test.ts"
import { driveClient, type ClientProgram } from "./drive-client.ts"
import { exerciseAsking, exerciseUse, type Step } from "./exercise.ts"
import type { Door, Governed } from "./governed.ts"
import type { ReferenceServer } from "./reference-servers.ts"

/** So short that every client that does not poll is told to come back. */
export const shortWaitSeconds = 1

/** Connects a client, uses it, and closes it; a connection that fails is a failed step. */
export async function use(
  client: ClientProgram,
  target: Target,
  run: (client: ClientUnderTest) => Promise<Step[]>,
): Promise<Step[]> {
  let connected: ClientUnderTest
  try {
    connected = await driveClient(client, target)
  } catch (error) {
    return [{ step: "connect", isRight: false, seen: String(error) }]
  }
  try {
    return await run(connected)
  } finally {
    await connected.close()
  }
}

/** Lists, calls, asks, has one call approved and one refused. */
export async function throughDoor(
  client: ClientProgram,
  server: ReferenceServer,
  governed: Governed,
  door: Door,
): Promise<Step[]> {
  const exit = client.pollsTasks ? "waits" : "comes back"
  const trusted = governed.target(server, door, "trusted")
  const asking = governed.target(server, door, "asking")
  return [
    ...(await use(client, trusted, (connected) => exerciseUse(connected, server))),
    ...(await use(client, asking, (connected) =>
      exerciseAsking({ client: connected, server, governed, exit }),
    )),
  ]
}
