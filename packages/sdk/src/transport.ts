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

/** An answer that is read while it is still being written. */
export interface Streamed {
  readonly status: number
  text(): Promise<string>
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Opens a stream; throws Failure("node_unavailable") when no node can be reached. */
export type StreamTransport = (request: Sent & { readonly signal: AbortSignal }) => Promise<Streamed>

const timeoutMs = 120_000

/** Streams over HTTP by `fetch`, which carries the Authorization header that an EventSource cannot. */
export function fetchStream(url: string): StreamTransport {
  return async ({ method, path, headers, signal }) => {
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { ...headers },
        redirect: "error",
        credentials: "omit",
        cache: "no-store",
        signal,
      })
      return { status: response.status, text: () => response.text(), chunks: chunksOf(response) }
    } catch (cause) {
      throw new Failure("node_unavailable", `no node answers at \`${url}\`: start it with \`hufu serve\``, {
        cause,
      })
    }
  }
}

async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (!body) return
  // By its reader: not every browser can iterate a stream.
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** A transport over HTTP by `fetch`: in browsers, and wherever there is no local socket. */
export function fetchTransport(url: string): Transport {
  return async ({ method, path, headers, body }) => {
    // Not AbortSignal.timeout, which keeps what belongs to a request until the time is over, though it was answered long ago.
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new DOMException("no answer in time", "TimeoutError")),
      timeoutMs,
    )
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { ...headers },
        // A redirect would carry the session to another place.
        redirect: "error",
        credentials: "omit",
        signal: late.signal,
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
    } finally {
      clearTimeout(timer)
    }
  }
}
