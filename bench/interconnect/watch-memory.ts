import { setTimeout as delay } from "node:timers/promises"
import { processFigures } from "../../e2e/process/process-figures.ts"
import type { MemoryProbe } from "../../e2e/soak/memory-probe.ts"

/** Memory of a process while streams are open through it, in MB. */
export interface MemoryFigures {
  /** Resident, with what the collector has not come to yet. */
  readonly startMb: number
  readonly peakMb: number
  readonly endMb: number
  /** What the program holds once all garbage is collected: when a third of the time is over, and nine tenths. */
  readonly earlyHeldMb: number
  readonly lateHeldMb: number
  readonly isFlat: boolean
}

const everyMs = 200
/** What may be held more: what streams themselves have said so far, which whoever asks for their task is told. */
const slack = { share: 1.1, mb: 16 }
const mb = 2 ** 20

/** @param lastsMs how long the streams say something, so that both looks are made while they do */
export function watchMemory(
  pid: number,
  probe: MemoryProbe,
  lastsMs: number,
): { end(): Promise<MemoryFigures> } {
  const seen: number[] = []
  const look = () => {
    const now = processFigures(pid).residentBytes / mb
    seen.push(now)
    return now
  }
  const startMb = look()
  const timer = setInterval(look, everyMs)
  const looks = (async () => {
    await delay(lastsMs / 3)
    const early = (await probe.read(pid)).held / mb
    await delay(lastsMs * 0.55)
    return { early, late: (await probe.read(pid)).held / mb }
  })()
  return {
    async end() {
      clearInterval(timer)
      const endMb = look()
      const { early, late } = await looks
      const isFlat = late <= early * slack.share + slack.mb
      return { startMb, peakMb: Math.max(...seen), endMb, earlyHeldMb: early, lateHeldMb: late, isFlat }
    },
  }
}
