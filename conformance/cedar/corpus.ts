import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { argv, exit } from "node:process"
import { z } from "zod"
import { parseExactJson } from "./exact-json.ts"
import { Case, runCase } from "./run-case.ts"

/** Runs every case of an unpacked Cedar corpus and prints what agreed: `node corpus.ts FOLDER`. */
async function runCorpus(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".cedar"))
  const totals = { files: 0, agreed: 0, mismatches: 0 }
  const unsupported = new Map<string, number>()
  for (const name of names) {
    const result = runCase(await readCase(folder, name.slice(0, -".cedar".length)))
    if (result.kind === "unsupported") {
      unsupported.set(result.reason, (unsupported.get(result.reason) ?? 0) + 1)
      continue
    }
    totals.files += 1
    totals.agreed += result.agreed
    totals.mismatches += result.mismatches.length
    if (totals.mismatches < 20) for (const mismatch of result.mismatches) console.error(mismatch)
  }
  console.log(
    `${totals.agreed} requests agreed, ${totals.mismatches} did not, in ${totals.files} of ${names.length} files`,
  )
  for (const [reason, files] of unsupported) console.log(`${files} files unsupported: ${reason}`)
  return totals.mismatches === 0 && totals.files > 0 ? 0 : 1
}

async function readCase(folder: string, name: string): Promise<Case> {
  const read = (ending: string) => readFile(join(folder, name + ending), "utf8")
  const { requests } = z.object({ requests: z.unknown() }).parse(parseExactJson(await read(".json")))
  return Case.parse({
    name,
    policies: await read(".cedar"),
    entities: parseExactJson(await read(".entities.json")),
    requests,
  })
}

const [, , folder] = argv
if (folder === undefined) {
  console.error("give the folder of the unpacked corpus")
  exit(2)
}
exit(await runCorpus(folder))
