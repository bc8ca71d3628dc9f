import { z } from "zod"
import type { ToolRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { definitionDigest, readDefinition, type ToolDefinition } from "@hufu/core/profile/definition"
import { definitionDifference } from "@hufu/core/profile/definition-difference"
import { isVouchedFor, ToolProfile } from "@hufu/core/profile/profile"
import type { ToolSignal } from "@hufu/core/profile/tool-signal"
import { confirmProfile, type Pin, resolveProfile } from "../fence/profile/catalogue.ts"
import { launchedPackage } from "../fence/profile/launched-package.ts"
import { methodProfile } from "../fence/profile/method-profiles.ts"
import { unknownProfile } from "../fence/profile/unknown-profile.ts"
import { openToolSignals } from "../fence/supply/tool-signals.ts"
import { nativeHash } from "../ledger/native-hash.ts"
import type { Store } from "../store/store.ts"
import type { Declare } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"
import type { ServerAuthority } from "./servers.ts"

const Definition = z.record(z.string(), z.json())

/** One tool of one server: what it says of itself now, and what the profile was pinned to when it was first seen or confirmed. */
const Stored = z.object({
  id: z.string(),
  server: z.string(),
  tool: z.string(),
  /** The definition as it is now, and its digest. */
  definition: Definition,
  digest: z.string(),
  pinned: z.object({ definition: Definition, profile: ToolProfile }),
  /** The profile that holds now: the pinned one, or a fresh one while the definition differs. */
  profile: ToolProfile,
  changed: z.boolean(),
})
type Stored = z.infer<typeof Stored>

export const toolKind: RecordKind<Stored> = {
  kind: "tool",
  schema: Stored,
  sealed: {
    members: ["id", "tool", "definition", "pinned", "profile"],
    subject: ({ server }) => server,
    // A tool without its name and definition is none.
    blank: undefined,
    key: ({ server, tool }, store) => toolRowKey(server, tool, store),
  },
}

/** The key of a tool's row, which tells nothing of its name; throws Failure("not_found") once its server is erased. */
export function toolRowKey(server: string, tool: string, { vault }: Pick<Store, "vault">): string {
  const salt = Buffer.from(vault.salt(server, `tool/${tool}`, "id"))
  return `${server}/${salt.toString("hex").slice(0, 32)}`
}

export interface KnownTool {
  readonly profile: ToolProfile
  /** Digest of the definition as it is now. */
  readonly definition: string
  readonly changed: boolean
  /** What was noticed about it; nothing once somebody stands behind exactly this definition. */
  readonly signals: readonly ToolSignal[]
}

export interface ToolAuthority {
  /** Never throws: a tool that nobody has described has the profile that asks. */
  find(server: string, tool: string): KnownTool
  observe(server: string, definitions: readonly JsonObject[]): Promise<void>
  list(server: string): ToolRecord[]
  /** A person says that this profile (the one shown, or their own) fits exactly this definition. */
  confirm(draft: {
    server: string
    tool: string
    definition: string
    profile?: unknown
    by: string
  }): Promise<ToolRecord>
  isKnown(server: string): boolean
}

const maxToolsPerServer = 1000

export function openTools(store: Store, servers: ServerAuthority, declare: Declare): ToolAuthority {
  const records = openRecords(store, toolKind)
  const byName = new Map<string, Map<string, Stored>>()
  const observing = new Map<string, Promise<void>>()
  const signals = openToolSignals(programOf)
  const keep = (tool: Stored) => {
    records.set(tool)
    signals.offered(tool)
    const tools = byName.get(tool.server) ?? new Map<string, Stored>()
    byName.set(tool.server, tools.set(tool.tool, tool))
  }
  for (const tool of records.all()) keep(tool)
  const toolsOf = (server: string) => byName.get(servers.find(server)?.id ?? server)

  function find(server: string, tool: string): KnownTool {
    const known = toolsOf(server)?.get(tool)
    if (known) {
      const { profile, digest: definition, changed } = known
      return { profile, definition, changed, signals: isVouchedFor(profile) ? [] : signals.of(known) }
    }
    const profile = methodProfile(tool) ?? unknownProfile(tool)
    return { profile, definition: profile.definition, changed: false, signals: [] }
  }

  /** What a live server runs or reaches; a package is the same program whatever it is started with. */
  function programOf(server: string): string | undefined {
    const live = servers.recall(server)
    if (live?.state !== "live") return undefined
    const [command, ...args] = live.command ?? []
    if (command === undefined) return live.url ?? undefined
    return launchedPackage({ command, args }) ?? JSON.stringify(live.command)
  }

  /** UNTRUSTED: what a server says of its tools. What cannot be pinned keeps the profile that asks. */
  async function look(server: string, definitions: readonly JsonObject[]): Promise<void> {
    const id = servers.need(server).id
    const room = maxToolsPerServer - (byName.get(id)?.size ?? 0)
    const fresh = definitions
      .slice(0, maxToolsPerServer)
      .flatMap((json) => stage(id, json) ?? [])
      .filter((tool, i) => i < room || byName.get(id)?.has(tool.tool))
    if (fresh.length === 0) return
    // A changed definition asks from this moment, also if the store cannot write.
    for (const tool of fresh) if (tool.changed) keep(tool)
    await store.commit((tx) => {
      for (const tool of fresh) {
        records.put(tx, tool)
        declare(tx, {
          fact: tool.changed ? "profile.changed" : "profile.set",
          subject: id,
          by: "node",
          refs: { definition: tool.digest, effect: tool.profile.effect, source: tool.profile.source },
          content: saidOf(tool),
        })
      }
    })
    for (const tool of fresh) keep(tool)
  }

  function stage(server: string, json: JsonObject): Stored | undefined {
    const definition = readable(json)
    if (!definition) return undefined
    const digest = definitionDigest(definition, nativeHash)
    const known = byName.get(server)?.get(definition.name)
    if (known?.digest === digest) return undefined
    const { profile, changed } = resolveProfile({
      definition,
      digest,
      package: packageOf(server),
      ...(known ? { pinned: pinOf(known) } : {}),
    })
    const pinned = known?.pinned ?? { definition: definition.members, profile }
    return {
      id: `${server}/${definition.name}`,
      server,
      tool: definition.name,
      definition: definition.members,
      digest,
      profile,
      changed,
      pinned,
    }
  }

  /** What we reviewed counts only for the package that the operator's own command line starts. */
  function packageOf(server: string): string | undefined {
    const [command, ...args] = servers.need(server).command ?? []
    return command === undefined ? undefined : launchedPackage({ command, args })
  }

  async function confirm(draft: Parameters<ToolAuthority["confirm"]>[0]): Promise<ToolRecord> {
    const { server, tool, definition, profile, by } = draft
    const known = toolsOf(server)?.get(tool)
    if (!known)
      throw new Failure(
        "not_found",
        `server \`${server}\` has shown no tool \`${tool.slice(0, 128)}\`: \`hufu tool list ${server}\` shows its tools`,
      )
    if (known.digest !== definition)
      throw new Failure(
        "stale",
        "the tool's definition changed since it was shown: look again before you confirm",
      )
    const accepted = confirmProfile({ get: () => pinOf(known), set: () => undefined }, server, {
      definition: readDefinition(known.definition),
      seen: definition,
      digest: known.digest,
      package: packageOf(known.server),
      ...(profile === undefined ? {} : { profile }),
    })
    const confirmed: Stored = {
      ...known,
      changed: false,
      profile: accepted,
      pinned: { definition: known.definition, profile: accepted },
    }
    await store.commit((tx) => {
      records.put(tx, confirmed)
      declare(tx, {
        fact: "profile.confirmed",
        subject: known.server,
        by,
        refs: { definition, effect: accepted.effect },
        content: { tool, profile: z.json().parse(accepted) },
      })
    })
    keep(confirmed)
    return shown(confirmed, server, signals.of(confirmed))
  }

  function observe(server: string, definitions: readonly JsonObject[]): Promise<void> {
    // One at a time for each server: two lists at once must not pin two things.
    const before = observing.get(server) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(() => look(server, definitions))
    observing.set(server, mine)
    return mine
  }

  return {
    find,
    observe,
    confirm,
    isKnown: (server) => (toolsOf(server)?.size ?? 0) > 0,
    list: (server) =>
      [...(toolsOf(server)?.values() ?? [])].map((tool) =>
        shown(tool, servers.need(server).name, signals.of(tool)),
      ),
  }
}

/** What a person looks at; the difference and the digest are of the whole. */
const longestShown = 16_384

/** A definition that is too long for the vault is not said again: its digest is. */
const longestSaid = 100_000

/** What the ledger commits to of a tool as it was seen. */
function saidOf({ tool, definition, profile }: Stored): JsonObject {
  if (JSON.stringify(definition).length > longestSaid) return { tool }
  return { tool, definition, profile: z.json().parse(profile) }
}

function readable(json: JsonObject): ToolDefinition | undefined {
  try {
    return readDefinition(json)
  } catch {
    return undefined
  }
}

function pinOf({ pinned }: Stored): Pin {
  return { profile: pinned.profile, definition: readDefinition(pinned.definition) }
}

function shown(tool: Stored, server: string, signals: readonly ToolSignal[]): ToolRecord {
  const { profile, changed, digest, definition, pinned } = tool
  return {
    server,
    tool: tool.tool,
    effect: profile.effect,
    source: profile.source,
    confirmed: profile.confirmed,
    changed,
    signals: [...signals],
    text: signals.length === 0 ? null : JSON.stringify(definition, null, 2).slice(0, longestShown),
    definition: digest,
    profile: z.json().parse(profile),
    difference: changed
      ? definitionDifference(readDefinition(pinned.definition), readDefinition(definition)).map(
          (segment) => ({ ...segment }),
        )
      : null,
  }
}
