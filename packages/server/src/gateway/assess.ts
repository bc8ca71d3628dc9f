import type { PlaceSaid } from "@hufu/core/contract/place"
import type { TaskRecord } from "@hufu/core/contract/records"
import { canonicalize, canonicalMembers } from "@hufu/core/json/canonical"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { AboveOf, Call } from "@hufu/core/mandate/call"
import { cover, type Cover } from "@hufu/core/mandate/cover"
import { grantCovers, isAbout, isLiveAt } from "@hufu/core/mandate/grant-covers"
import type { Mandate } from "@hufu/core/mandate/mandate"
import type { Slice } from "@hufu/core/mandate/passed-on"
import { profileStanding } from "@hufu/core/profile/profile"
import type { Verdict } from "@hufu/core/policy/verdict"
import type { AgentAuthority } from "../authority/agents.ts"
import type { Budgets } from "../authority/budgets.ts"
import type { MandateAuthority } from "../authority/mandates.ts"
import type { PlaceAuthority } from "../authority/places.ts"
import type { PositionAuthority } from "../authority/positions.ts"
import type { StopAuthority } from "../authority/stop.ts"
import type { KnownTool, ToolAuthority } from "../authority/tools.ts"
import type { Clock } from "../clock.ts"
import { argumentSignals } from "../fence/content/argument-signals.ts"
import type { ContentSignal } from "../fence/content/content-signals.ts"
import type { TaskLabels } from "../fence/content/task-labels.ts"
import { ground, type Grounded } from "../fence/ground/ground.ts"
import type { OwnPlaces } from "../fence/ground/own-places.ts"
import type { Packs } from "../fence/packs/pack-memory.ts"
import { messageTool } from "../fence/conversation/message-profile.ts"
import type { People, PersonalAction } from "../fence/person/people.ts"
import { callPositions } from "../fence/place/call-position.ts"
import type { PlaceFinding } from "../fence/place/place-finder.ts"
import type { Provenance } from "../fence/provenance/provenance.ts"
import type { Traced, ToTrace } from "../fence/provenance/trace-action.ts"
import { askPartner } from "../fence/profile/method-profiles.ts"
import { isConsequential } from "../fence/profile/effect-caution.ts"
import type { RuleSet } from "../fence/rules/load.ts"
import type { DelegationFacts, PackFacts, PlaceFacts, RuleFacts } from "../fence/rules/schema.ts"
import { commitNatively } from "../ledger/native-commitment.ts"
import { type AskedBy, askedBy } from "./asked-by.ts"
import { thingsOf } from "./claims.ts"
import type { Caller, Spoken } from "./governor.ts"
import { type OpenOrder, type OpenOrders, pathOf } from "./open-orders.ts"

/** Everything that a decision rests on, found without I/O but for the paths that the arguments name. */
export interface Assessment {
  readonly tool: KnownTool
  readonly grounded: Grounded
  readonly coverage: Cover
  /** What it takes of the budgets of those that asked for it. */
  readonly asked: readonly Slice[]
  /** Where its values came from; nothing for what only reads or computes. */
  readonly traced: Traced | undefined
  readonly facts: RuleFacts
  /** The places that have a say in it, in their owners' words. */
  readonly places: readonly PlaceSaid[]
  readonly verdict: Verdict
  /** The rules that gave it. */
  readonly rules: RuleSet
  /** The arguments as canonical text. */
  readonly arguments: string
  /** The same, a text for each argument. */
  readonly members: readonly string[]
  /**
   * Commitment to the exact action: who, for which task, which definition of which tool, with which arguments. Salted by the
   * task, because it stands in the ledger and a short action could be guessed from a plain digest (INVARIANT 9).
   */
  readonly digest: string
}

export interface Question {
  readonly caller: Pick<Caller, "agent" | "version" | "principal" | "door">
  readonly task: TaskRecord
  readonly server: string
  readonly tool: string
  readonly arguments: JsonObject
  /** UNTRUSTED: where the agent says that it is. */
  readonly position?: JsonValue | undefined
  /** Present for a message of a conversation. */
  readonly spoken?: Spoken | undefined
  /** The mandate that came as a token with this call. */
  readonly presented?: string | undefined
  /** What came because of an order that was let out. */
  readonly answers?: true | undefined
  /** The order of another agent because of which it is attempted. */
  readonly under?: OpenOrder | undefined
  /** A person approved this very action: the questions that they answered are lifted, nothing else is. */
  readonly lifted: boolean
}

