import type { AgentThen, MandateThen, ServerThen, StateAt } from "@hufu/core/contract/state"
import { Failure } from "@hufu/core/failure"
import { Budget, Grant, Never, UserOnly } from "@hufu/core/mandate/mandate"
import { z } from "zod"
import type { LedgerFault } from "../ledger/ledger-fault.ts"
import type { Store } from "../store/store.ts"
import { createFold, type Fold, type FoldedRecord } from "./fold.ts"
import { foldEntries, type Progress } from "./fold-entries.ts"
import { type ContentReader, contentReader } from "./read-content.ts"

export interface Asked {
  /** A moment, in milliseconds since 1970; or else the index of an entry. */
  readonly at?: number | undefined
  readonly index?: number | undefined
  /** Only this agent: its id, or what it was called. */
  readonly agent?: string | undefined
}

export type StateFound =
  | { readonly ok: true; readonly state: StateAt }
  | { readonly ok: false; readonly fault: LedgerFault }

type Parts = Pick<Store, "vault" | "ledger" | "folder">

const maxListed = 1000

/** What was known and in force at a moment: the ledger up to then is folded, and no table is asked. */
export async function* stateAt(store: Parts, asked: Asked): AsyncGenerator<Progress, StateFound> {
  const size = sizeAt(store, asked)
  const reader = contentReader(store.vault)
  const fold = createFold({ reader })
  const verdict = yield* foldEntries(store, fold, size)
  if (!verdict.ok) return { ok: false, fault: verdict.fault }
  return { ok: true, state: tell({ fold, reader, at: asked.at ?? fold.at, agent: asked.agent }) }
}

/** How many entries there were. */
function sizeAt({ ledger }: Parts, { at, index }: Asked): number {
  const size = ledger.size()
  if (index !== undefined) {
    if (index < size) return index + 1
    throw new Failure("not_found", `the ledger has no entry ${index}: it has ${size}`)
  }
  if (at === undefined) return size
  let [low, high] = [0, size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (ledger.entry(middle).entry.at <= at) low = middle + 1
    else high = middle
  }
  return low
}

interface Telling {
  readonly fold: Fold
  readonly reader: ContentReader
  readonly at: number
  readonly agent: string | undefined
}

function tell(of: Telling): StateAt {
  const { fold, at, agent } = of
  const [agents, servers] = [recordsOf(fold, "agent"), recordsOf(fold, "server")]
  const asked = agents.filter(
    ([id, record]) => agent === undefined || id === agent || said(of, record).text("name") === agent,
  )
  if (agent !== undefined && asked.length === 0)
    throw new Failure("not_found", `the ledger knew no agent \`${agent.slice(0, 80)}\` then`)
  const live = servers.map(([id, record]) => tellServer(of, id, record)).filter((server) => server !== null)
  const mandates = Map.groupBy(
    recordsOf(fold, "mandate"),
    ([, record]) => said(of, record).text("agent") ?? "",
  )
  return {
    entries: fold.size,
    at,
    stopped: recordsOf(fold, "stop").some(([, record]) => said(of, record).get("stopped") === true),
    person: tellPerson(of),
    rules: fold.rules,
    agents: asked
      .slice(0, maxListed)
      .map(([id, record]) => tellAgent(of, { id, record, mandates: mandates.get(id) ?? [] })),
    servers: live.slice(0, maxListed),
    cut: asked.length > maxListed || live.length > maxListed,
  }
}

type Entry = readonly [string, FoldedRecord]

function recordsOf(fold: Fold, kind: string): Entry[] {
  return [...(fold.records.get(kind) ?? [])]
}

/** What is said of a record, with what of it nobody can know. */
function said({ reader }: Telling, { members }: FoldedRecord) {
  const [erased, unstated]: [string[], string[]] = [[], []]
  function get(name: string): unknown {
    const member = members[name]
    if (member === undefined) return undefined
    const resolved = reader.resolve(member)
    if (resolved.is === "value") return resolved.value
    ;(resolved.is === "unstated" ? unstated : erased).push(name)
    return undefined
  }
  const as = <T>(name: string, schema: z.ZodType<T>): T | null => schema.safeParse(get(name)).data ?? null
  const text = (name: string) => as(name, z.string())
  const number = (name: string) => as(name, z.int())
  return { get, as, text, number, erased, unstated }
}

