import { Failure } from "@hufu/core/failure"

/** One request to a node, already validated and serialised. */
export interface Sent {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Path with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back, as text. */
export interface Received {
  readonly status: number
  readonly text: string
}

/** Carries requests to a node; throws Failure("node_unavailable") when none can be reached. */
export type Transport = (request: Sent) => Promise<Received>

const timeoutMs = 120_000

/** A transport over HTTP by `fetch`: in browsers, and wherever there is no local socket. */
export function fetchTransport(url: string): Transport {
  return async ({ method, path, headers, body }) => {
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { ...headers },
        // A redirect would carry the session to another place.
        redirect: "error",
        credentials: "omit",
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body }),
      })
      return { status: response.status, text: await response.text() }
    } catch (cause) {
      throw new Failure(
        "node_unavailable",
        `no node answers at \`${url}\`: start it with \`hufu serve\`, or correct the address`,
        {
          cause,
        },
      )
    }
  }
}
