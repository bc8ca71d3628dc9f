import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { RuleSource } from "../rules/load.ts"
import { Pack } from "./pack.ts"

/** A pack with its rules, as it lies in its folder. */
export interface FoundPack {
  readonly pack: Pack
  readonly sources: readonly RuleSource[]
}

/** A pack that is in force for some tool servers. */
export interface PackInForce extends FoundPack {
  readonly servers: readonly string[]
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
export function packsInForce(
  chosen: readonly { readonly name: string; readonly servers: readonly string[] }[],
  dataDir: string,
): PackInForce[] {
  if (chosen.length === 0) return []
  const found = findPacks(dataDir)
  return chosen.map(({ name, servers }) => {
    const one = found.find(({ pack }) => pack.name === name)
    if (one === undefined)
      throw invalid(
        name,
        `there is no such pack: choose ${found.map(({ pack }) => `\`${pack.name}\``).join(", ")}`,
      )
    return { ...one, servers }
  })
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
    fields: Object.fromEntries(Object.entries(pack.facts).map(([name, { type }]) => [name, type])),
  }
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".cedar"))
    .toSorted()
  const sources = files.map((name): RuleSource => ({
    layer: "sector",
    name: `${pack.name}/${name}`,
    text: readText(join(folder, name)),
    facts,
  }))
  return { pack, sources }
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
