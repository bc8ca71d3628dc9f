const separator = "__"
const legal = /^[A-Za-z0-9_.-]{1,128}$/

/** Whether the names of a server's tools can be told apart from other servers' when they are joined with its own. */
export function isJoinable(server: string): boolean {
  return !server.includes(separator) && !server.endsWith("_")
}

/** `fs__read_file`: a name that all servers share, or `undefined` where it would not be a legal one. */
export function joinName(server: string, name: string): string | undefined {
  const joined = `${server}${separator}${name}`
  return isJoinable(server) && legal.test(joined) ? joined : undefined
}

/** The server and its own name for the thing, or `undefined` for a name that was not joined. */
export function splitName(joined: string): { server: string; name: string } | undefined {
  const at = joined.indexOf(separator)
  if (at <= 0 || at + separator.length >= joined.length) return undefined
  return { server: joined.slice(0, at), name: joined.slice(at + separator.length) }
}
