import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts"

/** The tokens of a JSON pointer; `-` stands for every element of an array. */
export function pointerTokens(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
}

/** The pointer of some tokens. */
export function pointerOf(tokens: readonly string[]): string {
  return tokens.map(step).join("")
}

function step(token: string): string {
  return `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`
}

/** Whether a token can be the index of an array: below 100, so that nobody can ask for an endless array. */
export function isIndex(token: string): boolean {
  return /^(?:0|[1-9]\d?)$/.test(token)
}

/** All values that a pointer names; undefined when any is missing, and for `-` in an empty array. */
export function valuesAt(args: JsonObject, pointer: string): readonly JsonValue[] | undefined {
  let values: JsonValue[] = [args]
  for (const token of pointerTokens(pointer)) {
    const next: JsonValue[] = []
    for (const value of values) {
      const found = childrenFor(value, token)
      if (found === undefined) return undefined
      for (const child of found) next.push(child)
    }
    values = next
  }
  return values
}

function childrenFor(value: JsonValue, token: string): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) {
    if (token === "-") return value.length > 0 ? value : undefined
    return isIndex(token) && Number(token) < value.length ? [value[Number(token)] ?? null] : undefined
  }
  if (token === "-" || !isJsonObject(value) || !Object.hasOwn(value, token)) return undefined
  return [value[token] ?? null]
}

/** A value and the pointer of where it stands. */
export interface PlacedValue {
  readonly at: string
  readonly value: unknown
}

/**
 * Every single value that a prohibition on a pointer is about: those it names and all below, and where `-` meets
 * something else than an array, that itself. Missing arguments are simply not there.
 */
export function scalarsAt(args: JsonObject, pointer: string): readonly PlacedValue[] {
  let places: PlacedValue[] = [{ at: "", value: args }]
  for (const token of pointerTokens(pointer)) places = places.flatMap((place) => placesFor(place, token))
  return scalarsBelow(places)
}

function placesFor(place: PlacedValue, token: string): readonly PlacedValue[] {
  const { value, at } = place
  if (token === "-") return Array.isArray(value) ? childrenOf(place) : [place]
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return []
  if (Array.isArray(value) && token === "length") return []
  // Any object can be read by the name of its own member.
  return [{ at: at + step(token), value: (value as Record<string, unknown>)[token] }]
}

function scalarsBelow(places: readonly PlacedValue[]): readonly PlacedValue[] {
  const found: PlacedValue[] = []
  const open = [...places]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (typeof place.value === "object" && place.value !== null)
      for (const child of childrenOf(place)) open.push(child)
    else found.push(place)
  }
  return found
}

function childrenOf({ value, at }: PlacedValue): readonly PlacedValue[] {
  return membersOf(value).map(([name, child]) => ({ at: at + step(name), value: child }))
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value)
}

/** Whether every value of a call is named by one of the pointers. */
export function areAllNamed(args: JsonObject, pointers: readonly string[]): boolean {
  const open: { value: unknown; named: readonly (readonly string[])[] }[] = [
    { value: args, named: pointers.map(pointerTokens) },
  ]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, named } = place
    for (const [token, child] of membersOf(value)) {
      const below = named.filter(([first]) => nameFits(first, token, value)).map((tokens) => tokens.slice(1))
      if (below.some((tokens) => tokens.length === 0)) continue
      if (below.length === 0 || membersOf(child).length === 0) return false
      open.push({ value: child, named: below })
    }
  }
  return true
}

function nameFits(name: string | undefined, token: string, container: unknown): boolean {
  if (!Array.isArray(container)) return name === token && name !== "-"
  return name === "-" || (name === token && isIndex(token))
}