export interface AssessParts {
  readonly clock: Clock
  readonly agents: AgentAuthority
  readonly mandates: MandateAuthority
  readonly budgets: Budgets
  readonly taskOf: (id: string) => TaskRecord | undefined
  readonly orders: Pick<OpenOrders, "openIn" | "closesCircle" | "placeOf" | "claims" | "claimRule">
  readonly tools: ToolAuthority
  readonly stop: StopAuthority
  /** The rules that decide about an agent and its task. */
  readonly rules: (agent?: string, task?: string) => RuleSet
  readonly provenance: Provenance
  readonly labels: TaskLabels
  readonly packs: Packs
  readonly people: Pick<People, "factsOf" | "take" | "leave">
  /** What the user said of a task, oldest first. */
  readonly userWords: (task: TaskRecord) => readonly string[]
  readonly own: () => OwnPlaces
  readonly places: Pick<PlaceAuthority, "finder">
  readonly positions: Pick<PositionAuthority, "known" | "pending">
  /** Folders from which a server may read a relative path. */
  readonly bases: (server: string) => readonly string[]
  /** A salt of a task, from the vault: it dies with the task's key. */
  readonly salt: (task: string, field: string) => Uint8Array
}

/** Steps ground and decide: the same action and the same facts give the same verdict, whatever the door (INVARIANT 2). */
export function assess(
  parts: AssessParts,
  question: Question,
  rules: RuleSet = parts.rules(question.caller.agent, question.task.id),
): Assessment {
  const tool = toolOf(parts, question)
  const grounded = ground(tool.profile, question.arguments, {
    own: parts.own(),
    bases: parts.bases(question.server),
  })
  const standing = profileStanding(tool.profile)
  const mandates = parts.mandates.live(question.caller.agent, question.task.id, question.presented)
  const call: Call = {
    effect: grounded.effect,
    server: question.server,
    tool: question.tool,
    args: question.arguments,
    reviewed: (standing.reviewed || standing.confirmed) && !tool.changed,
    now: parts.clock.now(),
    budgetLeft: (mandate, grant) => parts.budgets.left(mandate, grant),
    above: aboveOf(parts),
  }
  const said = cover(mandates, call)
  const coverage = question.answers ? coveredByOrder(said) : said
  const { askers, slices: asked } = askedBy(parts.mandates, question.under, call)
  const traced = trace(parts, question, {
    tool,
    grounded,
    coverage,
    limited: () => limitedBy(mandates, coverage, call),
  })
  const noticed = notice(parts, question, { tool, grounded, rules })
  const { task, server, arguments: args } = question
  const packs = parts.packs.factsOf({ task: task.id, server, tool: question.tool, arguments: args }, () =>
    saidOf(parts, question, coverage),
  )
  const place = placeOf(parts, question, { tool, grounded })
  const facts = factsOf(parts, question, {
    tool,
    grounded,
    coverage,
    traced,
    noticed,
    packs,
    place: place?.facts,
    delegation: delegationOf(parts, question, { askers, grounded }),
    personal: rules.readsPeople ? parts.people.factsOf(personalOf(question, grounded)) : undefined,
  })
  const verdict = rules.decide(facts, { lifted: question.lifted })
  const members = canonicalMembers(question.arguments)
  const text = `{${members.join(",")}}`
  const digest = actionDigest(parts, question, { tool, arguments: text })
  const places = place?.said ?? []
  return {
    tool,
    grounded,
    coverage,
    asked,
    traced,
    facts,
    places,
    verdict,
    rules,
    arguments: text,
    members,
    digest,
  }
}

/** What the mandates forbid, or leave to the person, they forbid of an answer too; nothing else is asked of it. */
function coveredByOrder(said: Cover): Cover {
  if (!said.live || said.forbids || said.mode === "user-only") return said
  const { grant: _grant, above: _above, ...rest } = said
  return { ...rest, covers: true, asks: false, mode: "auto", amount: 0 }
}

/** A message is what it is, whatever tools its server has. */
export function toolOf(
  { tools }: Pick<AssessParts, "tools">,
  { server, tool, spoken }: Pick<Question, "server" | "tool" | "spoken">,
): KnownTool {
  return spoken === undefined ? tools.find(server, tool) : messageTool(spoken.facts.role)
}

/** What of an action concerns the person for whom it is done. */
export function personalOf(
  { caller, task, spoken }: Question,
  { effect, amount }: Pick<Grounded, "effect" | "amount">,
): PersonalAction {
  return {
    agent: caller.agent,
    principal: caller.principal,
    task: task.id,
    currency: effect === "pay" ? amount?.currency : undefined,
    turn: spoken && {
      conversation: spoken.conversation,
      agent: caller.agent,
      role: spoken.facts.role,
      isAgain: spoken.isAgain,
    },
  }
}

