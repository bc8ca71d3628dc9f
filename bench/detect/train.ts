import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { LinearModel } from "@hufu/server/fence/content/injection/linear-model"
import { authoredSources } from "./authored.ts"
import { dataFolder } from "./data-folder.ts"
import { embedded } from "./embedded.ts"
import { learnBaseline, learnDetector } from "./learn.ts"
import { prepare } from "./prepare.ts"
import { readSources } from "./source.ts"
import { partOf } from "./split.ts"

/** Writes both weight files from the training part of the data and from what we wrote: `npm run train:detect`. */
const training = readSources(dataFolder(process.argv.slice(2)))
  .map((source) => partOf(source, "training"))
  .filter(({ texts }) => texts.length > 0)
const own = authoredSources()
const real = prepare(training)
write(
  "injection-weights",
  "injectionWeights",
  "injection detector",
  learnDetector([...real, ...prepare([...own, ...embedded([...training, ...own])])]),
)
write("ngram-weights", "ngramWeights", "character n-gram baseline", learnBaseline(real))
for (const { name, texts } of [...training, ...own]) console.log(`${name}: ${texts.length} texts`)

function write(file: string, name: string, of: string, model: LinearModel): void {
  const path = fileURLToPath(
    new URL(`../../packages/server/src/fence/content/injection/${file}.ts`, import.meta.url),
  )
  const lines = [
    `import type { WrittenModel } from "./linear-model.ts"`,
    ``,
    `/** Weights of the ${of}, written by \`npm run train:detect\`; Apache-2.0, its sources are on the guide's page on detectors. */`,
    `export const ${name}: WrittenModel = {`,
    `  bias: ${model.bias.toPrecision(6)},`,
    `  gramScale: ${model.gramScale.toPrecision(6)},`,
    `  conceptScale: ${model.conceptScale.toPrecision(6)},`,
    `  grams:`,
    `    "${base64(model.grams)}",`,
    `  concepts:`,
    `    "${of.startsWith("character") ? "" : base64(model.concepts)}",`,
    `}`,
    ``,
  ]
  writeFileSync(path, lines.join("\n"))
}

function base64(weights: Int8Array): string {
  return Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength).toString("base64")
}
