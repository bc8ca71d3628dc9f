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
  return asPersonAgain(asked, async (client) => work(await client()))
}

/** A proof of the person is good for a minute. */
const provedMs = 30_000

/** The same for what takes longer than one proof holds: the secret is asked for once, and proves again as often as it has to. */
export async function asPersonAgain<T>(
  asked: Asked,
  work: (client: () => Promise<Client>) => Promise<T>,
): Promise<T> {
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
    let proved: { readonly client: Client; readonly at: number } | undefined
    return await work(async () => {
      if (proved !== undefined && performance.now() - proved.at < provedMs) return proved.client
      const { token } = await createClient({ transport }).session.create({ secret })
      proved = {
        client: createClient({ transport, language: asked.language, token }),
        at: performance.now(),
      }
      return proved.client
    })
  } finally {
    socket.close()
  }
}