/** How it stands among what agents ask of each other; nothing for what has to do with none. */
function delegationOf(
  { orders }: Pick<AssessParts, "orders">,
  { caller, task, server, tool, under }: Question,
  { askers, grounded }: { readonly askers: AskedBy["askers"]; readonly grounded: Grounded },
): DelegationFacts | undefined {
  const asks = tool === askPartner
  const place = orders.placeOf(caller.agent, task.id, under)
  if (place === undefined && !asks) return undefined
  const claim = place && orders.claims.look(place, thingsOf(server, grounded))
  return {
    depth: under?.depth ?? 0,
    open: under === undefined ? 0 : orders.openIn(under.root),
    askers,
    circle: asks && orders.closesCircle(caller.agent, server),
    claim: claim?.held ? "held" : "free",
    settled: orders.claimRule,
    wins: claim?.wins ?? false,
  }
}

/** What is only read or computed, inside, passes nothing on. */
function notice(
  { labels, taskOf }: Pick<AssessParts, "labels" | "taskOf">,
  { task, arguments: args, under }: Pick<Question, "task" | "arguments" | "under">,
  {
    tool: { profile },
    grounded: { effect, targets },
    rules,
  }: Pick<Assessment, "tool" | "grounded"> & { readonly rules: RuleSet },
): Noticed {
  if (!isConsequential(effect)) return { signals: [], labels: [] }
  return {
    signals: argumentSignals({ profile, arguments: args, targets }),
    // Nobody waits for what no rule asks about.
    // What those that asked have read flows into what they ask for.
    labels: [
      ...new Set(
        [task, ...askersOf({ taskOf }, { under }).map((each) => each.task)].flatMap((each) =>
          labels.of(each, { isNeeded: rules.readsLabels }),
        ),
      ),
    ],
  }
}

interface Noticed {
  readonly signals: readonly ContentSignal[]
  readonly labels: readonly ContentSignal[]
}

/** What stands above mandates that were passed on, and what is left of their budgets. */
export function aboveOf({ mandates, budgets }: Pick<AssessParts, "mandates" | "budgets">): AboveOf {
  return (mandate) => {
    const above = mandates.above(mandate)
    return above && { ...above, left: (link, grant) => budgets.leftInAll(link, grant) }
  }
}

/**
 * What the user said of a task: its words and those of the mandates that the person wrote for it. For what a mandate covers that was
 * passed on, also those of the one at the top of its chain; what the agents in between say counts for nothing.
 */
export function saidOf(
  parts: Pick<AssessParts, "mandates" | "userWords">,
  { caller, task }: { readonly caller: Pick<Caller, "agent">; readonly task: TaskRecord },
  coverage?: Pick<Cover, "above">,
): readonly string[] {
  const root = coverage?.above?.at(-1)?.mandate
  const mandates = [...parts.mandates.live(caller.agent, task.id), ...(root ? [root] : [])]
  return [
    ...parts.userWords(task),
    ...mandates.flatMap(({ words, parent }) => (parent === null && words !== "" ? [words] : [])),
  ]
}

function trace(
  parts: AssessParts,
  question: Question,
  {
    tool,
    grounded,
    coverage,
    limited,
  }: Pick<Assessment, "tool" | "grounded" | "coverage"> & Pick<ToTrace, "limited">,
): Traced | undefined {
  if (!isConsequential(grounded.effect)) return undefined
  const { effect, targets } = grounded
  const action = { profile: tool.profile, effect, arguments: question.arguments, targets, limited }
  return parts.provenance.trace(
    question.task,
    action,
    saidOf(parts, question, coverage),
    askersOf(parts, question).map(({ agent, task }) => ({
      task,
      said: saidOf(parts, { caller: { agent }, task }),
    })),
  )
}

/** The agents because of whose orders it is attempted, the nearest first, each with the task that it acts for. */
function askersOf(
  { taskOf }: Pick<AssessParts, "taskOf">,
  { under }: Pick<Question, "under">,
): readonly { readonly agent: string; readonly task: TaskRecord }[] {
  return pathOf(under).flatMap(({ agent, task: id }) => {
    const task = taskOf(id)
    return task === undefined ? [] : [{ agent, task }]
  })
}

