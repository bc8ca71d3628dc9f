/** Where two JSON values differ, as paths with both values; nothing when they are the same, member by member. */
export function differences(expected: unknown, actual: unknown, at = ""): string[] {
  if (isContainer(expected) && isContainer(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    const members = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...members].flatMap((name) => differences(expected[name], actual[name], `${at}/${name}`))
  }
  return Object.is(expected, actual) ? [] : [`${at || "/"}: ${show(expected)} became ${show(actual)}`]
}

// an array is read by its indexes
function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 120)
}
