import type { ShownPeer } from "@hufu/core/contract/sync-operations"
import { Failure } from "@hufu/core/failure"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { newId } from "@hufu/core/id"
import { type Declare, saidTime } from "../../authority/declare.ts"
import { openRecords } from "../../authority/records.ts"
import type { Clock } from "../../clock.ts"
import type { ReachOptions } from "../../gateway/mcp/upstream/reachable-address.ts"
import type { Store, Tx } from "../../store/store.ts"
import { PeerRefused } from "./check-proven-line.ts"
import { type DspClient, dspClient } from "./dsp-client.ts"
import { followPeer, type PeerFollower } from "./follow-peer.ts"
import type { Mirrors } from "./mirrors.ts"
import { peerKind, PeerPosition, type PeerRecord, startPosition } from "./peer-record.ts"
import { SharedCheckpoint } from "./shared-registration.ts"
import { verifyPeerCheckpoint } from "./verify-peer-checkpoint.ts"

/** The registries that are mirrored here, and those who follow them. */
export interface Peers {
  list(): ShownPeer[]
  add(given: { url: string; vkey: string | undefined; by: string }): Promise<ShownPeer>
  /** Believes one again that was refused, under the key that a person gives; all of it is read anew. */
  trust(given: { ref: string; vkey: string | undefined; by: string }): Promise<ShownPeer>
  remove(ref: string, by: string): Promise<{ id: string; forgotten: number }>
  /** Resolves when all that the other has at this moment is taken in. */
  sync(ref: string): Promise<ShownPeer>
  /** Follows from now on. */
  begin(): void
  close(): Promise<void>
}

export interface PeersParts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly mirrors: Mirrors
  readonly reach: ReachOptions
  readonly log: { warn(of: object, said: string): void }
}

const mostPeers = 32

