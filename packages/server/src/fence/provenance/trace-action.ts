import type { JsonObject } from "@hufu/core/json/json-value"
import type { ToolProfile } from "@hufu/core/profile/profile"
import { addressesIn } from "@hufu/core/provenance/address"
import { weakestOrigin } from "@hufu/core/provenance/origin"
import type { TracedValue } from "@hufu/core/provenance/traced-value"
import type { UserWords } from "@hufu/core/provenance/user-words"
import { splitField } from "@hufu/core/provenance/own-records"
import type { Effect } from "@hufu/core/words"
import type { Target } from "../ground/ground.ts"
import { looksLikeWebAddress } from "../ground/read-address.ts"
import { isConsequential } from "../profile/effect-caution.ts"
import { methodProfile } from "../profile/method-profiles.ts"
import { type ArgumentText, argumentTexts } from "./argument-texts.ts"
import type { ProvenanceFacts } from "../rules/schema.ts"
import { onlyFetches } from "./only-fetches.ts"
import type { TaskMemory } from "./task-memory.ts"

export interface Traced {
  readonly facts: ProvenanceFacts
  readonly values: readonly TracedValue[]
}

export interface ToTrace {
  readonly profile: ToolProfile
  readonly effect: Effect
  readonly arguments: JsonObject
  readonly targets: readonly Target[]
  /** Pointers of arguments that a grant which covers it limits: the user has named what these may be. */
  readonly limited: () => ReadonlySet<string>
}

export interface TraceWith {
  readonly memory: Pick<TaskMemory, "readOthers" | "readPrivate" | "originOf" | "seenIn" | "repeatsPrivate">
  readonly words: UserWords
  /** What the user said, as texts. */
  readonly said: readonly string[]
}

const longestShown = 512
const somebody = new Set(
  "user users username member members guest guests assignee assignees reviewer reviewers owner owners person people".split(
    " ",
  ),
)

/** Where the values of a consequential action came from; nothing for one that only reads or computes, inside. */
export function traceAction(action: ToTrace, known: TraceWith): Traced | undefined {
  if (!isConsequential(action.effect)) return undefined
  const { texts, isWhole } = argumentTexts(action.profile, action.arguments)
  const limited = action.limited()
  const values = [...targetValues(action, texts), ...carriedValues(action, texts)].map((value) =>
    traced(value, limited, known),
  )
  const weakest = (use: TracedValue["use"]) =>
    weakestOrigin(values.flatMap((value) => (value.use === use ? [value.origin] : []))) ?? "none"
  const { readOthers, readPrivate } = known.memory
  return {
    values,
    facts: {
      // What could not be read to its end may hold anything.
      target: isWhole ? weakest("target") : "others",
      link: weakest("link"),
      secret: weakest("secret"),
      carriesPrivate: carries(action.effect, texts, known),
      isTold: isWhole && isTold(texts, known),
      readOthers,
      readPrivate,
      fetches: onlyFetches(action.profile),
    },
  }
}

type Named = Pick<TracedValue, "argument" | "value" | "use">

/** Effects that reach somebody, so that whatever says whom counts, also where nothing tells what the argument is. */
const reaching: ReadonlySet<Effect> = new Set(["send", "publish", "pay", "delete", "decide", "control"])

/** Effects after which a file is gone, or has done whatever stands in it. */
const acting: ReadonlySet<Effect> = new Set(["delete", "execute"])

function* targetValues(
  { profile, effect, targets }: ToTrace,
  texts: readonly ArgumentText[],
): Generator<Named> {
  for (const { argument, value, roles } of texts) {
    if (roles.some((role) => role === "recipient" || role === "account")) {
      for (const each of splitTargets(value)) yield { argument, value: each, use: "target" }
    } else if (roles.some(isPlace)) {
      if (!isResourceName(profile, value)) yield { argument, value, use: "target" }
    } else if (roles.includes("command") || (roles.includes("path") && acting.has(effect))) {
      yield { argument, value, use: "target" }
    } else if (
      roles.includes("target") &&
      (reaching.has(effect) || namesSomebody(argument)) &&
      (effect === "delete" || isText(value))
    ) {
      yield { argument, value, use: "target" }
    }
  }
  // Written like an address where no role says so.
  const told = new Set(texts.flatMap(({ value, roles }) => (roles.some(isPlace) ? [value] : [])))
  for (const { kind, value } of targets)
    if ((kind === "url" || kind === "host") && !told.has(value)) yield { argument: "/", value, use: "target" }
}

/**
 * A resource of a tool server has the server's own name for it and is read inside, unless the name is an address on the web: that
 * one the server may fetch.
 */
function isResourceName(profile: ToolProfile, value: string): boolean {
  return methodProfile(profile.tool) === profile && profile.effect === "read" && !looksLikeWebAddress(value)
}

/** Whoever is added somewhere gets to see what is there. */
function namesSomebody(argument: string): boolean {
  return somebody.has(splitField(argument).at(-1) ?? "")
}

function isPlace(role: ArgumentText["roles"][number]): boolean {
  return role === "url" || role === "host"
}

/** A bare number names something only inside the tool server. */
function isText(value: string): boolean {
  return !/^\d{1,9}$/.test(value.trim()) && value.trim() !== ""
}

/**
 * `Ann <ann@example.com>, bob@example.com` are two mailboxes. What is written otherwise counts as it stands: a tool may read more in it
 * than Hufu does.
 */
function splitTargets(value: string): readonly string[] {
  return value.split(/[,;\n]/).flatMap((part) => {
    const text = part.trim()
    const mailbox = /^[^<>@]*<([^<>]+)>$/.exec(text)?.[1] ?? text
    return text === "" ? [] : [mailbox]
  })
}

function* carriedValues({ effect }: ToTrace, texts: readonly ArgumentText[]): Generator<Named> {
  for (const { argument, value, roles, isSecret } of texts) {
    if (isSecret) yield { argument, value, use: "secret" }
    if ((effect === "send" || effect === "publish") && isCarried(roles))
      for (const address of addressesIn(value).slice(0, 64)) yield { argument, value: address, use: "link" }
  }
}

function isCarried(roles: ArgumentText["roles"]): boolean {
  return !roles.some((role) =>
    ["recipient", "account", "url", "host", "path", "command", "amount", "currency"].includes(role),
  )
}

function traced(
  { argument, value, use }: Named,
  limited: ReadonlySet<string>,
  { memory, words }: TraceWith,
): TracedValue {
  const isNamed = (use === "target" && limited.has(argument)) || words.names(value)
  const origin = isNamed ? "named" : memory.originOf(value, use, words)
  const seenIn = origin === "others" ? memory.seenIn(value) : undefined
  return { argument, value: value.slice(0, longestShown), use, origin, ...(seenIn ? { seenIn } : {}) }
}

/** Every text that is passed on, and there is one. What the action is aimed at has an origin of its own. */
function isTold(texts: readonly ArgumentText[], { words }: TraceWith): boolean {
  const passed = texts.filter(({ roles }) => isCarried(roles) && !roles.includes("target"))
  return passed.length > 0 && passed.every(({ value }) => words.tells(value))
}

function carries(
  effect: Effect,
  texts: readonly ArgumentText[],
  { memory, words, said }: TraceWith,
): boolean {
  return texts.some(
    ({ value, roles }) =>
      isCarried(roles) &&
      // What is changed is named, not told to anybody.
      !(effect === "write" && roles.includes("target")) &&
      value.length > 5 &&
      !words.tells(value) &&
      memory.repeatsPrivate(value, said),
  )
}
