import { networkInterfaces } from "node:os"

/** The address at which this machine reaches itself: of IPv4 where it has that, else of IPv6. */
export const loopback: "127.0.0.1" | "::1" = Object.values(networkInterfaces()).some((each) =>
  each?.some(({ address }) => address === "127.0.0.1"),
)
  ? "127.0.0.1"
  : "::1"

/** The same as it stands in a URL. */
export const loopbackInUrl: "127.0.0.1" | "[::1]" = loopback === "::1" ? "[::1]" : loopback
