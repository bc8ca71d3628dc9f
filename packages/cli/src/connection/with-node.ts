import { type Client, createClient } from "@hufu/sdk"
import type { Invocation } from "../command/command.ts"
import { Failure } from "@hufu/core/failure"
import { askSecret } from "../terminal/ask-secret.ts"
import { socketTransport } from "./socket-transport.ts"

type Asked = Pick<Invocation, "dataFolder" | "language" | "flags">

/** Works with the node of the data folder as this operating-system user, over the local socket. */
export async function withNode<T>(
  { dataFolder, language }: Asked,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const socket = socketTransport(dataFolder)
  try {
    return await work(createClient({ transport: socket.transport, language, retryAfterMs: [] }))
  } finally {
    socket.close()
  }
}

/** Works with the node as the person: asks for the secret, and forgets the session with the process. */
export async function asPerson<T>(asked: Asked, work: (client: Client) => Promise<T>): Promise<T> {
  const socket = socketTransport(asked.dataFolder)
  const { transport } = socket
  try {
    // A node or a person that is not there is said before anything is typed.
    const { personEnrolled } = await createClient({ transport, retryAfterMs: [] }).node.status()
    if (!personEnrolled)
      throw new Failure(
        "not_enrolled",
        "no person is enrolled yet: run `hufu enrol` once, in a terminal of your own",
      )
    const secret = await askSecret(asked)
    const { token } = await createClient({ transport }).session.create({ secret })
    return await work(createClient({ transport, language: asked.language, token }))
  } finally {
    socket.close()
  }
}