export function openPeers({ store, clock, declare, mirrors, reach, log }: PeersParts): Peers {
  const records = openRecords(store, peerKind)
  const followers = new Map<string, PeerFollower>()
  let hasBegun = false
  let adding: Promise<unknown> = Promise.resolve()

  function positionOf(peer: string): PeerPosition {
    const [row] = store.query<{ body: string }>("SELECT body FROM peer_position WHERE peer = ?", [peer])
    return row === undefined ? startPosition : PeerPosition.parse(JSON.parse(row.body))
  }

  function keep(tx: Tx, peer: string, position: PeerPosition): void {
    tx.run(
      "INSERT INTO peer_position (peer, body) VALUES (?, ?) ON CONFLICT (peer) DO UPDATE SET body = excluded.body",
      [peer, JSON.stringify(position)],
    )
  }

  function follow(peer: PeerRecord): void {
    const follower = followPeer(peer, positionOf(peer.id), {
      store,
      clock,
      declare,
      mirrors,
      client: dspClient(peer.url, reach),
      keep: (tx, position) => keep(tx, peer.id, position),
      onRefused: ({ fault, message }) =>
        log.warn(
          { peer: peer.id, url: peer.url, fault, why: message },
          "a registry is not believed any more",
        ),
    })
    followers.set(peer.id, follower)
  }

  function shown(peer: PeerRecord): ShownPeer {
    const follower = followers.get(peer.id)
    const { seq, size, left, fault, why, seenAt } = follower?.position ?? positionOf(peer.id)
    const { id, url, trust, vkey, addedAt } = peer
    const isAnswering = follower?.isAnswering === true
    return {
      id,
      url,
      trust,
      vkey,
      state: fault !== null ? "refused" : isAnswering ? "following" : "waiting",
      fault,
      why: fault !== null || isAnswering ? why : (follower?.error ?? ""),
      addedAt,
      seenAt,
      position: seq,
      verified: size,
      left,
      ...mirrors.count(id),
    }
  }

  function need(ref: string): PeerRecord {
    const found = [...records.all()].find(({ id, url }) => id === ref || url === ref)
    if (found !== undefined) return found
    throw new Failure(
      "not_found",
      `no registry \`${ref.slice(0, 80)}\` is mirrored here; \`hufu registry sync\` shows which are`,
    )
  }

  async function add({ url, vkey, by }: Parameters<Peers["add"]>[0]): Promise<ShownPeer> {
    if ([...records.all()].some((each) => each.url === url))
      throw new Failure("already_exists", `the registry \`${url}\` is mirrored here already`)
    if (records.size >= mostPeers)
      throw new Failure("too_many", `at most ${mostPeers} registries are mirrored: remove one first`)
    const client = dspClient(url, reach)
    const trust = await askTrust(url, client)
    if (trust === "word" && vkey !== undefined)
      throw new Failure(
        "invalid_input",
        `the registry \`${url}\` has no ledger that could be verified: add it without a key`,
      )
    const key = trust === "word" ? null : await askKey(url, client, vkey)
    const now = clock.now()
    const peer: PeerRecord = { id: newId("peer", now), url, trust, vkey: key, addedAt: now }
    await store.commit((tx) => {
      records.put(tx, peer)
      declare(tx, {
        fact: "peer.added",
        subject: peer.id,
        by,
        refs: { trust, at: saidTime(now) },
        content: { url, vkey: key },
      })
    })
    records.set(peer)
    if (hasBegun) follow(peer)
    return shown(peer)
  }

  async function trust({ ref, vkey, by }: Parameters<Peers["trust"]>[0]): Promise<ShownPeer> {
    const peer = need(ref)
    const before = followers.get(peer.id)?.position ?? positionOf(peer.id)
    if (before.fault === null)
      throw new Failure("stale", `the registry \`${peer.url}\` is believed: there is nothing to set right`)
    if (peer.trust === "word" && vkey !== undefined)
      throw new Failure(
        "invalid_input",
        `the registry \`${peer.url}\` has no ledger that could be verified: leave the key out`,
      )
    // Another key is never taken because it is shown: the person has it from the other's operator.
    const expected = vkey ?? peer.vkey ?? undefined
    const key = peer.trust === "word" ? null : await askKey(peer.url, dspClient(peer.url, reach), expected)
    await followers.get(peer.id)?.close()
    const after: PeerRecord = { ...peer, vkey: key }
    const position: PeerPosition = { ...startPosition, round: before.round, isAnew: true }
    await store.commit((tx) => {
      records.put(tx, after)
      keep(tx, peer.id, position)
      declare(tx, {
        fact: "peer.trusted",
        subject: peer.id,
        by,
        refs: {
          at: saidTime(clock.now()),
          ...(before.fault === null ? {} : { fault: before.fault }),
          // The state that was believed before: with it anybody can tell what the other gave up.
          ...(before.size === 0 ? {} : { size: `count-${before.size}`, root: before.root }),
        },
        content: { url: peer.url, vkey: key },
      })
    })
    records.set(after)
    followers.delete(peer.id)
    if (hasBegun) follow(after)
    return shown(after)
  }

  /** One at a time: nobody is added twice, or believed again under two keys. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = adding.then(work)
    adding = mine.catch(() => undefined)
    return mine
  }

  return {
    list: () => Array.from(records.all(), shown),
    add: (given) => alone(() => add(given)),
    trust: (given) => alone(() => trust(given)),
    async remove(ref, by) {
      const { id } = need(ref)
      await followers.get(id)?.close()
      followers.delete(id)
      let forgotten: string[] = []
      await store.vault.erase(id, (tx) => {
        forgotten = mirrors.drop(tx, id)
        tx.run("DELETE FROM peer_position WHERE peer = ?", [id])
        store.records.remove(tx, { kind: peerKind.kind, id })
        declare(tx, { fact: "peer.removed", subject: id, by })
      })
      records.forget(id)
      mirrors.changed(forgotten)
      return { id, forgotten: forgotten.length }
    },
    async sync(ref) {
      const peer = need(ref)
      await followers.get(peer.id)?.caughtUp()
      return shown(peer)
    },
    begin() {
      hasBegun = true
      for (const peer of records.all()) follow(peer)
    },
    async close() {
      await Promise.all(Array.from(followers.values(), (follower) => follower.close()))
    },
  }
}

async function askTrust(url: string, client: DspClient): Promise<PeerRecord["trust"]> {
  const info = await asked(url, () => client.info())
  const types = info["supported_types"]
  if (Array.isArray(types) && types.includes("registration") && types.includes("checkpoint")) return "ledger"
  if (Array.isArray(types) && types.includes("acs")) return "word"
  throw new Failure("peer_unavailable", `the registry \`${url}\` does not say that it serves agents by DSP`)
}

/** The key by which its ledger is signed at this moment, which has to be the one that is expected. */
async function askKey(url: string, client: DspClient, expected: string | undefined): Promise<string> {
  const page = await asked(url, () =>
    client.changes({ types: "checkpoint", after: 0, limit: 1, waitSeconds: 0, size: 0 }),
  )
  const [line] = page === "gone" ? [] : page.lines
  const told = SharedCheckpoint.safeParse(line?.payload).data?.vkey
  // Where nothing was expected, what it shows now is what it is held to from now on.
  const key = expected ?? told
  if (line === undefined || key === undefined)
    throw new Failure(
      "peer_unavailable",
      `the registry \`${url}\` does not show the state of its ledger: give its key`,
    )
  try {
    parseVkey(key)
    await verifyPeerCheckpoint(line, key, { size: 0, root: "" })
    return key
  } catch (error) {
    if (!(error instanceof PeerRefused)) throw error
    throw new Failure(
      "peer_refused",
      `the registry \`${url}\` is not the one whose key this is: ${error.message}`,
    )
  }
}

async function asked<T>(url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure(
      "peer_unavailable",
      `the registry \`${url}\` does not answer: look at the address, and whether it runs`,
      { cause },
    )
  }
}
