import { hash } from "node:crypto"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import { z } from "zod"
import type { Draw } from "../authority/budgets.ts"
import type { RuleFacts } from "../fence/rules/schema.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Tx } from "../store/store.ts"
import type { Reason } from "./governor.ts"

/** What is kept of an action in the vault; the ledger holds commitments to `tool`, `arguments` and `facts`. */
export interface ActionContent {
  readonly server: string
  readonly tool: string
  /** Null when they were too long to keep. */
  readonly arguments: JsonValue
  readonly facts: JsonValue
  readonly reasons: readonly Reason[]
  /** What it took of budgets; absent when it took nothing. */
  readonly spent?: Draw
}

export interface KeptAction {
  readonly action: string
  readonly task: string
  readonly server: string
  readonly tool: string
  /** Canonical text. */
  readonly arguments: string
  readonly facts: RuleFacts
  readonly reasons: readonly Reason[]
}

export interface ContentDraft {
  /** Whether writing it reads nothing: the facts that it shares with others are kept already. */
  readonly blind: boolean
  /** @param draw what it takes of budgets */
  write(tx: Tx, draw?: Draw): void
  /** After the commit. */
  settle(): void
}

const maxKeptArguments = 128 * 1024
const maxKnown = 4096

/**
 * Keeps what actions were. Most facts are the same for every call of a tool under a mandate, so these are kept once for a task and
 * only what the call itself brings, its targets, amount and time, is kept with it.
 */
export interface ActionContents {
  /** What is to be kept of an action, ready to be written in its intent's commit. */
  draft(kept: KeptAction): ContentDraft
  /** Throws Failure("not_found") when it was erased. */
  read(action: string): ActionContent
}

export function actionContents(vault: Vault): ActionContents {
  /** Ids of shared facts that are durable. */
  const known = new Set<string>()

  function draft({ action, task, server, tool, arguments: args, facts, reasons }: KeptAction): ContentDraft {
    const { own, shared } = split(facts)
    const text = canonicalize(shared)
    const sharedId = `${task}/facts/${hash("sha256", text)}`
    const isKnown = known.has(sharedId)
    const argumentsText = args.length <= maxKeptArguments ? args : "null"
    // Members in canonical order, from texts that are canonical already.
    const content =
      `{"arguments":${argumentsText},"facts":{"own":${canonicalize(own)},"shared":${canonicalize(sharedId)}},` +
      `"reasons":${canonicalize(reasons as unknown as JsonValue)},"server":${canonicalize(server)},`
    const end = `"tool":${canonicalize(tool)}}`
    return {
      blind: isKnown,
      write(tx, draw) {
        if (!isKnown) vault.keep(tx, { id: sharedId, subject: task, text, once: true })
        const spent = draw === undefined ? "" : `"spent":${canonicalize(z.json().parse(draw))},`
        vault.keep(tx, { id: action, subject: task, text: `${content}${spent}${end}` })
      },
      settle() {
        if (known.size >= maxKnown) known.clear()
        known.add(sharedId)
      },
    }
  }

  function read(action: string): ActionContent {
    // Written above alone, in this shape; the vault authenticates it.
    const kept = vault.get(action) as unknown as Omit<ActionContent, "facts"> & {
      facts: { own: Own; shared: string }
    }
    const shared = vault.get(kept.facts.shared) as unknown as Shared
    const facts = { ...shared, context: { ...shared.context, ...kept.facts.own } }
    return { ...kept, facts: facts as unknown as JsonValue }
  }

  return { draft, read }
}

type Own = Pick<
  RuleFacts["context"],
  | "targets"
  | "amount"
  | "currency"
  | "unclear"
  | "signals"
  | "labels"
  | "provenance"
  | "delegation"
  | "packs"
  | "place"
  | "person"
  | "session"
  | "message"
  | "time"
>
type Shared = Omit<RuleFacts, "context"> & { readonly context: Omit<RuleFacts["context"], keyof Own> }

function split({ principal, effect, resource, context }: RuleFacts): { own: JsonValue; shared: JsonValue } {
  const { targets, amount, currency, unclear, signals, labels, provenance, delegation, packs, ...others } =
    context
  const { place, person, session, message, time, ...rest } = others
  const own = {
    targets,
    time,
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    ...(unclear === undefined ? {} : { unclear }),
    ...(signals === undefined ? {} : { signals }),
    ...(labels === undefined ? {} : { labels }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(delegation === undefined ? {} : { delegation }),
    ...(packs === undefined ? {} : { packs }),
    ...(place === undefined ? {} : { place }),
    ...(person === undefined ? {} : { person }),
    ...(session === undefined ? {} : { session }),
    ...(message === undefined ? {} : { message }),
  }
  // Facts are plain JSON by their schema.
  return {
    own: own as unknown as JsonValue,
    shared: { principal, effect, resource, context: rest } as unknown as JsonValue,
  }
}
