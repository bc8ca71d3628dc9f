import { ngramBaseline } from "@hufu/server/fence/content/injection/ngram-baseline"
import { promptInjection } from "@hufu/server/fence/content/injection/prompt-injection"
import { contentRisks } from "@hufu/server/fence/content/risk/content-risks"
import { dataFolder } from "./data-folder.ts"
import {
  onePercentThreshold,
  precisionAndRecall,
  scored,
  type Scored,
  shareAbove,
  strictThreshold,
} from "./figures.ts"
import { readSources } from "./source.ts"
import { countSecrets, countSpans, type SpanCounts } from "./spans.ts"
import { partOf } from "./split.ts"

/**
 * What the detectors find, per file and never pooled: `node detect.ts [--data DIR] [--all]`. Texts with labels are
 * measured on the held-out part; with `--all`, for a folder that nothing was learned from, on every text.
 */
const args = process.argv.slice(2)
const folder = dataFolder(args)
const part = args.includes("--all") ? "all" : "held-out"
const sources = readSources(folder)
  .map((source) => partOf(source, part))
  .filter(({ texts }) => texts.length > 0)
const ours = sources.map((source) => scored(promptInjection, source))
const theirs = sources.map((source) => scored(ngramBaseline, source))
const missed: string[] = []

console.log(`prompt injection, ${part} part; operating point ${promptInjection.point}`)
console.log(row("source", "attacks", "harmless", "recall", "precision", "false al."))
for (const source of ours) atPoint(source)
console.log(
  `\nrecall at 1 % false alarms: on every source's harmless texts, and on the source's own; beside character n-grams`,
)
console.log(row("source", "attacks", "ours", "n-grams", "own: ours", "n-grams"))
const strict = [strictThreshold(ours), strictThreshold(theirs)] as const
ours.forEach((source, i) => atOnePercent(source, theirs[i] ?? source))
console.log(
  `\ncontent risks: texts, and the share of them with a finding at ${contentRisks.point}; their labels are of attacks, not of risks`,
)
console.log(row("source", "attacks", "harmless", "attacks", "harmless"))
for (const source of sources) risks(scored(contentRisks, source))
counts("personal information, every text", countSpans(folder), /^zh/)
counts("secrets, every text", countSecrets(folder), /./)
for (const bar of missed) console.log(`MISSED ${bar}`)
if (missed.length > 0) process.exitCode = 1

function atPoint({ name, attacks, harmless }: Scored): void {
  const found = attacks.filter((score) => score > promptInjection.point).length
  const wrong = harmless.filter((score) => score > promptInjection.point).length
  const { precision, recall } = precisionAndRecall({ found, wrong, missed: attacks.length - found })
  const alarms = shareAbove(harmless, promptInjection.point)
  const shown = attacks.length > 0 && harmless.length > 0 ? precision : undefined
  console.log(row(name, `${attacks.length}`, `${harmless.length}`, text(recall), text(shown), text(alarms)))
  const isResult = /pairs|injecagent|toolresult|toolresponse/.test(name)
  if (isResult && alarms !== undefined && alarms > 0.01)
    missed.push(`at most 1 % false alarms on the tool results of ${name}: ${text(alarms)}`)
}

function atOnePercent(our: Scored, their: Scored): void {
  if (our.attacks.length === 0) return
  const [one, other] = [shareAbove(our.attacks, strict[0]), shareAbove(their.attacks, strict[1])]
  const hasOwn = our.harmless.length > 0
  const own = hasOwn ? shareAbove(our.attacks, onePercentThreshold(our.harmless)) : undefined
  const theirOwn = hasOwn ? shareAbove(their.attacks, onePercentThreshold(their.harmless)) : undefined
  console.log(row(our.name, `${our.attacks.length}`, text(one), text(other), text(own), text(theirOwn)))
  // By the false alarms of that very source, where it has harmless texts; else by those of all the others.
  const [found, expected] = hasOwn ? [own, theirOwn] : [one, other]
  if ((found ?? 0) < (expected ?? 0))
    missed.push(`at least the recall of n-grams on ${our.name}: ${text(found)} < ${text(expected)}`)
}

function risks({ name, attacks, harmless }: Scored): void {
  // A finding counts from its point on; the scores of this detector are few and fixed.
  const below = contentRisks.point - 0.001
  const shares = [shareAbove(attacks, below), shareAbove(harmless, below)].map(text)
  console.log(row(name, `${attacks.length}`, `${harmless.length}`, ...shares))
}

function counts(title: string, all: readonly SpanCounts[], barred: RegExp): void {
  console.log(`\n${title}`)
  console.log(row("file and kind", "there", "found", "wrong", "recall", "precision"))
  const files = Map.groupBy(all, ({ file }) => file)
  for (const [file, kinds] of files) {
    for (const one of kinds.toSorted((a, b) => a.kind.localeCompare(b.kind)))
      countRow(`${file} ${one.kind}`, one)
    const sum = kinds.reduce(
      (sums, one) => ({
        found: sums.found + one.found,
        wrong: sums.wrong + one.wrong,
        missed: sums.missed + one.missed,
      }),
      { found: 0, wrong: 0, missed: 0 },
    )
    if (kinds.length > 1) countRow(`${file}, all kinds`, sum)
    const { precision = 0, recall = 0 } = precisionAndRecall(sum)
    if (barred.test(file) && (precision < 0.98 || recall < 0.98))
      missed.push(`0.98 recall at 0.98 precision on ${file}: ${text(recall)} at ${text(precision)}`)
  }
}

function countRow(name: string, one: { found: number; wrong: number; missed: number }): void {
  const { precision, recall } = precisionAndRecall(one)
  console.log(
    row(name, `${one.found + one.missed}`, `${one.found}`, `${one.wrong}`, text(recall), text(precision)),
  )
}

function row(name: string, ...cells: readonly string[]): string {
  return name.padEnd(44) + cells.map((cell) => cell.padStart(10)).join("")
}

function text(share: number | undefined): string {
  return share === undefined ? "-" : share.toFixed(3)
}
