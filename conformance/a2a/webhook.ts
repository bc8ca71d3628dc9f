import { loopback } from "@hufu/server/http/testing/loopback"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { membersOf } from "./wire.ts"

export interface Told {
  readonly authorization: string | undefined
  readonly body: JsonObject
}

/** A webhook that remembers what it is told. */
export interface Webhook {
  readonly url: string
  /** What it has been told of a task, once the last of it satisfies, or after some seconds. */
  toldOf(task: string, isLast: (told: Told) => boolean): Promise<readonly Told[]>
  close(): void
}

const patienceMs = 15_000

export async function openWebhook(host: string = loopback): Promise<Webhook> {
  const told: Told[] = []
  const waiting = new Set<() => void>()
  const server = createServer((req, res) => {
    let text = ""
    req.on("data", (chunk) => (text += chunk))
    req.on("end", () => {
      told.push({ authorization: req.headers.authorization, body: readBody(text) })
      res.end()
      for (const wake of waiting) wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  // A server that listens on a port has an address with one.
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/hook`
  return {
    url,
    async toldOf(task, isLast) {
      const over = AbortSignal.timeout(patienceMs)
      const mine = () => told.filter(({ body }) => JSON.stringify(body).includes(JSON.stringify(task)))
      while (!mine().some(isLast) && !over.aborted)
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
          over.addEventListener("abort", () => resolve(), { once: true })
        })
      return mine()
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** What is no JSON is told apart from an event by having no members. */
function readBody(text: string): JsonObject {
  try {
    return membersOf(JSON.parse(text) as JsonValue) // what a parser makes is JSON
  } catch {
    return {}
  }
}
