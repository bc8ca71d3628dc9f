import { type AgentPosition, KnownPosition } from "@hufu/core/contract/place"
import { verifyEd25519 } from "@hufu/core/evidence/ed25519"
import { Failure } from "@hufu/core/failure"
import {
  type Position,
  positionLastsMs,
  type PositionStatement,
  statementText,
} from "@hufu/core/place/position"
import { z } from "zod"
import type { Clock } from "../clock.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Store, Tx } from "../store/store.ts"
import type { AgentAuthority } from "./agents.ts"
import { type Declare, saidTime } from "./declare.ts"
import type { DeviceAuthority } from "./devices.ts"
import type { PlaceAuthority } from "./places.ts"
import { openRecords, type RecordKind } from "./records.ts"

/** What a person last said of where an agent is; `kept` is where the vault has the statement's content. */
const Stated = KnownPosition.pick({ position: true, at: true, until: true }).extend({
  id: z.string(),
  kept: z.string(),
})
type Stated = z.infer<typeof Stated>

export const positionKind: RecordKind<Stated> = {
  kind: "position",
  schema: Stated,
  at: ({ at }) => at,
  sealed: { members: ["position"], subject: ({ id }) => id, blank: undefined },
}

/**
 * Where agents are, by what persons and devices say. Only the last position of each source is kept: a person's in the vault, a
 * device's in memory alone, so that after a restart it is not known until the device speaks again.
 */
export interface PositionAuthority {
  /** What persons and devices say that counts at this moment. */
  known(agent: string): readonly KnownPosition[]
  /** What is said and not durable yet: it may raise caution and shows nothing else. */
  pending(agent: string): readonly Position[]
  show(agent: string): AgentPosition
  /** A person says where an agent is, until a time. */
  state(agent: string, said: { position: Position; until: number; by: string }): Promise<AgentPosition>
  /** What a person said holds no more. */
  forget(agent: string, by: string): Promise<AgentPosition>
  /** A device says where its agent is. Throws Failure("position_refused") for what does not count. */
  report(statement: PositionStatement, signature: Uint8Array): Promise<AgentPosition>
  /** A device counts no more. */
  forgetDevice(device: string): void
  /** What is known of an agent that is erased. */
  forgetContent(agent: string): void
}

export interface PositionParts {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly declare: Declare
  readonly agents: AgentAuthority
  readonly places: PlaceAuthority
  readonly devices: DeviceAuthority
}

const fact = "position.stated"
/** A device's clock may be ahead by so much. */
const aheadMs = 60_000

type Heard = KnownPosition & { readonly number: number }

