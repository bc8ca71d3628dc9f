import { isFailure } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { IntentEntry, OutcomeEntry } from "./entry.ts"
import type { Sentence } from "./receipt-authority.ts"
import { receiptBytes, type Receipt } from "./receipt.ts"
import { decodeEntry } from "./encode-entry.ts"
import { reasonOf, reject, Rejected, type ReceiptTrust } from "./signed-state.ts"
import { belowDigest, parseTrace, type TraceFile } from "./trace-file.ts"
import { type Opened, type ReceiptVerdict, verifyReceipt } from "./verify-receipt.ts"

/** One action of a trace, as its receipt has it. */
export interface TraceLink {
  readonly action: string
  /** The order because of which it was attempted; none at the top. */
  readonly under: string | undefined
  readonly intent: IntentEntry
  readonly outcome: OutcomeEntry | undefined
  readonly openings: readonly Opened[]
  /** Whether everything that was attempted under it is known to be here: its outcome says so. */
  readonly isWhole: boolean
}

/** How a verification ended. A fault names the link that is at fault. */
export type TraceVerdict =
  | {
      ok: true
      trusted: boolean
      root: string
      /** The top first, each before what was attempted under it. */
      links: TraceLink[]
      /** How the log names itself, and the size of the one state in which all of it stands. */
      origin: string
      size: number
      witnessed: Extract<ReceiptVerdict, { ok: true }>["witnessed"]
    }
  | { ok: false; link: string | undefined; reason: Sentence }

/**
 * Verifies a trace: every receipt in it, that all stand in one state of one log, and that they hang together from the first order down. A
 * link that was forged, dropped or put in another's place is named. Offline; UNTRUSTED input; throws only where the runtime lacks Ed25519.
 */
export async function verifyTrace(trace: unknown, trust: ReceiptTrust = {}): Promise<TraceVerdict> {
  let at: string | undefined
  try {
    const file = parseTrace(typeof trace === "string" ? trace : canonicalize(trace as JsonValue))
    const links = new Map<string, TraceLink>()
    const [first] = file.links
    if (first === undefined) return reject("The trace is empty.", "链路为空。")
    let state: Extract<ReceiptVerdict, { ok: true }> | undefined
    for (const [nth, { receipt, below }] of file.links.entries()) {
      at = claimedAction(receipt) ?? `#${nth + 1}`
      isSameState(first.receipt, receipt)
      const verdict = await verifyReceipt(receipt, trust)
      if (!verdict.ok) throw new Rejected(verdict.reason)
      state ??= verdict
      const link = linkOf(verdict, below)
      if (links.has(link.action)) reject("It is in the trace twice.", "它在链路中出现了两次。")
      links.set(link.action, link)
    }
    for (const link of links.values()) {
      at = link.action
      checkPlace(link, file, links)
      checkBelow(link, file, links)
    }
    at = undefined
    if (state === undefined) return reject("The trace is empty.", "链路为空。")
    return {
      ok: true,
      trusted: state.trusted,
      root: file.root,
      links: fromTop(links, file.root),
      origin: state.checkpoint.origin,
      size: state.checkpoint.size,
      witnessed: state.witnessed,
    }
  } catch (error) {
    if (isFailure(error, "crypto_unavailable")) throw error
    return { ok: false, link: at, reason: reasonOf(error) }
  }
}

/** As its bytes say, before anything is verified: to name what is at fault. */
function claimedAction(receipt: Receipt): string | undefined {
  for (const entry of receipt.entries)
    try {
      const logged = decodeEntry(receiptBytes(entry))
      if (logged.kind === "intent") return logged.action
    } catch {
      // Whoever verifies it says what is wrong with it.
    }
  return undefined
}

/** One state for all, or links of two forks of a log could stand in one trace. */
function isSameState(first: Receipt, receipt: Receipt): void {
  const noteOf = ({ entries: [entry] }: Receipt) => entry?.proof.slice(entry.proof.indexOf("\n\n"))
  if (first.logKey !== receipt.logKey || noteOf(first) !== noteOf(receipt))
    reject("It is proved in another state of the log.", "其证明依据的是账本的另一状态。")
}