function tellAgent(
  of: Telling,
  { id, record, mandates }: { id: string; record: FoldedRecord; mandates: readonly Entry[] },
): AgentThen {
  const agent = said(of, record)
  const version = agent.text("version")
  const found = version === null ? undefined : of.fold.records.get("version")?.get(version)
  const declared = found && said(of, found)
  return {
    id,
    name: agent.text("name"),
    state: agent.text("state"),
    version,
    label: declared?.text("label") ?? null,
    since: agent.number("stateChangedAt"),
    mandates: mandates.flatMap(([mandate, each]) => tellMandate(of, mandate, each) ?? []),
    erased: [...agent.erased, ...(declared?.erased ?? [])],
    unstated: [...agent.unstated, ...(declared?.unstated ?? [])],
  }
}

/** Null when it was not in force. One whose times were erased may have been: it is told as that. */
function tellMandate(of: Telling, id: string, record: FoldedRecord): MandateThen | null {
  const mandate = said(of, record)
  const [from, until] = [mandate.number("from"), mandate.number("until")]
  const isInForce =
    mandate.text("state") === "live" && (from === null || from <= of.at) && (until === null || of.at < until)
  if (!isInForce) return null
  const grants = mandate.as("grants", z.array(Grant))
  const budget = mandate.as("budget", Budget)
  const spending = of.fold.spent.get(id)
  const budgets = [-1, ...(grants ?? []).keys()].flatMap((grant) => {
    const bound = grant < 0 ? budget : grants?.[grant]?.budget
    const spent = spending?.grants.get(grant) ?? { count: 0, amount: 0 }
    const isTold = (bound !== null && bound !== undefined) || spent.count > 0
    const left = {
      count: bound?.count === undefined ? null : bound.count - spent.count,
      amount: bound?.amount === undefined ? null : bound.amount.max - spent.amount,
    }
    return isTold ? [{ grant, spent, left }] : []
  })
  const known = spending?.known ?? "all"
  return {
    id,
    agent: mandate.text("agent"),
    task: mandate.text("task"),
    principal: mandate.text("principal"),
    words: mandate.text("words"),
    grants,
    never: mandate.as("never", z.array(Never)),
    userOnly: mandate.as("userOnly", z.array(UserOnly)),
    otherwise: mandate.text("otherwise"),
    budget,
    from,
    until,
    budgets,
    spending: known === "gone" ? "erased" : known,
    erased: mandate.erased,
    unstated: mandate.unstated,
  }
}

const Effect = z.object({ effect: z.string(), confirmed: z.boolean() })

function tellServer(of: Telling, id: string, record: FoldedRecord): ServerThen | null {
  const server = said(of, record)
  if (server.text("state") !== "live") return null
  const tools = recordsOf(of.fold, "tool")
    .filter(([tool]) => tool.startsWith(`${id}/`))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    id,
    name: server.text("name"),
    transport: server.text("transport"),
    command: server.as("command", z.array(z.string())),
    url: server.text("url"),
    tools: tools.map(([tool, each]) => {
      const seen = said(of, each)
      const profile = seen.as("profile", Effect)
      return {
        tool: tool.slice(id.length + 1),
        definition: seen.text("digest"),
        effect: profile?.effect ?? null,
        changed: seen.get("changed") === true,
        confirmed: profile?.confirmed ?? null,
      }
    }),
    erased: server.erased,
    unstated: server.unstated,
  }
}

function tellPerson(of: Telling): StateAt["person"] {
  const [first] = recordsOf(of.fold, "person")
  if (first === undefined) return null
  const [id, record] = first
  const hash = said(of, record).text("hash")
  const passkeys = recordsOf(of.fold, "passkey").filter(([, each]) => said(of, each).text("state") === "live")
  return { id, hasSecret: hash === null ? null : hash !== "", passkeys: passkeys.length }
}
