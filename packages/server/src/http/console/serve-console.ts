import type { Context } from "hono"
import type { Bindings } from "../app.ts"
import type { ConsoleFile, ConsoleFiles } from "./console-files.ts"

export interface ConsoleParts {
  readonly console: ConsoleFiles | undefined
  readonly consoleOrigin: () => string
}

const loopbackAddress = /^(?:127\.0\.0\.1|\[::1\])(?=:|$)/

/** Answers with the console, its files and its page under every path that has no other meaning; undefined where nothing is built. */
export async function serveConsole(
  c: Context<{ Bindings: Bindings }>,
  parts: ConsoleParts,
): Promise<Response | undefined> {
  const page = parts.console?.page()
  if (!page) return undefined
  const { pathname, search } = new URL(c.req.url)
  const file = parts.console?.file(pathname)
  if (file) return send(c, file, file.isHashed ? "public, max-age=31536000, immutable" : "no-cache")
  if (/\.[^/]*$/.test(pathname)) return undefined
  const host = c.req.header("host") ?? ""
  // A passkey belongs to a name, and an address is none.
  if (loopbackAddress.test(host))
    return c.redirect(`${named(host, parts.consoleOrigin())}${pathname}${search}`, 302)
  c.header("content-security-policy", page.contentSecurityPolicy)
  return send(c, page, "no-store")
}

/** The same port under the name: it may be one that something in front maps to ours. */
function named(host: string, consoleOrigin: string): string {
  const origin = new URL(consoleOrigin)
  return origin.hostname === "localhost"
    ? `http://${host.replace(loopbackAddress, "localhost")}`
    : consoleOrigin
}

function send(c: Context, { type, bytes, brotli, gzip }: ConsoleFile, cache: string): Response {
  const takes = (name: string) => takesEncoding(c.req.header("accept-encoding") ?? "", name)
  const [body, encoding] =
    brotli && takes("br") ? [brotli, "br"] : gzip && takes("gzip") ? [gzip, "gzip"] : [bytes, undefined]
  return c.body(Uint8Array.from(body), 200, {
    "content-type": type,
    "cache-control": cache,
    vary: "accept-encoding",
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
  })
}

/** RFC 9110 §12.5.3: a coding is taken when it is named, and not with a weight of zero. */
export function takesEncoding(accepted: string, name: string): boolean {
  return accepted.split(",").some((each) => {
    const [coding = "", ...parameters] = each.split(";").map((part) => part.trim().toLowerCase())
    return coding === name && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}