/** The arguments of which the user has said in a mandate what they may be, and that are so: never what an agent said that passed it on. */
function limitedBy(mandates: readonly Mandate[], { above }: Cover, call: Call): ReadonlySet<string> {
  const covering = mandates.flatMap((mandate) =>
    mandate.grants.filter(
      (grant, at) =>
        mandate.parent === null &&
        isLiveAt(mandate, call.now) &&
        isAbout(grant, call) &&
        typeof grantCovers(mandate, at, call) !== "string",
    ),
  )
  const top = above?.at(-1)
  const given = top?.mandate.parent === null ? top.mandate.grants[top.grant] : undefined
  const grants = [...covering, ...(given ? [given] : [])]
  const named = grants.flatMap(({ limits }) => limits.map(({ argument }) => argument))
  // Whoever allows asking one partner has said whom.
  const isPartnerNamed =
    call.tool === askPartner &&
    grants.some(({ tools }) => tools.some((each) => each.startsWith(`${call.server}/`)))
  return new Set(isPartnerNamed ? [...named, "/to"] : named)
}

/** What the places say where this may happen; nothing, at once, where none speaks of such an action. */
function placeOf(
  parts: AssessParts,
  question: Question,
  { tool, grounded }: Pick<Assessment, "tool" | "grounded">,
): PlaceFinding | undefined {
  const { caller, server, tool: name } = question
  return parts.places.finder().find({
    effect: grounded.effect,
    server,
    tool: name,
    now: parts.clock.now(),
    known: () => parts.positions.known(caller.agent),
    call() {
      const { positions, unclear } = callPositions(tool.profile, question.arguments, question.position)
      return { positions: [...positions, ...parts.positions.pending(caller.agent)], unclear }
    },
    paths: { ...grounded.paths, rules: parts.own().rules },
  })
}

function factsOf(
  parts: AssessParts,
  { caller, server, tool: name, spoken }: Question,
  {
    tool,
    grounded,
    coverage,
    traced,
    noticed,
    packs,
    place,
    delegation,
    personal,
  }: Pick<Assessment, "tool" | "grounded" | "coverage" | "traced"> & {
    readonly noticed: Noticed
    readonly packs: PackFacts | undefined
    readonly place: PlaceFacts | undefined
    readonly delegation: DelegationFacts | undefined
    readonly personal: ReturnType<People["factsOf"]> | undefined
  },
): RuleFacts {
  const agent = parts.agents.records.get(caller.agent)
  const standing = profileStanding(tool.profile)
  const now = new Date(parts.clock.now())
  return {
    principal: { id: caller.agent, suspended: agent?.state !== "live" },
    effect: grounded.effect,
    resource: {
      id: `${server}/${name}`,
      server,
      name,
      effect: grounded.effect,
      reviewed: standing.reviewed,
      confirmed: standing.confirmed,
      changed: tool.changed,
      ...(tool.signals.length > 0 ? { signals: tool.signals } : {}),
      reversible: tool.profile.reversible,
      sensitivity: tool.profile.sensitivity,
    },
    context: {
      onBehalfOf: caller.principal,
      mode: coverage.mode,
      door: caller.door,
      mandate: {
        live: coverage.live,
        covers: coverage.covers,
        forbids: coverage.forbids,
        asks: coverage.asks,
        otherwise: coverage.otherwise,
      },
      targets: grounded.targets,
      ...(grounded.amount
        ? {
            amount: grounded.amount.minor,
            ...(grounded.amount.currency ? { currency: grounded.amount.currency } : {}),
          }
        : {}),
      unclear: grounded.doubts.length > 0,
      ...(noticed.signals.length > 0 ? { signals: noticed.signals } : {}),
      ...(noticed.labels.length > 0 ? { labels: noticed.labels } : {}),
      ...(traced ? { provenance: traced.facts } : {}),
      ...(delegation === undefined ? {} : { delegation }),
      ...(packs === undefined ? {} : { packs }),
      ...(place ? { place } : {}),
      ...personal,
      ...(spoken ? { message: spoken.facts } : {}),
      time: { hour: now.getUTCHours(), weekday: now.getUTCDay(), epoch: Math.floor(now.getTime() / 1000) },
      standing: { live: agent?.state === "live" && !parts.stop.stopped },
    },
  }
}

function actionDigest(
  parts: AssessParts,
  { caller, task, server, tool: name, under }: Question,
  { tool, arguments: args }: { tool: KnownTool; arguments: string },
): string {
  // Canonical JSON by hand: the members stand in order, ids and digests need no escapes, and the arguments are canonical already.
  const action =
    `{"agent":"${caller.agent}","arguments":${args},"definition":"${tool.definition}","principal":"${caller.principal}",` +
    `"server":${canonicalize(server)},"task":"${task.id}","tool":${canonicalize(name)},${under === undefined ? "" : `"under":"${under.action}",`}"version":"${caller.version}"}`
  return commitNatively(parts.salt(task.id, "action"), action)
}
