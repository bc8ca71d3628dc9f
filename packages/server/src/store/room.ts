import { statfsSync, statSync } from "node:fs"
import { join } from "node:path"
import { Failure } from "@hufu/core/failure"

/** How much room the data takes, and when it ends at the pace of the last days. */
export interface Room {
  /** Bytes of database and journal. */
  readonly bytes: number
  readonly freeBytes: number
  /** Null while the ledger is too young to say. */
  readonly bytesPerDay: number | null
  /** What the operator allows; null where only the disk is a bound. */
  readonly maxBytes: number | null
  /** When the disk or the bound is reached at that pace; null where nobody can say. */
  readonly fullAt: number | null
  /** New actions are refused; reading, stopping and what is under way go on. */
  readonly isFull: boolean
}

export interface RoomBounds {
  /** How large the data may become; without it the disk alone is the bound. */
  readonly megabytes?: number | undefined
  /** What stays free on the disk, so that stopping and recording outcomes never lack room. */
  readonly freeMegabytes: number
}

export interface RecentGrowth {
  readonly days: number
  readonly entries: number
}

const mebibyte = 1024 * 1024
const dayMs = 86_400_000
const recentDays = 7
const files = ["hufu.db", "hufu.db-wal", "hufu.journal"]

/** @param growth what the last days have added, of all entries that there are */
export function readRoom(
  folder: string,
  { megabytes, freeMegabytes }: RoomBounds,
  growth: { readonly recent: RecentGrowth; readonly entries: number; readonly now: number },
): Room {
  const { bavail, bsize } = statfsSync(folder)
  const bytes = sizeOf(folder)
  const freeBytes = bavail * bsize
  const maxBytes = megabytes === undefined ? null : megabytes * mebibyte
  const left = Math.max(
    0,
    Math.min(freeBytes - freeMegabytes * mebibyte, maxBytes === null ? Infinity : maxBytes - bytes),
  )
  // The journal has one size for good, and the log beside the database is cut: only the tables grow.
  const tables = statSync(join(folder, "hufu.db"), { throwIfNoEntry: false })?.size ?? 0
  const bytesPerDay = perDayOf(tables, growth)
  const days = bytesPerDay === null || bytesPerDay === 0 ? Infinity : left / bytesPerDay
  const fullAt = Math.round(growth.now + days * dayMs)
  return {
    bytes,
    freeBytes,
    bytesPerDay,
    maxBytes,
    fullAt: Number.isSafeInteger(fullAt) ? fullAt : null,
    isFull: left === 0,
  }
}

/** Bytes of everything that grows with the ledger. */
export function sizeOf(folder: string): number {
  return files.reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
}

/**
 * How many entries the last days have added.
 *
 * @param at the time of an entry; times never run backwards in a ledger
 */
export function recentGrowth(at: (index: number) => number, entries: number, now: number): RecentGrowth {
  const from = now - recentDays * dayMs
  let low = 0
  for (let high = entries; low < high;) {
    const middle = Math.floor((low + high) / 2)
    if (at(middle) < from) low = middle + 1
    else high = middle
  }
  const days = low > 0 ? recentDays : Math.max((now - (entries > 0 ? at(0) : now)) / dayMs, 0)
  return { days, entries: entries - low }
}

function perDayOf(
  bytes: number,
  { recent, entries }: { readonly recent: RecentGrowth; readonly entries: number },
): number | null {
  if (entries === 0 || recent.days < 1) return null
  return Math.ceil((bytes / entries) * (recent.entries / recent.days))
}

/** Refuses what would begin where the room has ended. */
export function refuseWithoutRoom({ isFull, maxBytes, bytes }: Room): void {
  if (!isFull) return
  const reached = maxBytes !== null && bytes >= maxBytes
  throw new Failure(
    "store_full",
    reached
      ? "the data has reached the size that `store.megabytes` allows: raise it, or make a backup and begin anew; until then no new action begins"
      : "the disk has almost no room left: make room; until then no new action begins",
  )
}
