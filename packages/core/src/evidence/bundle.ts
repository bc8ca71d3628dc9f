import type { z } from "zod"
import { Failure, isFailure } from "../failure.ts"
import { parseStrict } from "../json/strict-parse.ts"
import { fromBase64 } from "./base64.ts"
import { parseHashLine } from "./checkpoint.ts"
import { verifyConsistency } from "./consistency.ts"
import { BundleHead, BundleLine } from "./bundle-file.ts"
import { decodeEntry } from "./encode-entry.ts"
import type { Entry } from "./entry.ts"
import { appendLeaves, type Frontier, frontierRoot } from "./frontier.ts"
import { equalBytes, leafHash } from "./merkle.ts"
import type { Sentence } from "./receipt-authority.ts"
import { findKey, readCheckpoint, reasonOf, reject, type ReceiptTrust } from "./signed-state.ts"
import { openIn, type Opened } from "./verify-receipt.ts"
import type { Witnessed } from "./witness-policy.ts"

/** The longest line of a bundle in characters. */
export const MAX_BUNDLE_LINE = 2 * 1024 * 1024

export type BundleVerdict =
  | {
      ok: true
      origin: string
      from: number
      to: number
      /** The size of the signed tree. */
      size: number
      trusted: boolean
      witnessed: Witnessed
      /** How many values the bundle discloses, each as the log committed to it. */
      opened: number
    }
  | { ok: false; line: number; reason: Sentence }

/**
 * Verifies a bundle line by line, in memory that does not grow with it: that its entries are exactly those of a range of the log.
 * UNTRUSTED input; throws only where the runtime lacks Ed25519.
 *
 * @param onEntry sees each entry before the whole is known to hold
 */
export async function verifyBundle(
  lines: AsyncIterable<string>,
  trust: ReceiptTrust = {},
  onEntry: (index: number, entry: Entry, openings: readonly Opened[]) => void = () => {},
): Promise<BundleVerdict> {
  let line = 0
  try {
    let range: Range | undefined
    let opened = 0
    for await (const text of lines) {
      line += 1
      if (text.length > MAX_BUNDLE_LINE) reject("The line is too long.", "该行过长。")
      if (!range) range = await openRange(text, trust)
      else {
        const added = addLine(range, text)
        opened += added.openings.length
        onEntry(range.frontier.size - 1, added.entry, added.openings)
      }
    }
    if (!range) return reject("The file is empty.", "文件为空。")
    closeRange(range)
    const { head, checkpoint, trusted, witnessed } = range
    const { from, to } = head
    return {
      ok: true,
      origin: checkpoint.origin,
      from,
      to,
      size: checkpoint.size,
      trusted,
      witnessed,
      opened,
    }
  } catch (error) {
    if (isFailure(error, "crypto_unavailable")) throw error
    return { ok: false, line, reason: reasonOf(error) }
  }
}

interface Range extends Awaited<ReturnType<typeof readCheckpoint>> {
  readonly head: BundleHead
  readonly trusted: boolean
  frontier: Frontier
  /** The time of the entry before: times never run backwards in a log. */
  at: number
}

async function openRange(text: string, trust: ReceiptTrust): Promise<Range> {
  const head = parseLine(BundleHead, text)
  const { key, trusted } = findKey(head, trust)
  const state = await readCheckpoint([head], key, trust)
  if (head.from >= head.to || head.to > state.checkpoint.size)
    reject("The range is not within the signed log.", "该范围不在已签名的账本之内。")
  // As many full subtrees stand before a place as its number has ones in binary.
  if (head.left.length !== onesOf(head.from))
    reject("The proof of the range has another length.", "范围证明的长度不符。")
  const peaks = head.left.map(parseHashLine)
  return { head, trusted, ...state, frontier: { size: head.from, peaks }, at: 0 }
}

function addLine(range: Range, text: string): { entry: Entry; openings: Opened[] } {
  if (range.frontier.size >= range.head.to)
    reject("There are more entries than the range has.", "条目多于该范围所含。")
  const { entry: logged, openings = [] } = parseLine(BundleLine, text)
  const bytes = fromBase64(logged)
  const entry = decodeEntry(bytes)
  const index = range.frontier.size
  if (entry.at < range.at) reject("Its time lies before that of the entry before.", "其时间早于前一条目。")
  range.at = entry.at
  range.frontier = appendLeaves(range.frontier, [leafHash(bytes)], () => {})
  const opened = openings.map(
    (opening) =>
      openIn(opening, [{ index, entry }]) ??
      reject(
        `The disclosed \`${opening.field}\` is not what was logged.`,
        `公开的 \`${opening.field}\` 与账本记录不符。`,
      ),
  )
  return { entry, openings: opened }
}

function closeRange({ head, frontier, checkpoint }: Range): void {
  if (frontier.size !== head.to) reject("Entries of the range are missing.", "该范围缺少条目。")
  const root1 = frontierRoot(frontier)
  const { size, root } = checkpoint
  const holds =
    head.to === size
      ? head.right.length === 0 && equalBytes(root1, root)
      : verifyConsistency({
          size1: head.to,
          size2: size,
          root1,
          root2: root,
          proof: head.right.map(parseHashLine),
        })
  if (!holds) reject("The entries are not those of the signed log.", "这些条目与已签名的账本不符。")
}

function parseLine<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseStrict(text))
  if (parsed.success) return parsed.data
  const place = parsed.error.issues[0]?.path.join(".") ?? ""
  throw new Failure(
    "invalid_evidence",
    `the line of the bundle is malformed at \`${place.slice(0, 80)}\`; export it again`,
    { cause: parsed.error },
  )
}

function onesOf(value: number): number {
  return value.toString(2).replaceAll("0", "").length
}
