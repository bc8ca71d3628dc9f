import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { finished } from "node:stream/promises"
import { setTimeout as delay } from "node:timers/promises"
import type { Output } from "@hufu/core/contract/contract"
import { madeAgents } from "../../bench/discovery/made-agents.ts"
import { enrolPerson, loadRegistrations, type NodeUnderTest, startNode } from "../node-under-test.ts"
import { seeded, type Seeded } from "../seeded.ts"
import { type Compared, compareStores } from "./compare-stores.ts"

export interface SyncOptions {
  readonly count: number
  readonly kills: number
  readonly suspensions: number
  readonly seed: number
  readonly say?: (line: string) => void
}

export interface SyncReport extends Compared {
  readonly loadSeconds: number
  readonly syncSeconds: number
  readonly kills: number
  /** From asking one node to stop an agent until the other refuses it, in ms, each. */
  readonly refusedMs: readonly number[]
  /** The same for an agent that acts at the other node's own doors. */
  readonly actingMs: number
  /** How the door of the one that shares answers, that of the other, and the former to somebody who would be told of changes. */
  readonly doors: readonly number[]
}

type Peer = Output<"peer.list">["items"][number]
type Shown = Output<"registration.show">

const lookMs = 50

/**
 * Two real nodes: one registers so many agents, the other follows it and is killed (as is the first, once it has registered them all) at
 * random moments of the synchronisation. Then agents are stopped on the one, and looked at on the other. At last both are stopped, and
 * what they have on their disks is compared.
 */
