import { afterAll, beforeAll, expect, test } from "vitest"
import { clientPrograms } from "./drive-client.ts"
import { doors, startGoverned, type Governed } from "./governed.ts"
import { prepareServers, type ReferenceServer, type ReferenceServers } from "./reference-servers.ts"
import { shortWaitSeconds, throughDoor } from "./through-door.ts"

// A small part of `npm run clients`: one client of each era, with the server whose effects can be counted.

let prepared: ReferenceServers
let server: ReferenceServer
let governed: Governed
beforeAll(async () => {
  prepared = await prepareServers()
  const found = prepared.servers.find(({ name }) => name === "filesystem")
  if (!found) throw new Error("the filesystem server was not prepared")
  server = found
  governed = await startGoverned([server], { waitSeconds: shortWaitSeconds })
}, 60_000)
afterAll(async () => {
  await governed?.close()
  await prepared.remove()
}, 30_000)

const chosen = clientPrograms.filter(({ name }) => name === "sdk-v1" || name === "sdk-v2-auto")
const rows = chosen.flatMap((client) => doors.map((door) => ({ client, door, name: client.name })))

test.concurrent.each(rows)(
  "$name lists, calls, asks, is approved once and refused over the $door door",
  async ({ client, door }) => {
    const steps = await throughDoor(client, server, governed, door)
    expect(steps.filter(({ isRight }) => !isRight)).toEqual([])
    expect(steps.map(({ step }) => step)).toEqual(["list", "call", "ask", "approve", "deny"])
  },
  60_000,
)
