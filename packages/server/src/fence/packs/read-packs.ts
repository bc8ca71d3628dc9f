import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { RuleSource } from "../rules/load.ts"
import { factOfFigure, type FigureInForce } from "./figure.ts"
import { Pack } from "./pack.ts"

/** A pack with its rules, as it lies in its folder. */
export interface FoundPack {
  readonly pack: Pack
  readonly sources: readonly RuleSource[]
}

/** A pack that is in force for some tool servers, or for all of them (`*`). */
export interface PackInForce extends FoundPack {
  readonly servers: readonly string[]
  readonly figures: Readonly<Record<string, FigureInForce>>
}

/** What a configuration says of a pack. */
export interface ChosenPack {
  readonly name: string
  readonly servers: readonly string[]
  readonly figures?: Readonly<Record<string, FigureInForce["value"]>> | undefined
}

const shipped = fileURLToPath(new URL("../../../../../packs/", import.meta.url))
const mostPacks = 200
const longestFile = 1_048_576

/** Finds packs by looking into folders: Hufu's own, then those of the data folder. */
export function findPacks(dataDir: string): FoundPack[] {
  const found = [shipped, join(dataDir, "packs")].flatMap(foldersIn).slice(0, mostPacks).map(readPack)
  const names = new Set<string>()
  for (const { pack } of found) {
    if (names.has(pack.name)) throw invalid(pack.name, "there are two packs of this name: rename one")
    names.add(pack.name)
  }
  return found
}

/** The packs that a configuration puts in force; one that is not there stops the start. */
export function packsInForce(chosen: readonly ChosenPack[], dataDir: string): PackInForce[] {
  if (chosen.length === 0) return []
  const found = findPacks(dataDir)
  return chosen.map(({ name, servers, figures }) => {
    const one = found.find(({ pack }) => pack.name === name)
    if (one === undefined)
      throw invalid(
        name,
        `there is no such pack: choose ${found.map(({ pack }) => `\`${pack.name}\``).join(", ")}`,
      )
    return { ...one, servers, figures: figuresOf(one.pack, figures) }
  })
}

/** The figures of a pack, and those of the operator in their place. */
export function figuresOf(pack: Pack, own: ChosenPack["figures"] = {}): PackInForce["figures"] {
  const unknown = Object.keys(own).find((name) => !Object.hasOwn(pack.figures, name))
  if (unknown !== undefined)
    throw invalid(
      pack.name,
      `it has no figure \`${unknown.slice(0, 40)}\`: choose ${Object.keys(pack.figures).join(", ")}`,
    )
  return Object.fromEntries(
    Object.entries(pack.figures).map(([name, figure]): [string, FigureInForce] => {
      const value = own[name]
      if (value === undefined || value === figure.value) return [name, figure]
      if (factOfFigure(value, figure.unit) === undefined)
        throw invalid(pack.name, `give the figure \`${name}\` as \`${String(figure.value)}\` is given`)
      return [name, { ...figure, value, mark: "operator" }]
    }),
  )
}

/** Reads the pack of a folder. */
export function readPack(folder: string): FoundPack {
  const parsed = Pack.safeParse(parseStrict(readText(join(folder, "pack.json"))))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(folder, `\`${issue?.path.join("/")}\`: ${issue?.message ?? "it does not fit"}`)
  }
  const pack = parsed.data
  if (!folder.replace(/[\\/]$/, "").endsWith(pack.name))
    throw invalid(pack.name, "name its folder as the pack")
  const facts = {
    as: pack.facts_as,
    fields: Object.fromEntries([
      ...Object.entries(pack.facts).map(([name, { type }]) => [name, type] as const),
      ...Object.entries(pack.figures).map(
        ([name, { unit }]) => [name, unit === "switch" ? "switch" : "figure"] as const,
      ),
    ]),
    figures: figureFacts(pack.figures),
  }
  const both = Object.keys(pack.facts).find((name) => Object.hasOwn(pack.figures, name))
  if (both !== undefined || Object.hasOwn(facts.fields, "tool"))
    throw invalid(pack.name, `choose another name than \`${both ?? "tool"}\` for a fact or figure`)
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".cedar"))
    .toSorted()
  const sources = files.map((name): RuleSource => ({
    layer: "sector",
    name: `${pack.name}/${name}`,
    text: readText(join(folder, name)),
    facts,
    ...examplesBeside(join(folder, name)),
  }))
  return { pack, sources }
}

/** Figures as rules find them. */
export function figureFacts(
  figures: Readonly<Record<string, Pick<FigureInForce, "value" | "unit">>>,
): Readonly<Record<string, number | boolean>> {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, { value, unit }]) => {
      const fact = factOfFigure(value, unit)
      return fact === undefined ? [] : [[name, fact] as const]
    }),
  )
}

/** `people.examples.json` for `people.cedar`. */
function examplesBeside(path: string): { readonly examples?: string } {
  const beside = `${path.replace(/\.cedar$/, "")}.examples.json`
  return existsSync(beside) ? { examples: readText(beside) } : {}
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory() && existsSync(join(path, "pack.json")))
}

function readText(path: string): string {
  const text = readFileSync(path, "utf8")
  if (text.length > longestFile) throw invalid(path, `keep the file to ${longestFile} characters`)
  return text
}

function invalid(name: string, reason: string): Failure {
  return new Failure("rule_invalid", `pack \`${name}\`: ${reason}`)
}
