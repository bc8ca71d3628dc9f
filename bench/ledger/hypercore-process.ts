import { createRequire } from "node:module"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

// hypercore 11, an append-only Merkle log of its own, in its own process: the same entries, in batches of one size.

/** What is used of it; the package declares no types. */
interface Hypercore {
  ready(): Promise<void>
  append(blocks: readonly Uint8Array[]): Promise<unknown>
  close(): Promise<void>
}

export interface HypercoreOrder {
  batch: number
  seconds: number
  blockBytes: number
}

const require = createRequire(fileURLToPath(new URL("../peers/package.json", import.meta.url)))
const Hypercore = require("hypercore") as new (folder: string) => Hypercore
const core = new Hypercore(process.argv[2] ?? "")
await core.ready()
process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as HypercoreOrder // written by the bench itself
  process.stdout.write(`${JSON.stringify(await append(order))}\n`)
}
await core.close()

async function append({ batch, seconds, blockBytes }: HypercoreOrder): Promise<{ perSecond: number }> {
  const blocks = Array.from({ length: batch }, (_, n) => Buffer.alloc(blockBytes, n))
  const startedAt = performance.now()
  let appended = 0
  while (performance.now() < startedAt + seconds * 1000) {
    await core.append(blocks)
    appended += batch
  }
  return { perSecond: (appended / (performance.now() - startedAt)) * 1000 }
}
