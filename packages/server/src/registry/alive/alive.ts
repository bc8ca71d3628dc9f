import type { AgentLiveness, LivenessState, MismatchSource } from "@hufu/core/contract/alive"
import type { Registration } from "@hufu/core/registration/registration"
import type { AgentAuthority } from "../../authority/agents.ts"
import type { Clock } from "../../clock.ts"
import type { Config } from "../../config.ts"
import type { Store, Tx } from "../../store/store.ts"
import type { Liveness } from "../discovery/registration-source.ts"
import type { Registrations } from "../registrations.ts"
import { AmpError } from "./amp-error.ts"
import { type Heard, type HeardAgents, openHeardAgents } from "./heard.ts"
import { type AmpRecord, type Running, versionParts } from "./log-record.ts"
import { type MetricRings, openMetricRings } from "./metric-rings.ts"
import { openSenders, type Sender, type Senders } from "./senders.ts"
import { differs, type VersionMismatches } from "./version-mismatches.ts"

/** What became of records that an agent sent. */
export interface Taken {
  readonly accepted: number
  /** How what it says that it runs compares with what is registered. */
  readonly version: "matches" | "differs" | "unstated"
}

/** Which registered agents are alive, by what they say themselves, and which version of them runs. */
export interface Alive {
  readonly senders: Senders
  readonly settings: Config["alive"]
  /** Records of one agent, proved to be its own. Throws AmpError for what does not count. */
  take(sender: Sender, records: readonly AmpRecord[]): Promise<Taken>
  /** An agent acts: what it says of its version counts as a heartbeat's does. */
  acted(holder: string, running: Running): void
  /** A tool server that is a registered agent says which version it is. */
  served(aic: string, version: string): void
  stateOf(of: Pick<Heard, "lastSeenAt">): LivenessState
  liveness(registration: string): Liveness | undefined
  shown(registration: Pick<Registration, "id" | "aic" | "content">): AgentLiveness
  heard(): HeardAgents
  readonly rings: MetricRings
  /** What belongs to the commit that erases a registration. */
  forget(tx: Tx, registration: string): void
  /** The same, in memory. */
  forgetContent(registration: string): void
  close(): Promise<void>
}

export interface AliveParts {
  readonly store: Pick<Store, "query" | "commit">
  readonly clock: Clock
  readonly settings: Config["alive"]
  readonly registrations: Pick<Registrations, "find" | "ofAgent" | "onChanged">
  readonly agents: Pick<AgentAuthority, "records" | "versions">
  readonly mismatches: VersionMismatches
  readonly onError: (error: unknown) => void
}

/** A clock may differ by so much; a record from further away is no sign of life. */
const aheadMs = 60_000
const behindMs = 300_000
/** A mismatch stands for so long at least, so that one who goes to and fro does not fill the ledger. */
const standsMs = 60_000

