import type { A2aEvent } from "@hufu/core/a2a/a2a-content"

/** What happens to a task, for one who follows it as fast as it can. */
export interface EventQueue {
  readonly events: AsyncIterable<A2aEvent>
  readonly push: (event: A2aEvent) => void
  /** Nothing more is told; what waits still is. */
  readonly end: () => void
  /** Resolves when there is room for more. */
  readonly room: () => Promise<void>
}

/** How many events may wait before whoever makes them is asked to wait too. */
const ample = 16
/** Whoever is so far behind is not told any more: the task can be followed again, and begins with how it stands. */
const most = 1000

export function createEventQueue(onEnd: (queue: EventQueue) => void): EventQueue {
  const waiting: A2aEvent[] = []
  let over = false
  let wake = () => {}
  let roomy: PromiseWithResolvers<void> | undefined

  function end(): void {
    if (over) return
    over = true
    wake()
    roomy?.resolve()
    onEnd(queue)
  }

  async function* events(): AsyncIterable<A2aEvent> {
    try {
      for (;;) {
        const event = waiting.shift()
        if (event !== undefined) {
          if (waiting.length < ample) {
            roomy?.resolve()
            roomy = undefined
          }
          yield event
        } else if (over) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      end()
    }
  }

  const queue: EventQueue = {
    events: events(),
    push(event) {
      if (over) return
      waiting.push(event)
      wake()
      if (waiting.length > most) end()
    },
    end,
    async room() {
      if (over || waiting.length < ample) return
      roomy ??= Promise.withResolvers<void>()
      await roomy.promise
    },
  }
  return queue
}
