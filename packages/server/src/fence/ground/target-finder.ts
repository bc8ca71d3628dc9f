import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { type RoleEntry, type ToolProfile, isVouchedFor } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"
import type { Doubt, Grounded, GroundOptions, Target } from "./ground.ts"
import { looksLikePath } from "./path-readings.ts"
import { PathChecker } from "./path-checker.ts"
import { looksLikeWebAddress, readAddress } from "./read-address.ts"
import { type RoleNode, roleTree } from "./role-tree.ts"

const MAX_DEPTH = 16
const MAX_NODES = 1_000
const MAX_TARGETS = 256
const MAX_VALUE = 8_192
const MAX_WORDS = 256

const UNKNOWN_PLACE: RoleEntry = { argument: "/-", role: "path" }
const NO_ROLES: readonly RoleEntry[] = []
/** What separates the words of a command line in any shell. */
const COMMAND_BREAKS = /[\s"'`=;|&<>(),{}[\]]+/

/** Walks the arguments of one call and collects what it acts upon. One use; bounded in depth, nodes and targets. */
export class TargetFinder {
  readonly targets: Target[] = []
  readonly doubts = new Set<Doubt>()
  readonly amounts: { value: JsonValue; entry: RoleEntry }[] = []
  readonly currencies = new Set<string>()
  readonly #profile: ToolProfile
  readonly #options: GroundOptions
  readonly #paths: PathChecker
  readonly #vouched: boolean
  /** Hosts of this machine without a port: own if Hufu's port stands in another argument. */
  readonly #portless: number[] = []
  #sawOwnPort = false
  #nodes = 0

  constructor(profile: ToolProfile, effect: Effect, options: GroundOptions) {
    this.#profile = profile
    this.#options = options
    this.#vouched = isVouchedFor(profile)
    this.#paths = new PathChecker(options, { effect, doubts: this.doubts })
  }

  /** Every place to which its paths can lead, and whether that is all. */
  get paths(): Grounded["paths"] {
    const isCommand = this.targets.some(({ kind }) => kind === "command")
    const isUnclear =
      this.#paths.isUnread || isCommand || [...this.doubts].some((doubt) => doubt !== "unclear-amount")
    return { places: [...this.#paths.places], isUnclear }
  }

  find(args: JsonObject): void {
    this.#visit(args, { node: roleTree(this.#profile), inherited: NO_ROLES, depth: 0 })
    if (!this.#sawOwnPort) return
    for (const index of this.#portless) {
      const target = this.targets[index]
      if (target) this.targets[index] = { ...target, own: true }
    }
  }

  #visit(
    value: JsonValue,
    at: { node: RoleNode | undefined; inherited: readonly RoleEntry[]; depth: number },
  ): void {
    this.#nodes += 1
    if (this.#nodes > MAX_NODES || at.depth > MAX_DEPTH) {
      this.doubts.add("overflow")
      return
    }
    const roles = at.node && at.node.roles.length > 0 ? at.node.roles : at.inherited
    if (typeof value !== "object" || value === null) return this.#leaf(value, roles)
    const depth = at.depth + 1
    if (Array.isArray(value)) {
      const node = at.node?.children.get("-")
      for (const item of value) this.#visit(item, { node, inherited: roles, depth })
      return
    }
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue
      // A key can be a path as well: `{ "files": { "/etc/x": "…" } }`.
      if (at.depth > 0) this.#lookAt(key)
      this.#visit(value[key] ?? null, { node: at.node?.children.get(key), inherited: roles, depth })
    }
  }

  #leaf(value: string | number | boolean | null, roles: readonly RoleEntry[]): void {
    if (value === null || typeof value === "boolean") return
    if (this.#options.own.ports.has(Number(value))) this.#sawOwnPort = true
    if (roles.length === 0) return typeof value === "string" ? this.#lookAt(value) : undefined
    for (const entry of roles) this.#withRole(value, entry)
  }

  #withRole(value: string | number, entry: RoleEntry): void {
    const text = String(value)
    switch (entry.role) {
      case "path":
        return this.#path(text, entry)
      case "url":
      case "host":
        return this.#address(text, entry)
      case "command":
        return this.#command(text)
      case "amount":
        this.amounts.push({ value, entry })
        return undefined
      case "currency":
        this.currencies.add(text.slice(0, 16).toUpperCase())
        return undefined
      case "content":
        return this.#lookAt(text)
      // Read where places are looked for.
      case "latitude":
      case "longitude":
        return undefined
      case "recipient":
      case "account":
      case "target":
        return this.#plain(text, entry.role === "target" ? "other" : entry.role)
    }
  }

  #path(text: string, entry: RoleEntry): void {
    // A web address in place of a path is fetched by many tools.
    if (looksLikeWebAddress(text)) return this.#address(text, entry)
    const { own, path } = this.#paths.check(text, entry)
    this.#add({ kind: "path", value: text, ...(path === undefined ? {} : { path }), own })
  }

  #address(text: string, entry: RoleEntry): void {
    if (/^\s*file:/i.test(text)) return this.#path(text, entry)
    const address = readAddress(text)
    const own = address ? this.#options.own.isOwnAddress(address) : false
    if (!address) this.doubts.add("unreadable-address")
    if (address && address.port === undefined && this.#options.own.isOwnHost(address.host)) {
      this.#portless.push(this.targets.length)
    }
    const kind = entry.role === "host" ? "host" : "url"
    const host = address && address.host !== "" ? { host: address.host } : {}
    // `sqlite:///…` and `http+unix://…` are addresses of files; a web address only carries what looks like one.
    const isFile = !looksLikeWebAddress(text) && this.#paths.mentionsOwn(text)
    this.#add({ kind, value: text, ...host, own: own || isFile })
  }

  /** A command can compute anything; what stands in it in plain words is checked. */
  #command(text: string): void {
    const words = text.slice(0, MAX_VALUE).split(COMMAND_BREAKS, MAX_WORDS)
    const own =
      this.#paths.mentionsOwn(text) ||
      words.some((word) => this.#isOwnWord(word) || this.#isOwnWord(word.replace(/^[@-]+[a-z]?/i, "")))
    this.#add({ kind: "command", value: text, own })
  }

  #isOwnWord(word: string): boolean {
    if (word === "") return false
    if (looksLikePath(word)) return this.#paths.isOwn(word)
    if (!/[.:]|localhost/i.test(word)) return false
    const address = readAddress(word)
    return address !== undefined && this.#options.own.isOwnAddress(address)
  }

  #plain(text: string, kind: "recipient" | "account" | "other"): void {
    if (looksLikeWebAddress(text)) return this.#lookAt(text, kind)
    if (!looksLikePath(text)) return this.#add({ kind, value: text, own: false })
    // Where nobody vouches for the role, what is written like a path is checked as one.
    return this.#vouched ? this.#lookAt(text, kind) : this.#path(text, UNKNOWN_PLACE)
  }

  /**
   * A text that no role calls a place, but that is written like one. It is a target when it is Hufu's own, or
   * when nobody vouches for the profile.
   */
  #lookAt(text: string, kind?: Target["kind"]): void {
    const isWeb = looksLikeWebAddress(text)
    if (!isWeb && !looksLikePath(text)) return
    const address = isWeb || /^\s*[/\\]{2}/.test(text) ? readAddress(text) : undefined
    const isOwnAddress = address !== undefined && this.#options.own.isOwnAddress(address)
    const mayBePath = !isWeb && this.#paths.isOwn(text, this.#vouched ? undefined : "asTarget")
    const own = isOwnAddress || mayBePath
    if (!own && this.#vouched && kind === undefined) return
    const seen = isWeb || isOwnAddress ? "url" : "path"
    this.#add({
      kind: this.#vouched && !own ? (kind ?? seen) : seen,
      value: text,
      ...(address ? { host: address.host } : {}),
      own,
    })
  }

  #add(target: Target): void {
    if (this.targets.length >= MAX_TARGETS || target.value.length > MAX_VALUE) this.doubts.add("overflow")
    if (this.targets.length >= MAX_TARGETS && !target.own) return
    this.targets.push(
      target.value.length > MAX_VALUE ? { ...target, value: target.value.slice(0, MAX_VALUE) } : target,
    )
  }
}
