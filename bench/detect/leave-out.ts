import { type LinearModel, weigh } from "@hufu/server/fence/content/injection/linear-model"
import { shareOfWhole } from "@hufu/server/fence/content/injection/whole-text"
import { authoredSources } from "./authored.ts"
import { dataFolder } from "./data-folder.ts"
import { embedded } from "./embedded.ts"
import { type Scored, shareAbove, strictThreshold } from "./figures.ts"
import { learnBaseline, learnDetector } from "./learn.ts"
import { type Prepared, prepare } from "./prepare.ts"
import { readSources, type Source } from "./source.ts"
import { isHeldOut, partOf } from "./split.ts"

/**
 * How both models do on a source that they learned nothing from, nor from its siblings:
 * `npm run bench:detect:unseen [-- --data DIR]`. Nothing is written.
 */
const sources = readSources(dataFolder(process.argv.slice(2)))
const own = authoredSources()
const families = new Set(sources.filter(({ texts }) => texts.some(({ label }) => label === 1)).map(familyOf))
for (const family of families) report(family)

function familyOf({ name }: Source): string {
  return name.endsWith(".pairs") ? "pairs" : (/^[a-z]+/.exec(name)?.[0] ?? name)
}

function report(family: string): void {
  const training = sources
    .filter((source) => familyOf(source) !== family)
    .map((source) => partOf(source, "training"))
  const baseline = learnBaseline(prepare(training))
  const detector = learnDetector(prepare([...training, ...own, ...embedded([...training, ...own])]))
  const seen = prepare(sources.filter((source) => familyOf(source) !== family)).filter((text) =>
    isHeldOut(text),
  )
  const unseen = prepare(sources.filter((source) => familyOf(source) === family))
  const both = [
    (text: Prepared) => scoreOf(detector, baseline, text),
    (text: Prepared) => weigh(baseline, text.whole),
  ]
  const thresholds = both.map((score) => strictThreshold(bySource(seen, score)))
  for (const name of new Set(unseen.map(({ source }) => source))) {
    const attacks = unseen.filter(({ source, label }) => source === name && label === 1)
    if (attacks.length === 0) continue
    const shares = both.map(
      (score, i) => shareAbove(attacks.map(score), thresholds[i] ?? 0)?.toFixed(3) ?? "-",
    )
    console.log(
      `${name.padEnd(32)}${`${attacks.length}`.padStart(6)} attacks, found ${shares[0]}, by n-grams ${shares[1]}`,
    )
  }
}

function scoreOf(detector: LinearModel, baseline: LinearModel, { parts, whole }: Prepared): number {
  return Math.max(...parts.map((part) => weigh(detector, part))) + shareOfWhole(weigh(baseline, whole))
}

/** Log odds may be below zero: every threshold here is of the same scale. */
function bySource(texts: readonly Prepared[], score: (text: Prepared) => number): Scored[] {
  const harmless = Map.groupBy(
    texts.filter(({ label }) => label === 0),
    ({ source }) => source,
  )
  return [...harmless].map(([name, all]) => ({ name, attacks: [], harmless: all.map(score) }))
}
