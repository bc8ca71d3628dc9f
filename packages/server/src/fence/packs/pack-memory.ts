import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { isVouchedFor, type ToolProfile } from "@hufu/core/profile/profile"
import { UNKNOWN } from "@hufu/core/policy/cedar-value"
import { type UserWords, userWords } from "@hufu/core/provenance/user-words"
import type { Clock } from "../../clock.ts"
import { isConsequential } from "../profile/effect-caution.ts"
import { readResult } from "../provenance/read-result.ts"
import type { PackFact, PackFacts } from "../rules/schema.ts"
import { type FactExpression, factOf, type FactSource, recordKey } from "./fact-expression.ts"
import type { PackFactType } from "./pack.ts"
import { figureFacts, type PackInForce } from "./read-packs.ts"

/** A call, as far as facts depend on it. */
export interface PackCall {
  readonly task: string
  readonly server: string
  readonly tool: string
  readonly arguments: JsonObject
}

/** What the packs in force know, task by task. */
export interface Packs {
  /** The facts of each pack that is in force for the server; nothing where there is none. */
  factsOf(call: PackCall, said: () => readonly string[]): PackFacts | undefined
  /** The same where no arguments are known: everything but the tool is open. */
  openFacts(
    server: string,
    tool: string,
  ):
    | { readonly [pack: string]: { readonly [fact: string]: string | number | boolean | typeof UNKNOWN } }
    | undefined
  /** A call is over: what it read is known from now on, what it may have changed is not. */
  returned(call: PackCall & { readonly profile: ToolProfile }, result: unknown): void
}

interface Kept {
  readonly value: JsonValue
  readonly at: number
  readonly size: number
}

const mostTasks = 64
const mostRecords = 2_000
const longestRecord = 65_536
const mostKept = 4 << 20
const mostEach = 500
const longestText = 1_000
const mostTexts = 100

/** A task's records of one pack. INVARIANT: bounded; the oldest go first, and what is gone is not known. */
function openRecords() {
  const kept = new Map<string, Kept>()
  let size = 0

  function drop(id: string): void {
    size -= kept.get(id)?.size ?? 0
    kept.delete(id)
  }

  return {
    set(kind: string, key: string, value: JsonValue, at: number): void {
      const id = `${kind} ${key}`
      drop(id)
      const length = JSON.stringify(value).length
      if (length > longestRecord) return
      kept.set(id, { value, at, size: length })
      size += length
      for (const oldest of kept.keys()) {
        if (size <= mostKept && kept.size <= mostRecords) return
        drop(oldest)
      }
    },
    get(kind: string, key: string, since: number): JsonValue | undefined {
      const found = kept.get(`${kind} ${key}`)
      return found === undefined || found.at < since ? undefined : found.value
    },
    all(kind: string, since: number): JsonValue[] {
      return [...kept].flatMap(([id, { value, at }]) =>
        id.startsWith(`${kind} `) && at >= since ? [value] : [],
      )
    },
    forget(kinds: readonly string[] | undefined): void {
      for (const id of kept.keys())
        if (kinds === undefined || kinds.some((kind) => id.startsWith(`${kind} `))) drop(id)
    },
  }
}

type Records = ReturnType<typeof openRecords>

