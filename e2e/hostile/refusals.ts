import { once } from "node:events"
import { createServer } from "node:net"
import { openCaller } from "../mcp-caller.ts"
import { approve, heldCalls, type NodeUnderTest } from "../node-under-test.ts"
import { modernMeta } from "../upstream/mcp-message.ts"
import { markedCall } from "./hostile-body.ts"
import type { HostileTarget } from "./hostile-target.ts"
import { sendBytes } from "./send-bytes.ts"
import { loopback } from "@hufu/server/http/testing/loopback"

/** A governed target whose node can be asked and stopped. */
export interface Ground {
  node: NodeUnderTest
  target: HostileTarget
}

/** One thing that every door refuses: answers what went wrong, or nothing. */
export interface Refusal {
  name: string
  run(ground: Ground): Promise<string | undefined>
}

const modern = [
  "Content-Type: application/json",
  "Accept: application/json, text/event-stream",
  "MCP-Protocol-Version: 2026-07-28",
]
const agreeing = ["Mcp-Method: tools/call", "Mcp-Name: add_note"]

/** Every refusal by name; each sends a call that would be allowed if the one thing were in order. */
export const refusals: Refusal[] = [
  raw("a call whose headers are in order is served", "served", {}),
  raw("a method header that disagrees with the body", 400, {
    more: ["Mcp-Method: tools/list", "Mcp-Name: add_note"],
  }),
  raw("a name header that disagrees with the body", 400, {
    more: ["Mcp-Method: tools/call", "Mcp-Name: echo"],
  }),
  raw("a call without its method header", 400, { more: ["Mcp-Name: add_note"] }),
  raw("a foreign Host, as after DNS rebinding", 403, { host: "evil.example" }),
  raw("a foreign Origin", 403, { more: [...agreeing, "Origin: https://evil.example"] }),
  raw("the Origin null", 403, { more: [...agreeing, "Origin: null"] }),
  raw("no credential", 401, { credential: null }),
  raw("a credential that nobody has", 401, { credential: "nobody-has-this-credential" }),
  raw("a credential in the address", 401, { credential: null, query: "credential" }),
  { name: "another agent's credential in this agent's session", run: foreignSession },
  { name: "another agent's hold", run: foreignHold },
  { name: "a port squatter learns no credential", run: portSquatter },
]

interface RawCall {
  host?: string
  credential?: string | null
  query?: string
  more?: string[]
}

function raw(name: string, expected: number | "served", call: RawCall): Refusal {
  return {
    name,
    run: async ({ target }) => {
      target.received()
      const at = new URL(target.door)
      const mark = `refusal-${name.replaceAll(/\W/g, "-")}`
      const answer = await sendBytes(
        { host: at.hostname.replace(/^\[|\]$/g, ""), port: Number(at.port) },
        bytesOf(target, call, mark),
      )
      const arrived = target.received().some((message) => JSON.stringify(message).includes(mark))
      const [status = 0] = answer.statuses
      if (expected === "served")
        return status === 200 && arrived ? undefined : `it was answered with ${status}`
      if (arrived) return "it reached the upstream"
      return status === expected ? undefined : `it was answered with ${status}, not ${expected}`
    },
  }
}

function bytesOf(
  target: HostileTarget,
  { host, credential = target.credential ?? null, query, more = agreeing }: RawCall,
  mark: string,
): Buffer {
  const at = new URL(target.door)
  const body = markedCall(mark)
  const lines = [
    `POST ${at.pathname}${query === undefined ? "" : `?${query}=${target.credential}`} HTTP/1.1`,
    `Host: ${host ?? at.host}`,
    ...modern,
    ...more,
    ...(credential === null ? [] : [`Authorization: Bearer ${credential}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`)
}

async function foreignSession({ target }: Ground): Promise<string | undefined> {
  const mine = await openCaller({ url: target.door, era: "legacy", ...credentialOf(target.credential) })
  const other = await openCaller({ url: target.door, era: "legacy", ...credentialOf(target.otherCredential) })
  const session = mine.headers["mcp-session-id"]
  if (session === undefined) return "the door gave no session to borrow"
  other.headers["mcp-session-id"] = session
  target.received()
  const answer = await other.call("add_note", { id: "foreign-session", text: "a note" })
  await Promise.all([mine.close(), other.close()])
  if (target.received().some((message) => message.method === "tools/call")) return "it reached the upstream"
  return answer.status >= 400 && answer.status < 500 ? undefined : `it was answered with ${answer.status}`
}

const credentialOf = (credential: string | undefined) => (credential === undefined ? {} : { credential })

// The other agent brings the state that the first was given, before and after a person approved the first one's call.
async function foreignHold({ node, target }: Ground): Promise<string | undefined> {
  const args = { id: "foreign-hold", text: "a note", to: "somebody" }
  const mine = await openCaller({ url: target.door, era: "modern", ...credentialOf(target.credential) })
  const other = await openCaller({ url: target.door, era: "modern", ...credentialOf(target.otherCredential) })
  target.received()
  try {
    const _meta = {
      ...modernMeta,
      "io.modelcontextprotocol/clientCapabilities": { elicitation: { url: {} } },
    }
    const asked = await mine.request("tools/call", { name: "send_note", arguments: args, _meta })
    const requestState = asked.message?.result?.["requestState"]
    if (typeof requestState !== "string") return "the door gave no state to steal"
    const stolen = {
      name: "send_note",
      arguments: args,
      _meta,
      requestState,
      inputResponses: { approval: { action: "accept" } },
    }
    await other.request("tools/call", stolen)
    const held = (await heldCalls(node)).find(
      (hold) => hold.arguments?.["id"] === args.id && hold.agentName === "hostile",
    )
    if (held === undefined) return "the first agent's call is not held"
    await approve(node, held)
    await other.request("tools/call", stolen)
    const performed = target.received().filter((message) => message.method === "tools/call")
    return performed.length === 0 ? undefined : "another agent performed a call that was not its own"
  } finally {
    await Promise.all([mine.close(), other.close()])
  }
}

// While the node is down something else takes its port: neither the command nor a guard may tell it anything.
async function portSquatter({ node, target }: Ground): Promise<string | undefined> {
  const port = Number(new URL(target.door).port)
  await node.stop()
  let heard = ""
  const squatter = createServer((socket) => {
    socket.on("data", (chunk: Buffer) => (heard += chunk.toString("latin1")))
    socket.on("error", () => {})
  }).listen(port, loopback)
  await once(squatter, "listening")
  try {
    const outcome = await node.cli(["status"]).then(
      () => "the command took the squatter for the node",
      () => undefined,
    )
    if (outcome !== undefined) return outcome
    return heard === "" ? undefined : `the squatter heard: ${heard.slice(0, 200)}`
  } finally {
    squatter.close()
    await once(squatter, "close")
    await node.restart()
  }
}
