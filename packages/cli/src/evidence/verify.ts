import { type BundleVerdict, verifyBundle } from "@hufu/core/evidence/bundle"
import { type EntryProofVerdict, verifyEntryProof } from "@hufu/core/evidence/entry-proof"
import { type CoseFileVerdict, verifyCoseFile } from "@hufu/core/evidence/verify-cose-file"
import {
  type Opened,
  type ReceiptTrust,
  type ReceiptVerdict,
  verifyReceipt,
} from "@hufu/core/evidence/verify-receipt"
import { type TraceLink, type TraceVerdict, verifyTrace } from "@hufu/core/evidence/verify-trace"
import { saysWitnessed } from "@hufu/core/evidence/witness-policy"
import { isJsonObject } from "@hufu/core/json/json-value"
import { verifyMlDsa44 } from "@hufu/server/ledger/ml-dsa"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { asCalled } from "../terminal/called-as.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { type Evidence, readEvidence } from "./read-evidence.ts"

const nouns = {
  receipt: { en: "receipt", zh: "回执" },
  trace: { en: "trace", zh: "链路" },
  entry: { en: "entry", zh: "条目" },
  bundle: { en: "bundle", zh: "证据包" },
  cose: { en: "COSE receipt", zh: "COSE 回执" },
} as const

const texts = {
  en: {
    ok: (noun: string) => `The ${noun} is sound.`,
    untrusted: (noun: string) => [
      `${noun === "bundle" ? "Its key was not checked" : "The step marked – was not made"}: no log key was given, so the ${noun} only agrees with itself.`,
      "The node that wrote it shows its key with `hufu log checkpoint`; get it from its operator apart from the file, then",
      "  `hufu verify FILE --key KEY`",
    ],
    failed: (noun: string) => `The ${noun} is NOT sound:`,
    line: (line: number) => `line ${line}:`,
    joined: (count: number, origin: string, size: number, seen: string) =>
      `These ${count} actions hang together, each as its receipt in the log ${origin} has it, at size ${size}; ${seen}.`,
    open: (actions: string) =>
      `Whether more was attempted under these is not known, for they have not ended or were cut off: ${actions}`,
    opened: "It discloses:",
    count: (count: number) => `It discloses ${count} values, each as the log committed to it.`,
    withheld: (count: number) =>
      count === 1 ? "Another argument is withheld." : `${count} other arguments are withheld.`,
  },
  zh: {
    ok: (noun: string) => `${noun}有效。`,
    untrusted: (noun: string) => [
      `${noun === nouns.bundle.zh ? "密钥未作检查" : "标为 – 的一步未作检查"}：未提供账本公钥，因此只能证明${noun}自洽。`,
      "写出它的节点用 `hufu log checkpoint` 显示其公钥；请另行向其运营者取得，然后运行",
      "  `hufu verify 文件 --key 公钥`",
    ],
    failed: (noun: string) => `${noun}无效：`,
    line: (line: number) => `第 ${line} 行：`,
    joined: (count: number, origin: string, size: number, seen: string) =>
      `这 ${count} 个行为彼此相连，各自与账本 ${origin}（规模 ${size}）中的回执一致；${seen}。`,
    open: (actions: string) => `以下行为尚未结束或曾被中断，其下是否还有其他行为无从得知：${actions}`,
    opened: "回执披露：",
    count: (count: number) => `其中披露 ${count} 个值，均与账本记录相符。`,
    withheld: (count: number) => `另有 ${count} 个参数未披露。`,
  },
} as const

/** `hufu verify FILE|URL`: checks evidence offline, by what it holds; needs no node. */
export async function verify(invocation: Invocation): Promise<number> {
  const { positionals, flags, json } = invocation
  const [source] = positionals
  if (source === undefined || positionals.length > 1)
    throw new UsageError("this takes one file or address: hufu verify FILE|URL")
  const trustedKeys = textFlags(flags, "key")
  const trust: ReceiptTrust = {
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
    witnessKeys: textFlags(flags, "witness"),
    minWitnesses: countOf(textFlag(flags, "witnesses")),
    nowSeconds: Math.floor(Date.now() / 1000),
    mlDsa44: verifyMlDsa44,
  }
  const { ok, printed, lines } = await check(await readEvidence(source), trust, invocation)
  if (json) printJson(printed)
  else printLines(...lines)
  return ok ? exitCodes.ok : exitCodes.failed
}

/** How a verification came out, for programs and for people. */
interface Checked {
  readonly ok: boolean
  readonly printed: unknown
  readonly lines: readonly string[]
}

type Reader = Pick<Invocation, "language">

async function check(evidence: Evidence, trust: ReceiptTrust, reader: Reader): Promise<Checked> {
  const { kind } = evidence
  const asker = { ...reader, namesKeys: trust.trustedKeys !== undefined }
  switch (kind) {
    case "receipt": {
      const verdict = await verifyReceipt(evidence.text, trust)
      return told(kind, verdict, asker, verdict.ok ? openedLines(verdict.openings, reader) : [])
    }
    case "trace":
      return toldOfTrace(await verifyTrace(evidence.text, trust), reader)
    case "entry":
      return told(kind, await verifyEntryProof(evidence.text, trust), asker)
    case "cose":
      return told(kind, await verifyCoseFile(evidence.bytes, trust), asker)
    case "bundle":
      return toldOfBundle(await verifyBundle(evidence.lines, trust), reader)
    default:
      return kind satisfies never
  }
}