/** Opens what it keeps when somebody is heard of, or asked about, first. */
export function openAlive(parts: AliveParts): Alive {
  const { clock, settings, registrations, agents, mismatches, onError } = parts
  const senders = openSenders(parts)
  const rings = openMetricRings()
  /** When a mismatch was last seen to go on. */
  const seenWrong = new Map<string, number>()
  let opened: HeardAgents | undefined
  const heard = () => (opened ??= openHeardAgents({ ...parts, keepMs: settings.keepDays * 86_400_000 }))

  registrations.onChanged((changed) => {
    const mismatch = mismatches.of(changed.id)
    if (mismatch === undefined) return
    // Registering what runs is one of the two ways to set it right; one that is retired has nothing that could differ.
    const isRight =
      changed.state === "retired" ||
      (changed.state === "approved" && !differs(runningOf(mismatch.running), changed.content))
    if (isRight) clear(changed.id, "node")
  })

  function clear(registration: string, by: string): void {
    seenWrong.delete(registration)
    mismatches.cleared(registration, by).catch(onError)
  }

  function admit(of: Heard, count: number): void {
    const now = clock.monotonic()
    const { perMinute } = settings
    const left = Math.min(perMinute, of.left + ((now - of.filledAt) * perMinute) / 60_000)
    if (left < count)
      throw new AmpError(
        "AMP_RATE_LIMITED",
        `at most ${perMinute} records a minute of one agent are taken`,
        Math.ceil(((count - left) * 60) / perMinute),
      )
    of.left = left - count
    of.filledAt = now
  }

  async function take(sender: Sender, records: readonly AmpRecord[]): Promise<Taken> {
    const now = clock.now()
    for (const { aic, at } of records) {
      if (aic !== sender.aic)
        throw new AmpError("AMP_ACCESS_DENIED", "`aic` is not the code of the agent that sends this")
      if (at > now + aheadMs || at < now - behindMs)
        throw new AmpError(
          "AMP_INVALID_RECORD",
          "`timestamp` is more than five minutes ago or a minute ahead: set the agent's clock, and send records as they come",
        )
    }
    const all = heard()
    const known = all.get(sender.registration)
    if (known === undefined && all.size >= settings.most)
      throw new AmpError("AMP_RATE_LIMITED", `no more than ${settings.most} agents are listened to here`, 600)
    const of = all.keep(sender.registration)
    admit(of, records.length)
    let version: Taken["version"] = "unstated"
    for (const record of records) {
      if (record.metrics !== undefined)
        rings.add(sender.registration, {
          at: record.at,
          uptimeSeconds: record.uptimeSeconds,
          ...record.metrics,
        })
      // What comes late or again says nothing new of what runs.
      if (record.at < of.sourceAt) continue
      of.sourceAt = record.at
      of.uptimeSeconds = record.uptimeSeconds
      if (!isStated(record.running)) continue
      of.running = record.running
      version = await compare(sender, record.running, "heartbeat")
    }
    of.lastSeenAt = now
    all.touch(sender.registration)
    return { accepted: records.length, version }
  }

  async function compare(
    sender: Sender,
    running: Running,
    source: MismatchSource,
  ): Promise<"matches" | "differs"> {
    const { registration } = sender
    const before = mismatches.of(registration)
    if (differs(running, sender)) {
      seenWrong.set(registration, clock.now())
      // The certificate is on hold before anything else happens; the ledger follows.
      if (before === undefined) await mismatches.found(registration, { source, running })
      return "differs"
    }
    if (before !== undefined && isOver(before, running)) clear(registration, "node")
    return "matches"
  }

  /**
   * Of several that run at once, the one that was wrong has to be right again, or to be gone; and it has to say again as much as it said
   * when it was wrong.
   */
  function isOver(
    { id, at, running: wrong }: NonNullable<ReturnType<VersionMismatches["of"]>>,
    now: Running,
  ) {
    if (clock.now() - at < standsMs) return false
    if (wrong.version !== undefined && now.version === undefined) return false
    if (versionParts.some((part) => wrong.parts[part] !== undefined && now.parts[part] === undefined))
      return false
    const isSame = wrong.instance === now.instance
    return isSame || clock.now() - (seenWrong.get(id) ?? at) > settings.lateSeconds * 1000
  }

  function stateOf({ lastSeenAt }: Pick<Heard, "lastSeenAt">): LivenessState {
    const silent = clock.now() - lastSeenAt
    if (silent <= settings.lateSeconds * 1000) return "alive"
    return silent <= settings.lostSeconds * 1000 ? "late" : "lost"
  }

  return {
    senders,
    settings,
    take,
    acted(holder, stated) {
      const sender = senders.find(holder)
      if (sender === undefined) return
      const running = withDeclared(stated, sender, agents)
      if (isStated(running)) compare(sender, running, "call").catch(onError)
    },
    served(aic, version) {
      const sender = senders.byAic(aic)
      const running = { version, parts: {}, instance: undefined }
      if (sender !== undefined) compare(sender, running, "server").catch(onError)
    },
    stateOf,
    liveness(registration) {
      const of = heard().get(registration)
      if (of === undefined || of.lastSeenAt === 0) return undefined
      return { alive: stateOf(of) === "alive", lastSeenAt: of.lastSeenAt }
    },
    shown(registration) {
      const of = heard().get(registration.id)
      const mismatch = mismatches.of(registration.id)
      const samples = rings.of(registration.id)
      const { content } = registration
      return {
        registration: registration.id,
        aic: registration.aic,
        state: of === undefined || of.lastSeenAt === 0 ? null : stateOf(of),
        lastSeenAt: of === undefined || of.lastSeenAt === 0 ? null : of.lastSeenAt,
        delayMs: of === undefined || of.sourceAt === 0 ? null : of.lastSeenAt - of.sourceAt,
        uptimeSeconds: of?.uptimeSeconds ?? null,
        version: of?.running?.version ?? null,
        mismatch:
          mismatch === undefined
            ? null
            : {
                at: mismatch.at,
                source: mismatch.source,
                registered: content.version,
                running: mismatch.running.version ?? null,
                parts: versionParts.filter((part) => {
                  const [said, known] = [mismatch.running.parts[part], content.parts[part]]
                  return said !== undefined && known !== undefined && said !== known.digest
                }),
              },
        metrics:
          samples.length === 0
            ? null
            : samples
                .slice(-10)
                .toReversed()
                .map(({ at, loadMetrics: load, windowMetrics: [window] = [] }) => ({
                  at,
                  activeTasks: load?.activeTasks ?? null,
                  queuedTasks: load?.queuedTasks ?? null,
                  successRate: window?.successRate ?? null,
                  avgLatencyMs: window?.avgLatencyMs ?? null,
                  p99LatencyMs: window?.p99LatencyMs ?? null,
                })),
      }
    },
    heard,
    rings,
    forget(tx, registration) {
      tx.run("DELETE FROM last_seen WHERE registration = ?", [registration])
      mismatches.forget(tx, registration)
    },
    forgetContent(registration) {
      opened?.forget(registration)
      rings.forget(registration)
      seenWrong.delete(registration)
      mismatches.forgetContent(registration)
    },
    async close() {
      await opened?.close()
    },
  }
}

function isStated({ version, parts }: Running): boolean {
  return version !== undefined || Object.keys(parts).length > 0
}

function runningOf({ version, parts }: { version?: string | undefined; parts: Running["parts"] }) {
  return { version, parts }
}

/** The version with which an agent acts here says by itself what it consists of, as far as that was declared. */
function withDeclared(
  stated: Running,
  { agent }: Sender,
  { records, versions }: Pick<AgentAuthority, "records" | "versions">,
): Running {
  const version = agent === null ? undefined : versions.get(records.get(agent)?.version ?? "")
  if (version === undefined) return stated
  const declared = Object.entries(version.parts).flatMap(([part, said]) =>
    said === undefined ? [] : [[part, said.digest]],
  )
  return { ...stated, parts: { ...Object.fromEntries(declared), ...stated.parts } }
}