/** Opens the memory of the packs in force. Nothing is kept beyond the process: what was read before it began is not known. */
export function openPacks(inForce: readonly PackInForce[], clock: Clock): Packs {
  const tasks = new Map<string, Map<PackInForce, Records>>()
  const ofServer = (server: string) =>
    inForce.filter(({ servers }) => servers.includes(server) || servers.includes("*"))
  const figures = new Map(inForce.map((one) => [one, figureFacts(one.figures)]))

  function recordsOf(task: string, pack: PackInForce): Records {
    const known = tasks.get(task) ?? new Map<PackInForce, Records>()
    // The task that was used least recently is the first to go.
    tasks.delete(task)
    tasks.set(task, known)
    for (const oldest of tasks.keys()) {
      if (tasks.size <= mostTasks) break
      tasks.delete(oldest)
    }
    const records = known.get(pack) ?? openRecords()
    known.set(pack, records)
    return records
  }

  function sourceOf(one: PackInForce, call: PackCall, said: readonly string[]): FactSource {
    const { pack } = one
    const records = recordsOf(call.task, one)
    const now = clock.now()
    const since = now - pack.keepSeconds * 1000
    let words: UserWords | undefined
    return {
      arguments: call.arguments,
      lets: new Map(Object.entries(pack.let)),
      record: (kind, key) => records.get(kind, key, since),
      records: (kind) => records.all(kind, since),
      names(value) {
        words ??= userWords(said)
        return words.names(value)
      },
      now,
      zone: pack.zone,
    }
  }

  /** Most packs of figures alone keep nothing of any task. */
  function knownOf(one: PackInForce, call: PackCall, said: () => readonly string[]) {
    if (Object.keys(one.pack.facts).length === 0) return { tool: call.tool }
    return factsOfPack(one, call.tool, sourceOf(one, call, said()))
  }

  return {
    factsOf(call, said) {
      const packs = ofServer(call.server)
      if (packs.length === 0) return undefined
      return Object.fromEntries(
        packs.map((one) => [one.pack.facts_as, { ...figures.get(one), ...knownOf(one, call, said) }]),
      )
    },
    openFacts(server, tool) {
      const packs = ofServer(server)
      if (packs.length === 0) return undefined
      return Object.fromEntries(
        packs.map((one) => [
          one.pack.facts_as,
          {
            ...figures.get(one),
            ...Object.fromEntries(Object.keys(one.pack.facts).map((name) => [name, UNKNOWN])),
            tool,
          },
        ]),
      )
    },
    returned({ profile, ...call }, result) {
      for (const one of ofServer(call.server)) {
        const told = one.pack.tools[call.tool]
        const records = recordsOf(call.task, one)
        if (told?.changes !== undefined) records.forget(told.changes)
        else if (isConsequential(profile.effect)) records.forget(undefined)
        // INVARIANT: what a tool gives back is a fact only where a person stands behind what the tool is.
        if (told === undefined || result === undefined || !isVouchedFor(profile)) continue
        const source = sourceOf(one, call, [])
        for (const value of recordsIn(result))
          for (const read of told.reads) remember(records, read, { ...source, result: value })
      }
    },
  }
}

function factsOfPack(
  { pack }: PackInForce,
  tool: string,
  source: FactSource,
): Readonly<Record<string, PackFact>> {
  const facts = Object.entries(pack.facts).flatMap(([name, { type, tools, of }]) => {
    const fact = tools.includes(tool) ? asFact(type, factOf(of, source)) : undefined
    return fact === undefined ? [] : [[name, fact] as const]
  })
  return { ...Object.fromEntries(facts), tool }
}

/** What does not have its type is not known. */
function asFact(type: PackFactType, value: JsonValue | undefined): PackFact | undefined {
  if (type === "bool") return typeof value === "boolean" ? value : undefined
  if (type === "long") return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined
  if (type === "text") return isText(value) ? value : undefined
  if (!Array.isArray(value) || value.length > mostTexts) return undefined
  const texts = value.filter(isText)
  return texts.length === value.length ? [...new Set(texts)] : undefined
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= longestText
}

/** An error says nothing of any record. */
function recordsIn(result: unknown): readonly JsonValue[] {
  // The gateway parsed it as JSON.
  const json = result as JsonValue
  if (typeof json === "object" && json !== null && !Array.isArray(json) && json["isError"] === true) return []
  return readResult(json).records
}

type Read = PackInForce["pack"]["tools"][string]["reads"][number]

function remember(records: Records, { record, each, key, is }: Read, source: FactSource): void {
  const about = each === undefined ? [undefined] : factOf(each, source)
  if (!Array.isArray(about)) return
  for (const item of about.slice(0, mostEach)) {
    const of = (expression: FactExpression) => factOf(expression, source, item)
    const parts = key.map(of)
    const known = parts.filter((part) => part !== undefined)
    const value = of(is)
    if (known.length === parts.length && value !== undefined)
      records.set(record, recordKey(known), value, source.now)
  }
}
