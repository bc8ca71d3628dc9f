import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import { maxLoaded } from "@hufu/core/contract/sync-operations"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPersonAgain } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { oneLine } from "../terminal/one-line.ts"
import { printJson, printLines, say } from "../terminal/print.ts"

const usage =
  "this takes a file with one registration in JSON on each line: hufu registration load agents.jsonl"
/** A request is not longer than a node takes. */
const maxBatchBytes = 900 * 1024

/** `hufu registration load FILE [--approve]`: many at once, and what was not taken on standard error. */
export async function loadRegistrations(invocation: Invocation): Promise<number> {
  const [file, ...rest] = invocation.positionals
  if (file === undefined || rest.length > 0) throw new UsageError(usage)
  const approve = invocation.flags["approve"] === true
  const counts = { loaded: 0, refused: 0 }
  await asPersonAgain(invocation, async (client) => {
    for await (const items of batchesOf(file)) {
      const { items: all } = await (await client()).registration.load({ items, approve })
      for (const { name, refused } of all) {
        counts[refused === null ? "loaded" : "refused"] += 1
        if (refused !== null) say(`${oneLine(name)}: ${oneLine(refused)}`)
      }
    }
  })
  const { loaded, refused } = counts
  if (invocation.json) printJson(counts)
  else
    printLines(
      invocation.language === "zh"
        ? `已登记 ${loaded} 个智能体，${refused} 个未被接受。`
        : `${loaded} agents are registered; ${refused} were not taken.`,
    )
  return refused === 0 ? exitCodes.ok : exitCodes.failed
}

async function* batchesOf(file: string): AsyncGenerator<JsonObject[], void> {
  let items: JsonObject[] = []
  let bytes = 0
  let number = 0
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1
    if (line.trim() === "") continue
    const value = parseStrict(line)
    if (!isJsonObject(value)) throw new UsageError(`line ${number} of \`${file}\` holds no JSON object`)
    const length = Buffer.byteLength(line)
    if (items.length > 0 && (items.length >= maxLoaded || bytes + length > maxBatchBytes)) {
      yield items
      items = []
      bytes = 0
    }
    items.push(value)
    bytes += length
  }
  if (items.length > 0) yield items
}