export async function runSync({
  count,
  kills,
  suspensions,
  seed,
  say = () => undefined,
}: SyncOptions): Promise<SyncReport> {
  const random = seeded(seed)
  const folder = await mkdtemp(join(tmpdir(), "hufu-sync-"))
  const origin = await startNode({ config: { registry: { share: true } } })
  const mirror = await startNode()
  try {
    await enrolPerson(origin)
    await enrolPerson(mirror)
    const begun = performance.now()
    const half = Math.ceil(count / 2)
    await load(origin, await writeAgents(folder, 0, half))
    await mirror.api("POST", "/v1/registry/peers", { url: origin.url })
    const following = performance.now()
    const rest = writeAgents(folder, half, count).then(async (file) => {
      await load(origin, file)
      return performance.now()
    })
    const killed = await killOnTheWay({ origin, mirror, rest, count, kills, random, say })
    const loadedAt = await rest
    const syncSeconds = (performance.now() - following) / 1000
    say(`${count} registrations are there on both sides`)
    const refusedMs: number[] = []
    for (let at = 0; at < suspensions; at += 1)
      refusedMs.push(await refusedWithin(origin, mirror, random.int(count)))
    const actingMs = await actingWithin(origin, mirror, count)
    const doors = await doorsOf(origin, mirror)
    await Promise.all([origin.stop(), mirror.stop()])
    const compared = await compareStores(origin.dataDir, mirror.dataDir)
    return {
      ...compared,
      loadSeconds: (loadedAt - begun) / 1000,
      syncSeconds,
      kills: killed,
      refusedMs,
      actingMs,
      doors,
    }
  } finally {
    await origin.dispose()
    await mirror.dispose()
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeAgents(folder: string, from: number, to: number): Promise<string> {
  const file = join(folder, `${from}.jsonl`)
  const out = createWriteStream(file)
  let at = 0
  for (const { content } of madeAgents(to))
    if (at++ >= from && !out.write(`${JSON.stringify({ ...content, name: nameOf(at - 1) })}\n`))
      await once(out, "drain")
  out.end()
  await finished(out)
  return file
}

function nameOf(at: number): string {
  return `com.example/agent-${at}`
}

async function load(node: NodeUnderTest, file: string): Promise<void> {
  await loadRegistrations(node, file)
}

async function peerOf(mirror: NodeUnderTest): Promise<Peer> {
  // The API answers by the contract.
  const { items } = (await mirror.api("GET", "/v1/registry/peers")) as Output<"peer.list">
  const [peer] = items
  if (peer === undefined) throw new Error("the registry is not followed any more")
  if (peer.state === "refused") throw new Error(`the registry is refused: ${peer.why}`)
  return peer
}

interface Way {
  readonly origin: NodeUnderTest
  readonly mirror: NodeUnderTest
  /** Settles when the first node has registered them all. */
  readonly rest: Promise<unknown>
  readonly count: number
  readonly kills: number
  readonly random: Seeded
  readonly say: (line: string) => void
}

/** Kills at random places of the way, and comes back when all are there. */
async function killOnTheWay({ origin, mirror, rest, count, kills, random, say }: Way): Promise<number> {
  const places = Array.from({ length: kills }, () => random.next() * count).sort((one, other) => one - other)
  let isLoaded = false
  const loading = rest.then(() => (isLoaded = true))
  let killed = 0
  for (;;) {
    const { mirrors, usable } = await peerOf(mirror)
    const place = places[killed]
    if (place !== undefined && mirrors >= place) {
      // The first node's registering is one command, which a kill would end.
      const victim = isLoaded && random.int(2) === 0 ? origin : mirror
      await delay(random.int(200))
      await victim.kill9()
      await comeBack(victim)
      killed += 1
      say(
        `killed ${victim === origin ? "the first" : "the second"} at ${mirrors} of ${count} (${killed} of ${kills})`,
      )
      continue
    }
    if (mirrors >= count && usable >= count && place === undefined) break
    await delay(lookMs)
  }
  await loading
  return killed
}

/** On a busy machine a start may be ended for being slow, which is one more kill. */
async function comeBack(node: NodeUnderTest): Promise<void> {
  for (let left = 5; ; left -= 1)
    try {
      await node.restart()
      return
    } catch (error) {
      if (left === 0) throw error
    }
}

/** One that is shown by its code, whatever the state. */
async function shownBy(node: NodeUnderTest, ref: string): Promise<Shown> {
  return (await node.api("GET", `/v1/registrations/${encodeURIComponent(ref)}`)) as Shown
}

async function refusedWithin(origin: NodeUnderTest, mirror: NodeUnderTest, at: number): Promise<number> {
  const { registration, usable } = await shownBy(origin, nameOf(at))
  if (!usable) return 0
  const begun = performance.now()
  await origin.api("POST", `/v1/registrations/${registration.id}:disable`, { reason: "a test" })
  while ((await shownBy(mirror, registration.aic ?? "")).usable) await delay(1)
  return performance.now() - begun
}

/** An agent of the second node that its registration there says to be one of the first. */
async function actingWithin(origin: NodeUnderTest, mirror: NodeUnderTest, count: number): Promise<number> {
  let at = count - 1
  while (!(await shownBy(origin, nameOf(at))).usable) at -= 1
  const { registration } = await shownBy(origin, nameOf(at))
  await mirror.api("POST", "/v1/agents", { name: "acting" })
  const content = {
    name: "com.example/acting-here",
    title: "Acting here",
    description: "The same agent, at these doors.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Example" },
    aliases: [{ scheme: "aic", value: registration.aic }],
  }
  await mirror.api("POST", "/v1/registrations", { content, agent: "acting" })
  const state = async () =>
    ((await mirror.api("GET", "/v1/agents/acting")) as Output<"agent.show">).agent.state
  if ((await state()) !== "live") throw new Error("the agent does not act before anything was stopped")
  const begun = performance.now()
  await origin.api("POST", `/v1/registrations/${registration.id}:disable`, { reason: "a test" })
  while ((await state()) === "live") await delay(1)
  const took = performance.now() - begun
  const resumed = await mirror.api("POST", "/v1/agents/acting:resume").catch((error: unknown) => error)
  if (!(resumed instanceof Error)) throw new Error("a person let an agent act that its registry has stopped")
  return took
}

async function doorsOf(origin: NodeUnderTest, mirror: NodeUnderTest): Promise<number[]> {
  const hook = { url: mirror.url, secret: "a secret of enough letters" }
  const asked = await Promise.all([
    fetch(`${origin.url}/acps-dsp-v2/info`),
    fetch(`${mirror.url}/acps-dsp-v2/info`),
    fetch(`${origin.url}/acps-dsp-v2/webhooks`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(hook),
    }),
  ])
  return asked.map(({ status }) => status)
}
