import type { Clock } from "../clock.ts"
import { readRoom, recentGrowth, refuseWithoutRoom, type Room, type RoomBounds } from "./room.ts"
import type { Store } from "./store.ts"

/** Looks at the room often enough that no burst of calls outruns what is kept free. */
const everyMs = 1000

export interface RoomWatch {
  /** As it is now. */
  room(): Room
  /** Throws Failure("store_full") where no new action may begin. */
  refuse(): void
  close(): void
}

/** Watches the room of a node's data. */
export function watchRoom(
  store: Store,
  clock: Clock,
  bounds: RoomBounds,
  onError: (error: unknown) => void,
): RoomWatch {
  const at = (index: number) =>
    store.query<{ at: number }>("SELECT at FROM entry WHERE idx = ?", [index])[0]?.at ?? clock.now()

  function room(): Room {
    const now = clock.now()
    const entries = store.ledger.size()
    return readRoom(store.folder.path, bounds, { recent: recentGrowth(at, entries, now), entries, now })
  }

  let seen = room()
  const timer = setInterval(() => {
    try {
      // Whether it is full needs no forecast.
      seen = readRoom(store.folder.path, bounds, {
        recent: { days: 0, entries: 0 },
        entries: 0,
        now: clock.now(),
      })
    } catch (error) {
      onError(error)
    }
  }, everyMs)
  timer.unref()
  return {
    room: () => (seen = room()),
    refuse: () => refuseWithoutRoom(seen),
    close: () => clearInterval(timer),
  }
}
