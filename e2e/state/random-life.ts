import { generateKeyPairSync, sign } from "node:crypto"
import type { Output } from "@hufu/core/contract/contract"
import type { RebuildReport, StateAt } from "@hufu/core/contract/state"
import type { Seeded } from "../seeded.ts"
import type { World, WorldAgent } from "../invariants/world.ts"

type Client = World["local"]

/** What a node said of itself at one moment. */
export interface Snapshot {
  /** The last entry at that moment. */
  readonly index: number
  readonly at: number
  readonly stopped: boolean
  readonly agents: Output<"agent.list">["items"]
  readonly mandates: Output<"mandate.list">["items"]
  readonly spent: ReadonlyMap<string, Output<"mandate.explain">["spent"]>
  readonly servers: Output<"server.list">["items"]
  readonly tools: ReadonlyMap<string, Output<"tool.list">["items"]>
}

export async function snapshotOf(world: World): Promise<Snapshot> {
  const { local } = world
  const mandates = (await local.mandate.list({})).items
  const servers = (await local.server.list({})).items
  const [spent, tools] = [new Map(), new Map()]
  for (const { id } of mandates) spent.set(id, (await local.mandate.explain({ mandate: id })).spent)
  // Of the others nobody has seen a tool: no such server runs.
  for (const { id, name } of servers.filter((server) => server.name === "notes"))
    tools.set(id, (await local.tool.list({ server: name })).items)
  const agents = (await local.agent.list({})).items
  const status = await local.node.status({})
  return {
    index: status.entries - 1,
    at: world.clock.now(),
    stopped: status.stopped,
    agents,
    mandates,
    spent,
    servers,
    tools,
  }
}

/** Asks until it is done. */
export async function rebuildOf(local: Client): Promise<RebuildReport> {
  let run: string | undefined
  for (;;) {
    const step = await local.state.rebuild(run === undefined ? {} : { run })
    if (step.report !== null) return step.report
    run = step.run ?? undefined
  }
}

export async function stateOf(
  local: Client,
  asked: { at?: number; index?: number; agent?: string },
): Promise<StateAt> {
  let run: string | undefined
  for (;;) {
    const step = await local.state.at({ ...asked, ...(run === undefined ? {} : { run }) })
    if (step.state !== null) return step.state
    if (step.run === null) throw new Error(step.fault?.en ?? "no state")
    run = step.run
  }
}

function pick<T>(random: Seeded, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : random.pick(from)
}

