import type { SchemaJson } from "@cedar-policy/cedar-wasm/nodejs"
import { ToolSignal } from "@hufu/core/profile/tool-signal"
import { origins } from "@hufu/core/provenance/origin"
import { placeClasses, positionSources, restrictions } from "@hufu/core/place/place-words"
import { ageBases, ageGroups } from "@hufu/core/contract/protection"
import { decisionModes, type Effect, effects } from "@hufu/core/words"
import { contentSignalWords } from "../content/content-signals.ts"
import { cedarType, type Fact, type Fields, type Shape, shape, type Uncertain } from "./fact-shape.ts"

const { bool, long, oneOf, optional, record, set, text } = shape

/** What rules see of an agent. */
export const agentShape = record({ suspended: bool })

/** What rules see of a tool; a tool is in its server. */
export const toolShape = record({
  server: text,
  name: text,
  effect: oneOf(effects),
  /** We reviewed the profile. */
  reviewed: bool,
  /** The user confirmed the profile. */
  confirmed: bool,
  /** The definition differs from the one that was reviewed or confirmed. */
  changed: bool,
  /** What was noticed about a definition behind which nobody stands; absent where nothing was. */
  signals: optional(set(oneOf(ToolSignal.options))),
  reversible: text,
  sensitivity: text,
})

const target = record({
  kind: text,
  value: text,
  host: optional(text),
  path: optional(text),
  /** Hufu's own data, its origin, or a client's config. */
  own: bool,
})

const origin = oneOf(["none", ...origins])

/** Where the values of a consequential action came from. `none`: it has no such value. */
const provenance = record({
  /** The weakest origin of what it acts upon outside: whom, which account, which address. */
  target: origin,
  /** The same of web addresses that it passes on in a text. */
  link: origin,
  /** The same of a password or key that it sets. */
  secret: origin,
  /** A text that it passes on repeats what was read inside. */
  carriesPrivate: bool,
  /** Every text that it passes on is made of the user's words. */
  isTold: bool,
  /** The task has read what others wrote; what was private. */
  readOthers: bool,
  readPrivate: bool,
  /** It sends nothing but an address, and gives back what lies there. */
  fetches: bool,
})

export type ProvenanceFacts = Fact<typeof provenance>

/** What the places say of an action, and how sure it is where the agent is. */
const place = record({
  /** The gravest of the places in which it may happen. */
  restriction: oneOf(restrictions),
  /** The class of the gravest place that speaks of it and in which the agent may be or not: nobody who is trusted says. */
  unknown: oneOf(["none", ...placeClasses]),
  /** Of the places in which it may happen: their classes, the persons who own them, their ids. */
  classes: set(oneOf(placeClasses)),
  owners: set(text),
  ids: set(text),
  /** The best source of where the agent is. */
  trust: oneOf(["none", ...positionSources]),
})

export type PlaceFacts = Fact<typeof place>

/** For whom it is done, as far as anybody has said. */
const person = record({
  /** Whom they count as; `refused` is who is unknown where the configuration refuses these. */
  group: oneOf(ageGroups),
  known: oneOf(["unknown", ...ageBases]),
  /** In whole years, the least that it can be; absent where an adult's is not known. */
  age: optional(long),
  /** Somebody answers for them, consents to their using agents, and lets them do so at night. */
  guardian: bool,
  consent: bool,
  nights: bool,
  /** Minutes since midnight, where they are. */
  minute: long,
})

export type PersonFacts = Fact<typeof person>

/** What the person has used of agents, if this goes: in seconds, and in minor units of the currency of this action. */
const session = record({
  today: long,
  /** Without a break. */
  run: long,
  /** Since a rest was last suggested, without a break. */
  sinceRest: long,
  /** Days in a row, with this one. */
  days: long,
  /** What they were told today. */
  told: set(text),
  /** Turns of this conversation so far; none outside of one. */
  turns: long,
  /** They have taken leave, and not spoken again. */
  ended: bool,
  /** Absent where nothing is paid, or where it cannot be told. */
  spentTask: optional(long),
  spentToday: optional(long),
  spentMonth: optional(long),
})

export type SessionFacts = Fact<typeof session>

/** A message of a conversation between a person and an agent. */
const message = record({
  role: oneOf(["user", "agent"]),
  /** What its parts are. */
  parts: set(oneOf(["text", "data", "file"])),
  /** What was noticed in what is said; `unread` where not all of it was looked through. */
  signals: set(text),
  /** Whom the agent plays, as its description says and as it is declared. */
  persona: oneOf(["none", "relative", "partner", "character"]),
})

export type MessageFacts = Fact<typeof message>

