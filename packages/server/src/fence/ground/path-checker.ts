import { posix, win32 } from "node:path"
import type { RoleEntry } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"
import type { Doubt, GroundOptions } from "./ground.ts"
import { decodings, normalizePath, pathKey, readPath } from "./path-readings.ts"
import { realPath } from "./real-path.ts"

/** Longer paths are read by their letters only: no file system takes them. */
const MAX_PATH = 4_096
/** Longer texts are not read as paths at all. */
const MAX_TEXT = 65_536
const MAX_LOOKUPS = 512

/** Places whose meaning depends on which process looks, or that go around names altogether. */
const PROCESS_PATH = /^\/(?:proc|dev\/fd|dev\/std|\.vol|sys\/kernel)(?:\/|in|out|err|$)/

interface Checked {
  readonly own: boolean
  /** Where the most literal reading leads. */
  readonly path?: string
}

/** Checks the paths of one call against Hufu's own places. One use; bounded in look-ups. */
export class PathChecker {
  readonly #options: GroundOptions
  readonly #effect: Effect
  readonly #doubts: Set<Doubt>
  /** Every place to which a path that is a target can lead. */
  readonly places = new Set<string>()
  /** A path that is a target leads nowhere that can be told. */
  isUnread = false
  #lookups = 0

  constructor(options: GroundOptions, { effect, doubts }: { effect: Effect; doubts: Set<Doubt> }) {
    this.#options = options
    this.#effect = effect
    this.#doubts = doubts
  }

  /** An argument that is a path: each reading is resolved, and what cannot be is a doubt. */
  check(text: string, entry: RoleEntry): Checked {
    const places = this.#placesOf(text, true)
    this.#keep(places)
    const own = places.some((place) => this.#isOwnKey(place, entry))
    if (places.some((place) => PROCESS_PATH.test(place))) this.#doubts.add("process-path")
    const path = places[0]
    return { own, ...(path === undefined ? {} : { path }) }
  }

  /** A text that is only written like a path; `asTarget` keeps where it leads. */
  isOwn(text: string, asTarget?: "asTarget"): boolean {
    const { own } = this.#options
    const places = this.#placesOf(text, false)
    if (asTarget) this.#keep(places)
    return places.some((place) => own.isOwnPath(pathKey(place, own.rules)))
  }

  #keep(places: readonly string[]): void {
    if (places.length === 0) this.isUnread = true
    for (const place of places) this.places.add(place)
  }

  /** Whether a longer text contains an own path as it is written: a command, or `sqlite:///…`. */
  mentionsOwn(text: string): boolean {
    const { rules, spellings } = this.#options.own
    const start = text.slice(0, MAX_TEXT)
    return [start, ...decodings(start)].some((reading) => {
      const key = pathKey(reading, rules)
      return spellings.some((spelling) => key.includes(spelling))
    })
  }

  #isOwnKey(place: string, entry: RoleEntry): boolean {
    const { own } = this.#options
    const key = pathKey(place, own.rules)
    if (own.isOwnPath(key)) return true
    if (entry.reach === "item" || !own.containsOwn(key)) return false
    // Deleting or moving a folder takes everything in it along.
    if (this.#effect === "delete" || entry.direction === "from") return true
    this.#doubts.add("contains-own")
    return false
  }

  /** Where a text can lead, real places first. */
  #placesOf(text: string, isPath: boolean): string[] {
    if (text.length > MAX_TEXT) {
      this.#doubts.add("overflow")
      return []
    }
    const readings = readPath(text, this.#options.own.rules)
    if (readings.unreadable && isPath) this.#doubts.add("unreadable-path")
    const written = [...readings.absolute]
    if (isPath) for (const relative of readings.relative) written.push(...this.#joined(relative))
    // Several lines are no path that a file system is worth asking about.
    const asksDisk = isPath || !/[\n\r]/.test(text.trim())
    const real: string[] = []
    const lexical: string[] = []
    for (const path of written) this.#resolve(path, { real, lexical, asksDisk, isPath })
    return [...real, ...lexical]
  }

  #joined(relative: string): string[] {
    const bases = this.#options.bases ?? []
    const { own } = this.#options
    // A link in a folder that nobody told is not seen: a stated limit.
    if (bases.length === 0 && own.couldReachOwn(pathKey(relative, own.rules)))
      this.#doubts.add("relative-path")
    const { sep } = this.#options.own.rules.platform === "win32" ? win32 : posix
    // Not normalised: `..` after a link leads elsewhere than by the letters.
    return bases.map((base) => `${base}${sep}${relative}`)
  }

  #resolve(
    path: string,
    into: { real: string[]; lexical: string[]; asksDisk: boolean; isPath: boolean },
  ): void {
    const { rules } = this.#options.own
    const lexical = normalizePath(path, rules)
    into.lexical.push(lexical)
    if (rules.platform === "win32" && lexical.startsWith("\\\\")) this.#doubts.add("network-path")
    if (!into.asksDisk || path.length > MAX_PATH || rules.platform !== process.platform) return
    const candidates = path === lexical || !path.includes("..") ? [lexical] : [lexical, path]
    for (const candidate of candidates) {
      this.#lookups += 1
      const found = this.#lookups > MAX_LOOKUPS ? undefined : realPath(candidate)
      if (this.#lookups > MAX_LOOKUPS) this.#doubts.add("overflow")
      else if (found === undefined && into.isPath) this.#doubts.add("unreadable-path")
      if (found !== undefined) into.real.push(normalizePath(found, rules))
    }
  }
}
