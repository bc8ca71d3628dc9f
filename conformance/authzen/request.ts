import { request as open, type IncomingHttpHeaders } from "node:http"
import { text } from "node:stream/consumers"

export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  json(): unknown
}

/** One HTTP request under a Host of one's own, which `fetch` does not allow. */
export async function request(
  base: string,
  path: string,
  { body, ...options }: { method: string; headers: Record<string, string>; body?: string },
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  open(new URL(path, base), options)
    .once("error", reject)
    .once("response", (response) => {
      text(response).then(
        (read) =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            json: (): unknown => JSON.parse(read),
          }),
        reject,
      )
    })
    .end(body)
  return promise
}
