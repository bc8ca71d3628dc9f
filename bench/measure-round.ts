import { cpuMs } from "../e2e/process/process-figures.ts"
import { seeded } from "../e2e/seeded.ts"
import type { StartedProcess } from "../e2e/process/start-process.ts"
import type { LoadOrder, LoadResult } from "./load-order.ts"
import type { Variant, VariantName } from "./variants.ts"

/** The figures of one variant in one round. */
export interface VariantFigures {
  variant: VariantName
  /** One client, each call after the reply to the one before. */
  sequentialP50Ms: number
  sequentialP99Ms: number
  /** Sixteen clients at once; the time until everything owed is durable counts. */
  perSecond: number
  busyP50Ms: number
  busyP99Ms: number
  cpuMsPerCall: number | null
  calls: number
  wrong: number
}

export interface RoundOptions {
  seconds: number
  seed: number
  warmCalls: number
}

const textBytes = 380 // makes bodies of about 500 bytes
const manyClients = 16

/** Load every variant once, in a new order each round, so that no variant is always first. */
export async function measureRound(
  load: StartedProcess,
  variants: readonly Variant[],
  options: RoundOptions,
): Promise<VariantFigures[]> {
  const figures: VariantFigures[] = []
  for (const variant of seeded(options.seed).shuffled(variants)) {
    figures.push(await measureVariant(load, variant, options))
  }
  return figures
}

async function measureVariant(
  load: StartedProcess,
  variant: Variant,
  options: RoundOptions,
): Promise<VariantFigures> {
  const cpuBefore = variant.pid === undefined ? null : cpuMs(variant.pid)
  const alone = await loadVariant(load, variant, 1, options)
  const many = await loadVariant(load, variant, manyClients, options)
  const sent = alone.sent + many.sent
  return {
    variant: variant.name,
    sequentialP50Ms: alone.p50Ms,
    sequentialP99Ms: alone.p99Ms,
    perSecond: many.calls / ((many.elapsedMs + many.drainMs) / 1000),
    busyP50Ms: many.p50Ms,
    busyP99Ms: many.p99Ms,
    cpuMsPerCall:
      cpuBefore === null || variant.pid === undefined ? null : (cpuMs(variant.pid) - cpuBefore) / sent,
    calls: alone.calls + many.calls,
    wrong: alone.wrong + many.wrong,
  }
}

async function loadVariant(
  load: StartedProcess,
  variant: Variant,
  clients: number,
  { seconds, warmCalls }: RoundOptions,
) {
  const order: LoadOrder = {
    url: variant.url,
    era: variant.era,
    tool: "add_note",
    clients,
    seconds,
    warmCalls,
    textBytes,
    ...(variant.credential === undefined ? {} : { credential: variant.credential }),
  }
  load.stdin.write(`${JSON.stringify(order)}\n`)
  const line = await load.nextLine()
  if (line === "") throw new Error(`the load generator ended at ${variant.name}: ${load.errorText()}`)
  const result = JSON.parse(line) as LoadResult // written by bench/load.ts
  const sent = result.calls + clients * warmCalls
  const before = performance.now()
  await variant.drained?.(sent)
  return { ...result, sent, drainMs: performance.now() - before }
}
