import { hash } from "node:crypto"
import type { TaskRecord } from "@hufu/core/contract/records"
import { isJsonObject, isJsonValue, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { isVouchedFor, type ToolProfile } from "@hufu/core/profile/profile"
import { strongestOrigin } from "@hufu/core/provenance/origin"
import type { ResultSource } from "@hufu/core/provenance/own-records"
import { type UserWords, userWords } from "@hufu/core/provenance/user-words"
import { isConsequential } from "../profile/effect-caution.ts"
import { splitName } from "../profile/effect-of-words.ts"
import { argumentTexts } from "./argument-texts.ts"
import { openTaskMemory, type SeenIn, type TaskMemory } from "./task-memory.ts"
import { type ToTrace, type Traced, traceAction } from "./trace-action.ts"

/** What an action was, as far as what came back of it depends on it. */
export interface Performed {
  readonly action: string
  readonly task: TaskRecord
  readonly server: string
  readonly tool: string
  readonly profile: ToolProfile
  readonly arguments: JsonObject
}

/** Where the values of actions came from, task by task. */
export interface Provenance {
  /**
   * @param said what the user said: the task's words, what was added, the words of the mandates in force
   * @param above the tasks of those because of whose orders it is done: what they have read flows into what they ask for
   */
  trace(
    task: TaskRecord,
    action: ToTrace,
    said: readonly string[],
    above?: readonly { readonly task: TaskRecord; readonly said: readonly string[] }[],
  ): Traced | undefined
  /**
   * What came back. Read when it is first needed, or when nothing else is to be done.
   *
   * @param result nothing when it was too large to be kept: it may have held anything
   */
  returned(performed: Performed, said: readonly string[], result: unknown): void
  /** A person decided on exactly these values. */
  answered(task: string, traced: Traced | undefined): void
  /** Definitions that a server offers are content that others wrote. */
  defined(server: string, definitions: readonly JsonObject[]): void
}

/** INVARIANT: what a definition says of itself makes nothing the user's own; somebody has to stand behind the profile. */
function sourceOf(profile: ToolProfile): ResultSource {
  const { results = "others" } = profile
  return isVouchedFor(profile) || results === "public" ? results : "others"
}

function isError(result: JsonValue): boolean {
  return isJsonObject(result) && result["isError"] === true
}

const mostTasks = 64
const mostWaiting = 64
const mostBegun = 100_000
const mostOffers = 64

interface Waiting extends Performed {
  readonly said: readonly string[]
  readonly result: unknown
}

interface Held {
  readonly memory: TaskMemory
  waiting: Waiting[]
  said: readonly string[]
  words: UserWords
}

export interface ProvenanceOptions {
  /** When this node began: of tasks from before it nobody remembers what was read. */
  readonly startedAt: number
  /** About how much memory all tasks together may take. */
  readonly mostBytes?: number
}

export function openProvenance({ startedAt, mostBytes = 192 << 20 }: ProvenanceOptions): Provenance {
  const held = new Map<string, Held>()
  /** Tasks of which something was remembered once: what is lost of them cannot be taken for nothing. */
  const begun = new Set<string>()
  const definitions = new Map<string, { readonly memory: TaskMemory; readonly offers: Set<string> }>()

  function of(task: TaskRecord): Held {
    const known = held.get(task.id)
    if (known) {
      // The one that was used least recently is the first to go.
      held.delete(task.id)
      held.set(task.id, known)
      return known
    }
    const isBlank = task.startedAt >= startedAt && !begun.has(task.id) && begun.size < mostBegun
    const made: Held = { memory: openTaskMemory({ isBlank }), waiting: [], said: [], words: userWords([]) }
    if (begun.size < mostBegun) begun.add(task.id)
    held.set(task.id, made)
    if (held.size > mostTasks) forgetOldest()
    return made
  }

  /** Of a task that is forgotten whatever can be feared counts as read: it asks more. */
  function forgetOldest(): void {
    const [oldest] = held.keys()
    if (oldest !== undefined) held.delete(oldest)
  }

  function keepWithinBytes(): void {
    let bytes = [...held.values()].reduce((sum, { memory }) => sum + memory.bytes, 0)
    while (bytes > mostBytes && held.size > 1) {
      const [oldest] = held.values()
      bytes -= oldest?.memory.bytes ?? 0
      forgetOldest()
    }
  }

  function read(task: Held): void {
    const waiting = task.waiting
    task.waiting = []
    for (const each of waiting) take(task, each)
    if (waiting.length > 0) keepWithinBytes()
  }

  function take(task: Held, { action, server, tool, profile, arguments: args, said, result }: Waiting): void {
    if (!isJsonValue(result)) return task.memory.lose()
    const { texts } = argumentTexts(profile, args)
    const words = wordsOf(task, said)
    if (isConsequential(profile.effect))
      task.memory.plant(texts.flatMap(({ value }) => (words.names(value) ? [] : [value])))
    task.memory.take({
      action,
      server,
      tool,
      source: sourceOf(profile),
      nouns: splitName(tool),
      isPointedAt: !isError(result) && texts.some(({ value }) => words.names(value)),
      result,
    })
  }

  function wordsOf(task: Held, said: readonly string[]): UserWords {
    const isSame = said.length === task.said.length && said.every((text, at) => text === task.said[at])
    if (!isSame) {
      task.said = said
      task.words = userWords(said)
    }
    return task.words
  }

  function definedWith(value: string): SeenIn | undefined {
    for (const { memory } of definitions.values()) {
      const seen = memory.seenIn(value)
      if (seen) return seen
    }
    return undefined
  }

  return {
    trace(record, action, said, above = []) {
      if (!isConsequential(action.effect)) return undefined
      const memories = [{ task: record, said }, ...above].map((each) => {
        const task = of(each.task)
        read(task)
        return { task, said: each.said, memory: task.memory }
      })
      const all = [...new Set(memories.flatMap((each) => each.said))]
      const [own] = memories
      return traceAction(action, {
        words: own !== undefined && memories.length === 1 ? wordsOf(own.task, said) : userWords(all),
        said: all,
        memory: {
          readOthers: memories.some(({ memory }) => memory.readOthers),
          readPrivate: memories.some(({ memory }) => memory.readPrivate),
          // As if one task had read all of it: of what several know, what counts most.
          originOf(value, use, words) {
            const known = memories
              .map(({ memory }) => memory.originOf(value, use, words))
              .filter((origin) => origin !== "unknown")
            return strongestOrigin(known) ?? (definedWith(value) ? "others" : "unknown")
          },
          seenIn: (value) =>
            memories.map(({ memory }) => memory.seenIn(value)).find((seen) => seen !== undefined) ??
            definedWith(value),
          repeatsPrivate: (text, texts) => memories.some(({ memory }) => memory.repeatsPrivate(text, texts)),
        },
      })
    },
    returned(performed, said, result) {
      const task = of(performed.task)
      task.waiting.push({ ...performed, said, result })
      if (task.waiting.length > mostWaiting) return read(task)
      if (task.waiting.length === 1) setImmediate(() => read(task))
    },
    answered(task, traced) {
      if (traced) held.get(task)?.memory.answer(traced.values)
    },
    defined(server, offered) {
      const offer = hash("sha256", JSON.stringify(offered))
      const known = definitions.get(server)
      if (known?.offers.has(offer)) return
      const isKept = known !== undefined && known.offers.size < mostOffers
      const to = isKept ? known : { memory: openTaskMemory({ isBlank: true }), offers: new Set<string>() }
      const where = { action: "", server, tool: "tools/list" }
      to.memory.take({ ...where, source: "public", nouns: [], isPointedAt: false, result: [...offered] })
      to.offers.add(offer)
      definitions.set(server, to)
    },
  }
}