export function openPositions(parts: PositionParts): PositionAuthority {
  const { store, vault, clock, declare, places, devices } = parts
  const records = openRecords(store, positionKind)
  const heard = new Map<string, Map<string, Heard>>()
  const waiting = new Map<string, Set<Position>>()

  function known(agent: string): KnownPosition[] {
    const now = clock.now()
    const stated = records.get(agent)
    const said: KnownPosition[] = stated
      ? [{ source: "session", device: null, position: stated.position, at: stated.at, until: stated.until }]
      : []
    const all = [...(heard.get(agent)?.values() ?? []), ...said]
    return all.filter(({ at, until }) => at <= now && now <= until)
  }

  function placesOf(positions: readonly KnownPosition[]) {
    return places.finder().at(positions.map(({ position }) => position))
  }

  function show(agent: string): AgentPosition {
    const now = known(agent)
    return {
      agent,
      known: now.map(({ source, device, position, at, until }) => ({ source, device, position, at, until })),
      places: placesOf(now).map(({ id, class: of, restriction }) => ({
        id,
        identifier: places.need(id).feature.properties.identifier,
        class: of,
        restriction,
      })),
    }
  }

  /** Says by ids alone which places an agent enters and leaves. */
  function declareMoves(
    tx: Tx,
    move: {
      agent: string
      by: string
      source: "session" | "device"
      device?: string
      after: KnownPosition[]
    },
  ): void {
    const { agent, by, source, device, after } = move
    const before = new Set(placesOf(known(agent)).map(({ id }) => id))
    const then = new Set(placesOf(after).map(({ id }) => id))
    const refs = { agent, source, ...(device === undefined ? {} : { device }) }
    for (const id of then) if (!before.has(id)) declare(tx, { fact: "place.entered", subject: id, by, refs })
    for (const id of before) if (!then.has(id)) declare(tx, { fact: "place.left", subject: id, by, refs })
  }

  /** INVARIANT: while a position is on its way to the disk it restricts already, and it lets nothing go. */
  async function meanwhile(agent: string, position: Position, commit: () => Promise<unknown>): Promise<void> {
    const mine = waiting.get(agent) ?? new Set()
    waiting.set(agent, mine)
    mine.add(position)
    try {
      await commit()
    } finally {
      mine.delete(position)
      if (mine.size === 0) waiting.delete(agent)
    }
  }

  /** Writes what takes the place of a person's last word, of which nothing is left then. */
  async function replace(agent: string, write: (tx: Tx) => void): Promise<void> {
    const before = records.get(agent)
    await vault.forget(before === undefined ? [] : [before.kept], write)
  }

  async function state(agent: string, { position, until, by }: Parameters<PositionAuthority["state"]>[1]) {
    const at = clock.now()
    let stated: Stated | undefined
    await meanwhile(agent, position, () =>
      replace(agent, (tx) => {
        const kept = `${agent}/${fact}/${tx.nextIndex()}`
        stated = { id: agent, position, at, until, kept }
        records.put(tx, stated)
        const refs = { agent, at: saidTime(at), until: saidTime(until) }
        declare(tx, { fact, subject: agent, by, refs, content: { position: z.json().parse(position) } })
        const others = known(agent).filter(({ source }) => source !== "session")
        const now: KnownPosition = { source: "session", device: null, position, at, until }
        declareMoves(tx, { agent, by, source: "session", after: [...others, now] })
      }),
    )
    if (stated) records.set(stated)
    return show(agent)
  }

  async function forget(agent: string, by: string) {
    if (records.get(agent) !== undefined) {
      await replace(agent, (tx) => {
        store.records.remove(tx, { kind: "position", id: agent })
        declare(tx, { fact: "position.forgotten", subject: agent, by })
        const after = known(agent).filter(({ source }) => source !== "session")
        declareMoves(tx, { agent, by, source: "session", after })
      })
      records.forget(agent)
    }
    return show(agent)
  }

  async function report(statement: PositionStatement, signature: Uint8Array) {
    const { device: id, agent, number } = statement
    const text = Buffer.from(statementText(statement))
    const device = devices.isLive(id) ? devices.need(id) : undefined
    if (device === undefined || device.agent !== agent)
      throw refused(
        "no device of that id is registered for that agent: `hufu device list` shows what there is",
      )
    if (!(await verifyEd25519(Buffer.from(device.publicKey, "base64url"), text, signature)))
      throw refused(
        "the signature is not one of that device over this statement: sign the canonical text again",
      )
    const now = clock.now()
    if (statement.at < now - positionLastsMs || statement.at > now + aheadMs)
      throw refused(
        "the statement is too old or ahead of this node's clock: set the device's clock and sign again",
      )
    // No await between looking and taking: two copies of one statement must not both count.
    if (!devices.isLive(id) || number <= devices.need(id).number)
      throw refused("a statement of this number or a later one has come already: count up and sign again")
    const at = Math.min(statement.at, now)
    const position = { ...statement.position, device: device.name }
    const entry: Heard = { source: "device", device: id, position, at, until: at + positionLastsMs, number }
    const taken = devices.take(device, number)
    await meanwhile(agent, position, () =>
      store.commit((tx) => {
        taken.write(tx)
        const others = known(agent).filter((each) => each.device !== id)
        declareMoves(tx, { agent, by: id, source: "device", device: id, after: [...others, entry] })
      }),
    )
    hear(agent, id, entry)
    return show(agent)
  }

  function hear(agent: string, device: string, entry: Heard): void {
    const ofAgent = heard.get(agent) ?? new Map<string, Heard>()
    heard.set(agent, ofAgent)
    // A later one may have been faster, and the device may be gone.
    if ((ofAgent.get(device)?.number ?? -1) < entry.number && devices.isLive(device))
      ofAgent.set(device, entry)
  }

  return {
    known,
    pending: (agent) => [...(waiting.get(agent) ?? [])],
    show,
    state,
    forget,
    report,
    forgetDevice(device) {
      for (const of of heard.values()) of.delete(device)
    },
    forgetContent(agent) {
      heard.delete(agent)
      records.forget(agent)
    },
  }
}

function refused(why: string): Failure {
  return new Failure("position_refused", why)
}