function toldOfTrace(verdict: TraceVerdict, { language }: Reader): Checked {
  const text = texts[language]
  const noun = nouns.trace[language]
  if (!verdict.ok) {
    const at = verdict.link === undefined ? "" : `${verdict.link}: `
    return { ok: false, printed: verdict, lines: [`${text.failed(noun)} ${at}${verdict.reason[language]}`] }
  }
  const { links, origin, size, witnessed, trusted } = verdict
  const open = links.filter(({ isWhole }) => !isWhole).map(({ action }) => action)
  return {
    ok: true,
    printed: { ...verdict, links: links.map(({ action, under, isWhole }) => ({ action, under, isWhole })) },
    lines: [
      ...treeOf(links),
      text.joined(links.length, origin, size, saysWitnessed(witnessed)[language]),
      ...(open.length > 0 ? [text.open(open.join(", "))] : []),
      text.ok(noun),
      ...(trusted ? [] : text.untrusted(noun).map(asCalled)),
    ],
  }
}

/** Each action under the order because of which it was attempted. */
function treeOf(links: readonly TraceLink[]): string[] {
  const depths = new Map<string, number>()
  return links.map(({ action, under, intent, outcome, openings }) => {
    const depth = under === undefined ? 0 : (depths.get(under) ?? 0) + 1
    depths.set(action, depth)
    const tool = openings.find(({ field }) => field === "tool")?.value
    const said = [
      action,
      intent.agent,
      ...(tool === undefined ? [] : [JSON.stringify(tool)]),
      intent.effect,
      intent.verdict,
      ...(outcome ? [outcome.outcome] : []),
    ]
    return `${"  ".repeat(depth)}${said.join(" ")}`
  })
}

type Verdict = ReceiptVerdict | EntryProofVerdict | CoseFileVerdict

function told(
  kind: Exclude<Evidence["kind"], "bundle" | "trace">,
  verdict: Verdict,
  { language, namesKeys }: Reader & { readonly namesKeys: boolean },
  more: readonly string[] = [],
): Checked {
  const text = texts[language]
  const noun = nouns[kind][language]
  const isUnmade = (id: string) => id === "key" && !namesKeys
  const steps = verdict.steps.map(
    ({ id, ok, says }) => `${ok ? (isUnmade(id) ? "–" : "✓") : "✗"} ${id}: ${says[language]}`,
  )
  const end = verdict.ok
    ? [text.ok(noun), ...(verdict.trusted ? [] : text.untrusted(noun).map(asCalled)), ...more]
    : [`${text.failed(noun)} ${verdict.reason[language]}`]
  return { ok: verdict.ok, printed: jsonOf(verdict), lines: [...steps, ...end] }
}

function toldOfBundle(verdict: BundleVerdict, { language }: Reader): Checked {
  const text = texts[language]
  const noun = nouns.bundle[language]
  if (!verdict.ok) {
    const { line, reason } = verdict
    const lines = [`${text.failed(noun)} ${text.line(line)} ${reason[language]}`]
    return { ok: false, printed: verdict, lines }
  }
  const { origin, from, to, size, witnessed, trusted, opened } = verdict
  const seen = saysWitnessed(witnessed)[language]
  const range =
    language === "zh"
      ? `${origin} 的条目 ${from} 至 ${to - 1}（共 ${to - from} 个），完整且未被改动，在其签署的规模为 ${size} 的状态中；${seen}。`
      : `These are entries ${from} to ${to - 1} of ${origin} (${to - from}), all of them and unchanged, in the log as it signed itself at size ${size}; ${seen}.`
  return {
    ok: true,
    printed: verdict,
    lines: [
      range,
      ...(opened > 0 ? [text.count(opened)] : []),
      text.ok(noun),
      ...(trusted ? [] : text.untrusted(noun).map(asCalled)),
    ],
  }
}

function openedLines(openings: readonly Opened[], { language }: Reader): string[] {
  if (openings.length === 0) return []
  const text = texts[language]
  return [
    text.opened,
    ...openings.flatMap(linesOf),
    ...openings.filter(({ withheld }) => withheld > 0).map(({ withheld }) => text.withheld(withheld)),
  ]
}

function countOf(text: string | undefined): number {
  if (text === undefined) return 0
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new UsageError("--witnesses takes a number of witnesses: give their keys with --witness")
}

/** What was opened; of arguments, which. */
function linesOf({ field, value }: Opened): string[] {
  const named =
    field === "arguments" && isJsonObject(value)
      ? Object.entries(value).map(([name, each]) => [`arguments.${name}`, each] as const)
      : [[field, value] as const]
  return named.map(([name, each]) => `  | ${name}: ${JSON.stringify(each)}`)
}

/** The verdict without what only programs in the same process can use. */
function jsonOf(verdict: Verdict) {
  if (!verdict.ok) return verdict
  const { ok, trusted, steps } = verdict
  const logged = "logged" in verdict ? [verdict.logged] : verdict.entries
  return {
    ok,
    trusted,
    steps,
    ...("witnessed" in verdict ? { witnessed: verdict.witnessed } : {}),
    ...("openings" in verdict ? { openings: verdict.openings } : {}),
    entries: logged.map(({ index }) => ({ index })),
  }
}
