import type { Agent as HttpAgent } from "node:http"
import type { Socket } from "node:net"
import { asFailure, Failure } from "@hufu/core/failure"
import type { Received, Sent, Transport } from "@hufu/sdk"
import { connectLocal } from "@hufu/server/local/connect"

// An import would read every export of it, one of which loads the whole of fetch: a sixth of the time of a short command.
const { Agent, request: httpRequest } = process.getBuiltinModule("node:http")

const timeoutMs = 120_000

export interface LocalConnection {
  readonly transport: Transport
  close(): void
}

/** Requests over the local socket, on one connection that is proven once. */
export function socketTransport(dataFolder: string): LocalConnection {
  const agent = new LocalAgent(dataFolder)
  return {
    transport: (sent) => send(agent, sent),
    close: () => agent.destroy(),
  }
}

class LocalAgent extends Agent {
  readonly #dataFolder: string

  constructor(dataFolder: string) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#dataFolder = dataFolder
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, socket: Socket) => void,
  ): undefined {
    void this.#connect(callback)
  }

  async #connect(callback?: (error: Error | null, socket: Socket) => void): Promise<void> {
    try {
      const socket = await connectLocal(this.#dataFolder, "http")
      callback?.(null, socket.resume())
    } catch (error) {
      // Node calls back with an error and no socket, which its types do not say.
      callback?.(asFailure(error), undefined as unknown as Socket)
    }
  }
}

function send(agent: HttpAgent, { method, path, headers, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }
    const request = httpRequest(
      { agent, method, path, headers: { host: "localhost", ...headers, ...length }, timeout: timeoutMs },
      (response) => {
        const chunks: Buffer[] = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("error", (cause) => reject(lost(cause)))
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        )
      },
    )
    request.on("timeout", () => request.destroy())
    request.on("error", (error) => reject(error instanceof Failure ? error : lost(error)))
    request.end(body)
  })
}

function lost(cause: unknown): Failure {
  return new Failure(
    "node_unavailable",
    "the node went away during the request: look whether it runs with `hufu status`",
    {
      cause,
    },
  )
}
