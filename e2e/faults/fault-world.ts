import { existsSync } from "node:fs"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Output, Request } from "@hufu/core/contract/contract"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { createAgent, enrolPerson, grantMandate, type NodeUnderTest, startNode } from "../node-under-test.ts"
import { startProcess, type StartedProcess } from "../process/start-process.ts"

const program = fileURLToPath(new URL("partner-process.ts", import.meta.url))
const aic = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"
export const protocols = ["a2a", "aip"] as const
export type Protocol = (typeof protocols)[number]

/** The partner's processes: what they do when they are killed. */
export const partnerNames = ["faulty", "remembers", "forgets", "gone"] as const
export type PartnerName = (typeof partnerNames)[number]

/** So short that a run sees every limit. */
export const limits = { lifeHours: 0.004, lostSeconds: 3, productBytes: 1 << 20, events: 60 } as const

/** Which fault was asked of which partner: an agent for each fault, because whoever asks for much at once has to be approved. */
export interface Asked {
  readonly partner: string
  readonly fault: string
}

/** A node, agents, and partners that do wrong, in processes of their own. */
export interface FaultWorld {
  readonly node: NodeUnderTest
  /** Asks for a fault; answers the task as the agent calls it. */
  ask(partner: string, fault: string): Promise<string>
  /** The card of a partner as the door shows it, or the error in its place. */
  card(partner: string): Promise<JsonObject>
  task(asked: Asked, id: string): Promise<JsonObject>
  /** Kills a partner's process at once; it comes back at the same port. */
  killPartner(name: PartnerName): Promise<() => Promise<void>>
  /** How often the partner was asked to begin something, over all its lives. */
  begun(name: PartnerName, fault: string): Promise<number>
  /** What the person is shown. */
  delegations(): Promise<Output<"delegation.list">["items"]>
  /** What the partners' processes complained of. */
  complaints(): string
  close(): Promise<void>
}

export async function openFaultWorld(): Promise<FaultWorld> {
  const folder = await mkdtemp(join(tmpdir(), "hufu-faults-"))
  const running = new Map<PartnerName, StartedProcess>()
  const fileOf = (name: PartnerName) => join(folder, `${name}.jsonl`)
  async function start(name: PartnerName, port: unknown): Promise<StartedProcess> {
    const life = name === "remembers" ? "remembers" : "forgets"
    const args = [program, String(port), aic, fileOf(name), life]
    const started = await startProcess(process.execPath, args)
    running.set(name, started)
    return started
  }
  let node: NodeUnderTest | undefined
  async function close(): Promise<void> {
    await node?.dispose()
    await Promise.all([...running.values()].map((each) => each.stop()))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await Promise.all(partnerNames.map((name) => start(name, 0)))
    const own = await startNode({ config: { interconnect: limits } })
    node = own
    await enrolPerson(own)
    const added: Request<"server.add">[] = partnerNames.flatMap((name) => {
      const url = String(running.get(name)?.ready["url"])
      return [
        { name: `${name}-a2a`, url: `${url}/a2a`, protocol: "a2a" },
        { name: `${name}-aip`, url: `${url}/aip/rpc`, protocol: "aip", aic },
      ]
    })
    const faulty = String(running.get("faulty")?.ready["url"])
    for (const name of ["elsewhere", "forged"])
      added.push({ name, url: `${faulty}/${name}/agent-card.json`, protocol: "a2a" })
    for (const each of added) await own.api("POST", "/v1/servers", each)
    const credentials = new Map<string, string>()
    const headersOf = async (fault: string) => {
      const known = credentials.get(fault) ?? (await anAgent(own, `asks-${fault}`))
      credentials.set(fault, known)
      return { authorization: `Bearer ${known}`, "a2a-version": "1.0" }
    }

    const rpc = async (
      { partner, fault }: Asked,
      method: string,
      params: JsonObject,
    ): Promise<JsonObject> => {
      const reply = await fetch(`${own.url}/a2a/${partner}`, {
        method: "POST",
        headers: { ...(await headersOf(fault)), "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      })
      const { result, error } = membersOf((await reply.json()) as JsonValue) // what the door writes is JSON
      if (error !== undefined) throw new Error(`${method} was answered with ${JSON.stringify(error)}`)
      return membersOf(result)
    }

    return {
      node: own,
      async ask(partner, fault) {
        const parts = [{ text: "please" }, { data: { fault } }]
        const message = { messageId: crypto.randomUUID(), role: "ROLE_USER", parts }
        // Nobody waits for what may never come: the task is found by what the person is shown.
        const before = new Set((await delegations(own)).map(({ id }) => id))
        await headersOf(fault)
        let refused: unknown
        const configuration = { returnImmediately: true }
        void rpc({ partner, fault }, "SendMessage", { message, configuration }).catch(
          (error: unknown) => (refused = error),
        )
        for (;;) {
          const mine = (await delegations(own)).find(
            ({ id, server }) => server === partner && !before.has(id),
          )
          if (mine !== undefined) return mine.name
          if (refused !== undefined) throw refused
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      },
      async card(partner) {
        const headers = await headersOf("card")
        const reply = await fetch(`${own.url}/a2a/${partner}/.well-known/agent-card.json`, { headers })
        return membersOf((await reply.json()) as JsonValue) // what the door writes is JSON
      },
      task: (asked, id) => rpc(asked, "GetTask", { id }),
      async killPartner(name) {
        const known = running.get(name)
        await known?.kill9()
        return async () => void (await start(name, known?.ready["port"]))
      },
      async begun(name, fault) {
        if (!existsSync(fileOf(name))) return 0
        const lines = (await readFile(fileOf(name), "utf8")).split("\n").filter(Boolean)
        return lines.filter((line) => line.includes(`"fault":"${fault}"`)).length
      },
      delegations: () => delegations(own),
      complaints: () => [...running.values()].map((each) => each.errorText()).join(""),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function anAgent(node: NodeUnderTest, name: string): Promise<string> {
  const credential = await createAgent(node, name)
  await grantMandate(node, name, {
    words: "ask the partners",
    grants: [{ effects: ["send"], tools: ["*"], limits: [], mode: "auto" }],
    otherwise: "ask",
    until: Date.now() + 3_600_000,
  })
  // What the person named needs no approval, whatever partners have said before.
  const named = partnerNames.flatMap((partner) => protocols.map((protocol) => `${partner}-${protocol}`))
  const words = `Ask ${named.join(" and ")}.`
  await node.api("POST", "/v1/tasks", { agent: name, words } satisfies Request<"task.start">)
  return credential
}

async function delegations(node: NodeUnderTest): Promise<Output<"delegation.list">["items"]> {
  return ((await node.api("GET", "/v1/delegations?limit=1000")) as Output<"delegation.list">).items
}

export function textIn(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}

export function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