/** How an action stands among what agents ask of each other. */
const delegation = record({
  /** How many orders of agents it stands on: none where it is the first. */
  depth: long,
  /** How many orders are open in its trace. */
  open: long,
  /** Whether those that asked for it may do it themselves: the least that any of them may. */
  askers: oneOf(["may", "ask", "must-not"]),
  /** Whoever is asked waits, directly or over others, for the one that asks. */
  circle: bool,
  /** Another agent of the trace acts on the same thing: `free` where none does. */
  claim: oneOf(["free", "held"]),
  /** How that is settled here, and whether this agent may have it all the same. */
  settled: oneOf(["ask", "first", "priority", "owner"]),
  wins: bool,
})

export type DelegationFacts = Fact<typeof delegation>

const givenContext = {
  onBehalfOf: text,
  mode: oneOf(decisionModes),
  door: text,
  mandate: record({ live: bool, covers: bool, forbids: bool, asks: bool, otherwise: text }),
  targets: set(target),
  /** In minor units of the currency. */
  amount: optional(long),
  currency: optional(text),
  /** The arguments could not be read for certain. */
  unclear: optional(bool),
  /** What was noticed in the arguments of what changes something; absent where nothing was. */
  signals: optional(set(oneOf(contentSignalWords))),
  /** What was noticed in the results that the task has read, for what changes something; absent where nothing was. */
  labels: optional(set(oneOf(contentSignalWords))),
  /** Absent for what only reads or computes, inside. */
  provenance: optional(provenance),
  /** Absent for what neither asks another agent nor is done because one asked. */
  delegation: optional(delegation),
  /** Absent where no place speaks of such an action. */
  place: optional(place),
  /** Absent where no rule speaks of persons. */
  person: optional(person),
  session: optional(session),
  /** Absent for what is no message of a conversation. */
  message: optional(message),
  time: record({ hour: long, weekday: long, epoch: long }),
  standing: record({ live: bool }),
}

/** The circumstances as they are given; arguments are not among them, only what was found in them. */
export const contextShape = record(givenContext)

/**
 * The targets summed up, because Cedar has no "for any member": whether any is Hufu's own, and every kind, value,
 * host and path. Always worked out from `targets`, never given.
 */
export const anyTargetShape = record({
  own: bool,
  kinds: set(text),
  values: set(text),
  hosts: set(text),
  paths: set(text),
})

/** The circumstances as rules see them. */
export const ruleContextShape = record({ ...givenContext, anyTarget: anyTargetShape })

/** What packs in force know of the action, by where rules find it: `context.airline`. Absent where none is in force for the server. */
export type PackFacts = Readonly<Record<string, Readonly<Record<string, PackFact>>>>
export type PackFact = string | number | boolean | readonly string[]

/** Everything that a decision rests on: who, which effect, on which tool, in which circumstances. */
export interface RuleFacts {
  readonly principal: { readonly id: string } & Fact<typeof agentShape>
  readonly effect: Effect
  readonly resource: { readonly id: string } & Fact<typeof toolShape>
  readonly context: Fact<typeof contextShape> & { readonly packs?: PackFacts }
}

type Known<Of, Names extends keyof Of> = {
  readonly [Name in keyof Of]: Name extends Names ? Of[Name] : Uncertain<Of[Name]>
}

/** Facts of which some are `UNKNOWN`, such as the targets of a tool that is only being listed. */
export interface UncertainFacts {
  readonly principal: Known<RuleFacts["principal"], "id">
  readonly effect: Effect
  readonly resource: Known<RuleFacts["resource"], "id" | "server" | "name">
  readonly context: Known<RuleFacts["context"], never>
}

/** The Cedar schema that every rule is validated against. */
export const ruleSchema: SchemaJson<string> = schemaOf(ruleContextShape)

/** The same with further optional members of the context. */
export function ruleSchemaWith(more: Fields): SchemaJson<string> {
  return schemaOf(record({ ...more, ...givenContext, anyTarget: anyTargetShape }))
}

/** Whether the context has a member of this name by itself. */
export function isOwnContext(name: string): boolean {
  return name === "anyTarget" || name === "packs" || Object.hasOwn(givenContext, name)
}

function schemaOf(context: Shape): SchemaJson<string> {
  const effectAction = {
    memberOf: [{ id: "any" }],
    appliesTo: { principalTypes: ["Agent"], resourceTypes: ["Tool"], context: cedarType(context) },
  }
  return {
    Hufu: {
      entityTypes: {
        Agent: { shape: cedarType(agentShape) },
        Server: {},
        Tool: { shape: cedarType(toolShape), memberOfTypes: ["Server"] },
      },
      actions: {
        any: {},
        ...Object.fromEntries(effects.map((effect) => [effect, effectAction])),
      },
    },
  }
}
