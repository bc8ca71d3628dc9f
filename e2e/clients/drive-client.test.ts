import { afterAll, beforeAll, expect, test } from "vitest"
import type { Target } from "./client-under-test.ts"
import { clientPrograms, driveClient } from "./drive-client.ts"
import { exerciseUse } from "./exercise.ts"
import { prepareServers, type ReferenceServers } from "./reference-servers.ts"

let prepared: ReferenceServers
beforeAll(async () => {
  prepared = await prepareServers()
})
afterAll(() => prepared.remove())

// the other clients need their locked packages; `npm run clients` installs and runs them all
const installed = clientPrograms.filter(({ file }) => file.startsWith("sdk-"))

for (const program of installed) {
  test(`${program.name} lists and calls a server that it starts`, async () => {
    const server = prepared.servers.find(({ name }) => name === "memory")
    if (!server) throw new Error("the memory server was not prepared")
    const target: Target = { kind: "stdio", command: process.execPath, args: server.args, env: server.env }
    const client = await driveClient(program, target)
    expect(await exerciseUse(client, server)).toMatchObject([{ isRight: true }, { isRight: true }])
    expect(await client.call("no_such_tool", {})).toMatchObject({ isError: true })
    await client.close()
  })
}

test("a client that cannot connect is an error and not an empty list", async () => {
  const [program] = installed
  if (!program) throw new Error("no client is installed")
  const nowhere: Target = { kind: "stdio", command: process.execPath, args: ["-e", "0"], env: {} }
  await expect(driveClient(program, nowhere)).rejects.toThrow("ended before it was ready")
})
