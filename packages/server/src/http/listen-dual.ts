import { createServer, type Server, type Socket } from "node:net"
import { Failure } from "@hufu/core/failure"
import { canonicalAddress } from "@hufu/core/identity/ip-address"

/** Where something listens. */
export interface Listening {
  /** The address that others are told. */
  readonly host: string
  readonly port: number
  /** Ends what belongs to it beside the server itself. */
  close(): void
}

/** How often a free port is sought that is free on both loopback addresses. */
const attempts = 20
const ownNames = new Set(["127.0.0.1", "localhost"])

/**
 * Listens where it is told to; on this machine alone, on its addresses of both families.
 *
 * INVARIANT: `localhost` is this node and nobody else. A browser tries ::1 first, so a program that listened there on the same port
 * would be handed sign-in links and the answers of passkeys, whose origin would be right. So the node takes both addresses, or none;
 * a machine that has but one of them gives it that one.
 *
 * @param refusal what is thrown when it cannot
 */
export async function listenDual(
  server: Server,
  { host, port }: { host: string; port: number },
  refusal: (error: NodeJS.ErrnoException, at: { host: string; port: number }) => Failure,
): Promise<Listening> {
  const isOwn = ownNames.has(host)
  for (let attempt = 1; ; attempt++) {
    let bound: number
    try {
      bound = await listening(server, isOwn ? "127.0.0.1" : host, port)
    } catch (error) {
      if (isOwn && isWithoutAddress(error)) return onlyIpv6(server, { host, port }, refusal)
      throw refused(error, { host, port }, refusal)
    }
    const shown = { host, port: bound }
    if (!isOwn && host !== "0.0.0.0") return { ...shown, close: () => {} }
    const twin = createServer({ noDelay: true }, (socket: Socket) => void server.emit("connection", socket))
    try {
      twin.maxConnections = server.maxConnections
      await listening(twin, "::1", bound)
      return { ...shown, close: () => void twin.close() }
    } catch (error) {
      // Without IPv6 nobody else can listen there either.
      if (isWithoutAddress(error)) return { ...shown, close: () => {} }
      await new Promise((resolve) => server.close(resolve))
      if (port !== 0 || attempt >= attempts) throw refused(error, { host: "::1", port: bound }, refusal)
    }
  }
}

/** Of a machine without IPv4. */
async function onlyIpv6(
  server: Server,
  { host, port }: { host: string; port: number },
  refusal: Parameters<typeof listenDual>[2],
): Promise<Listening> {
  try {
    const bound = await listening(server, "::1", port)
    return { host: host === "localhost" ? host : "::1", port: bound, close: () => {} }
  } catch (error) {
    throw refused(error, { host: "::1", port }, refusal)
  }
}

function isWithoutAddress(error: unknown): boolean {
  // What the system says has a code.
  const { code } = error as NodeJS.ErrnoException
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT"
}

function refused(
  error: unknown,
  at: { host: string; port: number },
  refusal: Parameters<typeof listenDual>[2],
): Failure {
  return error instanceof Failure ? error : refusal(error as NodeJS.ErrnoException, at)
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => {
      server.off("error", reject)
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : port)
    })
  })
}

/** A host as it stands in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${canonicalAddress(host)}]` : host
}
