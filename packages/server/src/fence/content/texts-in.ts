import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** Every text in a value, and the names of members that are no plain words: whatever stands anywhere may say something. */
export function* textsIn(value: unknown): Generator<string> {
  // Whatever is no JSON is passed over.
  const open = [value as JsonValue]
  for (let visited = 0; open.length > 0 && visited < mostVisited; visited += 1) {
    const next = open.pop()
    if (typeof next === "string") yield next
    else if (Array.isArray(next)) for (const item of next.toReversed()) open.push(item)
    else if (isJsonObject(next))
      for (const [name, member] of Object.entries(next).toReversed()) {
        open.push(member)
        if (!plainName.test(name)) yield name
      }
  }
}

const mostVisited = 50_000
const plainName = /^[\w$-]{1,64}$/
