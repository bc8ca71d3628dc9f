import { Failure } from "@hufu/core/failure"

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i

/**
 * Refuses what a web page could make a browser send: a Host that is not ours (DNS rebinding) and an Origin that is not ours.
 *
 * @param more further Host values that the operator configured, lower case
 */
export function checkHost(
  host: string | undefined,
  origin: string | undefined,
  more: readonly string[],
): void {
  if (host === undefined || !isOurs(host, more))
    throw new Failure(
      "forbidden",
      "this host name is not served here: use 127.0.0.1 or localhost, or add the name to `hosts` in the configuration",
    )
  if (origin === undefined) return
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (!url || url.host.toLowerCase() !== host.toLowerCase())
    throw new Failure(
      "foreign_origin",
      "requests from other web pages are refused: open the page from this node itself",
    )
}

function isOurs(host: string, more: readonly string[]): boolean {
  return loopback.test(host) || more.includes(host.toLowerCase())
}
