import type { IncomingMessage, ServerResponse } from "node:http"
import { asFailure } from "@hufu/core/failure"
import type { HttpDoor } from "../../http/listen.ts"
import { problemOf } from "../../http/problem.ts"
import type { Delegations } from "./delegations.ts"

/** What agents ask of each other, opened when it is first needed. */
export type Interconnect = Delegations & {
  /**
   * Ends one for whoever answers for its agent, and tells the partner; one that has ended stays as it is. Throws Failure("not_found").
   *
   * @param by whom the ledger names
   */
  cancel(id: string, by: string): Promise<void>
  close(): Promise<void>
}

/** A door of one protocol, below one path. */
export interface ProtocolDoor {
  handle(request: IncomingMessage, response: ServerResponse): void
}

export interface InterconnectDoor extends HttpDoor {
  /** Goes on with what was open when the node ended. */
  begin(): void
  /** Opens them where they are not, for a person who acts on them. */
  opened(): Promise<Interconnect>
  close(): Promise<void>
}

/**
 * The doors of the protocols in which agents speak to each other. Nothing of them is loaded before the first request, or before a start
 * that finds something open.
 *
 * @param open called once; so is each door's, with what came of it
 */
export function interconnectDoor(
  open: () => Promise<Interconnect>,
  doors: Readonly<Record<string, (delegations: Delegations) => Promise<ProtocolDoor>>>,
  onError: (error: unknown) => void,
): InterconnectDoor {
  let opened: Promise<Interconnect> | undefined
  const loaded = new Map<string, Promise<ProtocolDoor>>()
  const baseOf = (path: string) => Object.keys(doors).find((base) => path.startsWith(base))
  const delegations = () => (opened ??= open())

  async function doorOf(base: string): Promise<ProtocolDoor | undefined> {
    const load = doors[base]
    const door = loaded.get(base) ?? load?.(await delegations())
    if (door !== undefined) loaded.set(base, door)
    return door
  }

  return {
    takes: (path) => baseOf(path) !== undefined,
    handle(request, response) {
      const base = baseOf(request.url ?? "/") ?? ""
      doorOf(base).then(
        (door) => door?.handle(request, response),
        (error: unknown) => {
          onError(error)
          loaded.delete(base)
          const failure = asFailure(error)
          response.writeHead(failure.status, { "content-type": "application/problem+json" })
          response.end(JSON.stringify(problemOf(failure, "interconnect", "en")))
        },
      )
    },
    begin() {
      delegations().catch(onError)
    },
    opened: delegations,
    async close() {
      const known = await opened?.catch(() => undefined)
      await known?.close()
    },
  }
}
