import { Failure } from "@hufu/core/failure"

/** Lets so many calls to one tool server be under way at once; further ones wait their turn. */
export interface Turnstile {
  /**
   * Takes a place, at once where one is free.
   *
   * @returns what gives the place back; called once
   */
  enter(server: string, signals: readonly AbortSignal[]): (() => void) | Promise<() => void>
}

interface Line {
  inside: number
  readonly waiting: Set<() => void>
}

const maxWaiting = 1024

/** @param places how many calls one server gets at once */
export function createTurnstile(places: number): Turnstile {
  const lines = new Map<string, Line>()

  function lineOf(server: string): Line {
    const line = lines.get(server) ?? { inside: 0, waiting: new Set() }
    lines.set(server, line)
    return line
  }

  function place(server: string, line: Line): () => void {
    line.inside++
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      line.inside--
      for (const next of line.waiting) {
        line.waiting.delete(next)
        return next()
      }
      if (line.inside === 0) lines.delete(server)
      return undefined
    }
  }

  function wait(server: string, line: Line, signals: readonly AbortSignal[]): Promise<() => void> {
    if (line.waiting.size >= maxWaiting) {
      throw new Failure("too_many", `too many calls wait for the tool server \`${server}\`: try again later`)
    }
    return new Promise((resolve, reject) => {
      const stop = AbortSignal.any([...signals])
      const next = () => {
        stop.removeEventListener("abort", leave)
        resolve(place(server, line))
      }
      const leave = () => {
        line.waiting.delete(next)
        reject(stop.reason)
      }
      if (stop.aborted) return leave()
      line.waiting.add(next)
      return stop.addEventListener("abort", leave, { once: true })
    })
  }

  return {
    enter(server, signals) {
      const line = lineOf(server)
      return line.inside < places ? place(server, line) : wait(server, line, signals)
    },
  }
}
