import { Failure } from "@hufu/core/failure"

/** Where a value stands in a text: from `start` to before `end`, with what it holds. */
export type JsoncNode = JsoncObject | JsoncArray | JsoncScalar

interface Ranged {
  readonly start: number
  readonly end: number
}
export interface JsoncObject extends Ranged {
  readonly kind: "object"
  readonly members: readonly JsoncMember[]
}
export interface JsoncArray extends Ranged {
  readonly kind: "array"
  readonly items: readonly JsoncItem[]
}
export interface JsoncScalar extends Ranged {
  readonly kind: "scalar"
  readonly value: string | number | boolean | null
}
/** A child of a container: `comma` is where the comma after it stands, if there is one. */
export interface JsoncItem extends Ranged {
  readonly value: JsoncNode
  readonly comma: number | undefined
}
export interface JsoncMember extends JsoncItem {
  readonly key: string
}

const maxDepth = 64
const literal = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const blank = /(?:[\s\ufeff]+|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)*/y

/**
 * Finds every value of a JSON text with its place, so that single values can be exchanged and the rest of the text stays as it is.
 * Comments and trailing commas are read over, as editors allow them. UNTRUSTED: throws Failure for anything else, for a duplicate
 * key, which two readers take for different things, and for deep nesting. `undefined` is a text without any value.
 */
export function scanJsonc(text: string): JsoncNode | undefined {
  let at = 0
  skip()
  if (at === text.length) return undefined
  const root = value(0)
  skip()
  if (at < text.length) throw broken()
  return root

  function skip(): void {
    blank.lastIndex = at
    blank.exec(text)
    at = blank.lastIndex
  }

  function value(depth: number): JsoncNode {
    if (depth > maxDepth) throw new Failure("invalid_json", `it nests deeper than ${maxDepth} levels`)
    if (text[at] === "{") return object(depth)
    if (text[at] === "[") return array(depth)
    return scalar()
  }

  function scalar(): JsoncScalar {
    const found = text[at] === '"' ? quoted() : literalHere()
    const start = at
    at += found.length
    try {
      // Only texts, numbers, booleans and null come this far.
      return { kind: "scalar", start, end: at, value: JSON.parse(found) as JsoncScalar["value"] }
    } catch {
      at = start
      throw broken()
    }
  }

  function literalHere(): string {
    literal.lastIndex = at
    const found = literal.exec(text)?.[0]
    if (found === undefined) throw broken()
    return found
  }

  /** Step by step: a pattern would run out of room on the long texts that clients keep in these files. */
  function quoted(): string {
    for (let to = at + 1; to < text.length; to += 1) {
      if (text[to] === "\\") to += 1
      else if (text[to] === '"') return text.slice(at, to + 1)
    }
    throw broken()
  }

  function object(depth: number): JsoncObject {
    const start = at
    const keys = new Set<string>()
    const members = children("}", (from): Omit<JsoncMember, "comma"> => {
      const key = scalar().value
      if (typeof key !== "string") throw broken()
      if (keys.has(key))
        throw new Failure(
          "invalid_json",
          `the key \`${key.slice(0, 80)}\` stands twice in one object: keep one of them`,
        )
      keys.add(key)
      skip()
      if (text[at] !== ":") throw broken()
      at += 1
      skip()
      const of = value(depth + 1)
      return { key, value: of, start: from, end: of.end }
    })
    return { kind: "object", start, end: at, members }
  }

  function array(depth: number): JsoncArray {
    const start = at
    const items = children("]", (from): Omit<JsoncItem, "comma"> => {
      const of = value(depth + 1)
      return { value: of, start: from, end: of.end }
    })
    return { kind: "array", start, end: at, items }
  }

  function children<Child extends Omit<JsoncItem, "comma">>(
    close: string,
    read: (from: number) => Child,
  ): (Child & { comma: number | undefined })[] {
    const found: (Child & { comma: number | undefined })[] = []
    at += 1
    for (;;) {
      skip()
      if (text[at] === close) break
      if (found.length > 0 && found.at(-1)?.comma === undefined) throw broken()
      const child = read(at)
      skip()
      const comma = text[at] === "," ? at : undefined
      if (comma !== undefined) at += 1
      found.push({ ...child, comma })
    }
    at += 1
    return found
  }

  function broken(): Failure {
    const line = text.slice(0, at).split(/\r\n|\r|\n/).length
    return new Failure("invalid_json", `line ${line} is not JSON: correct it in an editor first`)
  }
}

/** What a value means, without its comments and its layout. */
export function valueOf(node: JsoncNode): unknown {
  if (node.kind === "scalar") return node.value
  if (node.kind === "array") return node.items.map(({ value }) => valueOf(value))
  return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value)]))
}

/** The member of an object, if it is an object and has it. */
export function memberOf(node: JsoncNode | undefined, key: string): JsoncMember | undefined {
  return node?.kind === "object" ? node.members.find((member) => member.key === key) : undefined
}

/** The value at a path of keys. */
export function nodeAt(root: JsoncNode | undefined, path: readonly string[]): JsoncNode | undefined {
  return path.reduce<JsoncNode | undefined>((node, key) => memberOf(node, key)?.value, root)
}