/** One life of a node: what its person and its agents may do, drawn at random. */
export function createLife(world: World, random: Seeded) {
  const agents: WorldAgent[] = []
  let count = 0

  const live = async () => {
    const { items } = await world.local.agent.list({})
    return agents.filter(({ id }) => items.some((each) => each.id === id && each.state === "live"))
  }
  const someMandate = async () => pick(random, (await world.local.mandate.list({})).items)

  const steps: Record<string, () => Promise<unknown>> = {
    async register() {
      if (agents.length < 6) agents.push(await world.agent(`agent-${count++}`))
    },
    async version() {
      const agent = pick(random, await live())
      if (agent === undefined) return
      await world.person.version.declare({ agent: agent.id, label: `label ${count++}` })
      const { credential } = await world.person.credential.issue({ agent: agent.id })
      agents.splice(agents.indexOf(agent), 1, { ...agent, credential })
    },
    async mandate() {
      const agent = pick(random, await live())
      if (agent === undefined) return
      const budget = { count: 20, amount: { argument: "/amount", max: 500 } }
      const grants = [
        { effects: ["pay" as const], tools: ["notes/pay_invoice"], mode: "auto" as const, budget },
        {
          effects: ["pay" as const, "send" as const],
          tools: ["notes/*"],
          mode: "auto" as const,
          budget: { count: 9 },
        },
      ]
      const never = random.next() < 0.3 ? [{ effects: ["delete" as const] }] : []
      await world.grant(agent, {
        words: `words ${count++}`,
        grants,
        never,
        ...(random.next() < 0.5 ? { budget: { count: 25 } } : {}),
      })
    },
    async narrow() {
      const mandate = await someMandate()
      if (mandate === undefined || mandate.grants.length === 0) return
      const {
        id,
        agent: _agent,
        principal: _principal,
        parent: _parent,
        createdAt: _createdAt,
        ...draft
      } = mandate
      const grants = random.next() < 0.5 ? mandate.grants.slice(1) : mandate.grants.toReversed()
      await world.person.mandate.narrow({ mandate: id, to: { ...draft, grants } })
    },
    async place() {
      const geometry = { type: "Point", coordinates: [1, 2], extent: { subType: "Circle", radius: 100 } }
      await world.person.place.add({ template: "factory", identifier: `place-${count++}`, geometry })
    },
    async unplace() {
      const place = pick(random, (await world.local.place.list()).items)
      if (place !== undefined) await world.person.place.remove({ place: place.id })
    },
    async whereabouts() {
      const agent = pick(random, await live())
      if (agent === undefined) return
      if (random.next() < 0.3) await world.person.position.forget({ agent: agent.id })
      else await world.person.position.state({ agent: agent.id, latitude: random.int(3), longitude: 1 })
    },
    async key() {
      const agent = pick(random, await live())
      if (agent === undefined) return
      const { publicKey, privateKey } = generateKeyPairSync("ed25519")
      const key = String(publicKey.export({ format: "jwk" })["x"])
      const claimed = { agent: agent.id, key, url: `https://agent-${count++}.example` }
      const { challenge, text } = await world.local.credential.challenge(claimed)
      const signature = sign(null, Buffer.from(text), privateKey).toString("base64url")
      await world.person.credential.prove({ ...claimed, challenge, signature })
    },
    async device() {
      const agent = pick(random, await live())
      const device = pick(random, (await world.local.device.list()).items)
      if (device !== undefined && random.next() < 0.4) await world.person.device.remove({ device: device.id })
      else if (agent !== undefined)
        await world.person.device.add({ name: `device-${count++}`, agent: agent.id, key: "A".repeat(43) })
    },
    async revoke() {
      const mandate = await someMandate()
      // Not the person: what forbids stays, and grants nothing.
      const by = random.next() < 0.5 ? world.local : world.person
      if (mandate !== undefined) await by.mandate.revoke({ mandate: mandate.id })
    },
    async spend() {
      const agent = pick(random, await live())
      if (agent === undefined || (await world.local.node.status({})).stopped) return
      const door = await world.door("modern", agent)
      const calls = Array.from({ length: 3 }, () =>
        door.call("pay_invoice", { id: `${count++}`, amount: random.int(90) }),
      )
      await Promise.all(calls)
      await door.close()
    },
    async ask() {
      const agent = pick(random, await live())
      if (agent === undefined || (await world.local.node.status({})).stopped) return
      const door = await world.door("modern", agent)
      const { hold } = await door.call("add_note", { id: `${count++}`, text: "a note" })
      if (hold !== undefined) {
        const how = random.next()
        if (how < 0.3) await world.local.hold.refuse({ hold, reason: "not now" })
        else if (how < 0.8) {
          await world.approve(hold, how < 0.5 ? {} : { for: "task" })
          if (how < 0.7) await door.call("add_note", { id: `${count - 1}`, text: "a note" }, { hold })
        }
      }
      await door.close()
    },
    async task() {
      const agent = pick(random, await live())
      if (agent === undefined) return
      const { items } = await world.local.task.list({ agent: agent.id })
      const open = items.find(({ state, source }) => state === "live" && source !== "standing")
      if (open !== undefined && random.next() < 0.5) await world.person.task.end({ task: open.id })
      else if (open !== undefined) await world.person.task.add({ task: open.id, words: `more ${count++}` })
      else await world.person.task.start({ agent: agent.id, words: `do ${count++}` })
    },
    async suspend() {
      const agent = pick(random, agents)
      if (agent === undefined) return
      const { agent: now } = await world.local.agent.show({ agent: agent.id })
      if (now.state === "live") await world.local.agent.suspend({ agent: agent.id, reason: "a look" })
      else if (now.state === "suspended") await world.person.agent.resume({ agent: agent.id })
    },
    async stop() {
      if ((await world.local.node.status({})).stopped) await world.person.stop.lift({})
      else if (random.next() < 0.3) await world.local.stop.declare({ reason: "enough" })
    },
    async server() {
      const { items } = await world.local.server.list({})
      const other = items.find(({ name }) => name !== "notes")
      if (other === undefined)
        await world.person.server.add({ name: `other-${count++}`, url: "http://127.0.0.1:9/mcp" })
      else await world.person.server.remove({ server: other.name })
    },
    async confirm() {
      const { items } = await world.local.tool.list({ server: "notes" })
      const tool = pick(random, items)
      if (tool !== undefined)
        await world.person.tool.confirm({ server: "notes", tool: tool.tool, definition: tool.definition })
    },
    async retention() {
      await world.person.retention.set({ actions: random.int(90) })
    },
    async erase() {
      const agent = random.next() < 0.4 ? pick(random, agents) : undefined
      const { items } = await world.local.task.list({})
      const subject = agent?.id ?? pick(random, items)?.id
      if (subject === undefined) return
      await world.person.subject.erase({ subject })
      if (agent !== undefined) agents.splice(agents.indexOf(agent), 1)
    },
  }

  return {
    steps,
    /** Takes one step and answers which. */
    async step(): Promise<string> {
      const name = pick(random, Object.keys(steps)) ?? "register"
      await steps[name]?.()
      return name
    },
  }
}
