/** Whether a tool of a server is named by one of the patterns; none given means every tool. */
export function toolsInclude(patterns: readonly string[] | undefined, server: string, tool: string): boolean {
  if (patterns === undefined) return true
  return patterns.some(
    (pattern) =>
      pattern === "*" || pattern === `${server}/*` || (tool !== "*" && pattern === `${server}/${tool}`),
  )
}

/** Whether every tool that the inner patterns name is named by the outer ones. */
export function toolsContain(
  outer: readonly string[] | undefined,
  inner: readonly string[] | undefined,
): boolean {
  if (outer === undefined || outer.includes("*")) return true
  if (inner === undefined) return false
  return inner.every((pattern) => outer.includes(pattern) || outer.includes(serverOf(pattern)))
}

function serverOf(pattern: string): string {
  return `${pattern.slice(0, pattern.indexOf("/"))}/*`
}