function linkOf(
  { entries, openings }: Extract<ReceiptVerdict, { ok: true }>,
  below: readonly string[] | undefined,
): TraceLink {
  const intents = entries.flatMap(({ entry }) => (entry.kind === "intent" ? [entry] : []))
  const [outcome] = entries.flatMap(({ entry }) => (entry.kind === "outcome" ? [entry] : []))
  const intent = intents.find(({ verdict }) => verdict === "allow") ?? intents[0]
  if (intent === undefined) return reject("Its receipt has no verdict.", "其回执没有裁定。")
  if (intents.some(({ under }) => under !== intent.under))
    reject("Its entries name different orders.", "其条目所依据的指令不一致。")
  if (outcome?.below !== undefined && belowDigest(below ?? []) !== outcome.below)
    reject(
      "The list of what was attempted under it is not the one that was logged.",
      "其下所做行为的清单与账本记录不符。",
    )
  if (outcome !== undefined && outcome.below === undefined && below !== undefined && below.length > 0)
    reject(
      "It lists actions under it, and the log has no such list.",
      "它列出了其下的行为，而账本中没有这一清单。",
    )
  const isWhole =
    intent.verdict !== "allow" ||
    (outcome !== undefined && (outcome.below !== undefined || outcome.outcome !== "unknown"))
  return { action: intent.action, under: intent.under, intent, outcome, openings, isWhole }
}

function checkPlace({ action, under, intent }: TraceLink, { root }: TraceFile, links: Links): void {
  if (under === undefined) {
    if (action !== root) reject("It is under no order of this trace.", "它不在本链路的任何指令之下。")
    return
  }
  if (action === root)
    reject(
      `It is said to be the first, and was done under ${under}.`,
      `它被称为首个行为，实际是在 ${under} 之下所做。`,
    )
  const above = links.get(under)
  if (above === undefined)
    return reject(
      `It was done under ${under}, which is not in the trace.`,
      `它是在 ${under} 之下所做，而链路中没有后者。`,
    )
  if (above.intent.verdict !== "allow")
    reject(`It was done under ${under}, which was not allowed.`, `它是在 ${under} 之下所做，而后者未获准许。`)
  if (above.intent.principal !== intent.principal)
    reject(
      `It was done for somebody else than ${under}, under which it is.`,
      `它与其所依据的 ${under} 不是为同一委托人所做。`,
    )
  if (above.intent.at > intent.at)
    reject(`It is older than ${under}, under which it is.`, `它早于其所依据的 ${under}。`)
  return undefined
}

function checkBelow({ action, outcome }: TraceLink, file: TraceFile, links: Links): void {
  if (outcome?.below === undefined) return
  // Compared with the log above.
  const listed = file.links.find(({ receipt }) => claimedAction(receipt) === action)?.below ?? []
  for (const each of listed) {
    const link = links.get(each)
    if (link === undefined)
      reject(`${each}, which was attempted under it, is missing.`, `缺少在其之下所做的 ${each}。`)
    else if (link.under !== action)
      reject(
        `${each} stands in its list, and was not done under it.`,
        `${each} 在其清单中，却不是在其之下所做。`,
      )
  }
}

type Links = ReadonlyMap<string, TraceLink>

/** INVARIANT: every link hangs on the root, for times only grow downwards and each one above is there. */
function fromTop(links: Links, root: string): TraceLink[] {
  const byAbove = new Map<string, TraceLink[]>()
  for (const link of links.values())
    if (link.under !== undefined) byAbove.set(link.under, [...(byAbove.get(link.under) ?? []), link])
  const found: TraceLink[] = []
  const open = [links.get(root)]
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    found.push(link)
    open.push(...(byAbove.get(link.action) ?? []).toSorted((a, b) => b.intent.at - a.intent.at))
  }
  if (found.length < links.size)
    reject("Some of it does not hang on the first order.", "部分行为不与首个指令相连。")
  return found
}
