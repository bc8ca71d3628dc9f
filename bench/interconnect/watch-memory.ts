import { processFigures } from "../../e2e/process/process-figures.ts"
import { median } from "../statistics.ts"

/** Resident memory of a process while streams are open through it, in MB. */
export interface MemoryFigures {
  readonly startMb: number
  /** The middle of the second fifth of the time: all streams are open, and most of their events are still to come. */
  readonly earlyMb: number
  /** The middle of the last fifth. */
  readonly lateMb: number
  readonly peakMb: number
  readonly endMb: number
  readonly isFlat: boolean
}

const everyMs = 200
/** What a process may take more, as its collector comes when it comes. */
const slack = { share: 1.1, mb: 16 }

export function watchMemory(pid: number): { end(): MemoryFigures } {
  const seen: number[] = []
  const look = () => {
    const mb = processFigures(pid).residentBytes / 2 ** 20
    seen.push(mb)
    return mb
  }
  const startMb = look()
  const timer = setInterval(look, everyMs)
  return {
    end() {
      clearInterval(timer)
      const endMb = look()
      const fifth = (n: number) => {
        const [from, to] = [(n * seen.length) / 5, ((n + 1) * seen.length) / 5]
        return median(seen.slice(Math.floor(from), Math.max(Math.ceil(to), 1)))
      }
      const [earlyMb, lateMb] = [fifth(1), fifth(4)]
      const isFlat = lateMb <= earlyMb * slack.share + slack.mb
      return { startMb, earlyMb, lateMb, peakMb: Math.max(...seen), endMb, isFlat }
    },
  }
}
