import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  entriesFrom,
  grantMandate,
  guardCommand,
  guardSocketOf,
  heldCalls,
  ledgerFault,
  nodeStatus,
  type NodeUnderTest,
  startNode,
  whyOf,
} from "../node-under-test.ts"
import { followRecord } from "../upstream/record-file.ts"
import type { Recorder } from "../upstream/start-recorder.ts"
import type { DecidedCall } from "./forwarded.ts"
import { startGuard } from "./guard-door.ts"
import type { Ground } from "./refusals.ts"

const stdioUpstream = fileURLToPath(new URL("../upstream/stdio-upstream.ts", import.meta.url))

/** Hufu with two agents of the same rights, a guard, and an upstream behind each that writes everything down. */
export async function startHufuGround(recorder: Recorder, env: Record<string, string>): Promise<Ground> {
  // A call that asks is answered at once instead of waiting for a person who is not there.
  const node = await startNode({ env, config: { ask: { waitSeconds: 0, expirySeconds: 86_400 } } })
  await enrolPerson(node)
  await addHttpServer(node, "notes", recorder.url)
  const credential = await createAgent(node, "hostile")
  const otherCredential = await createAgent(node, "other")
  for (const agent of ["hostile", "other"]) await grantNotes(node, agent)
  const folder = await mkdtemp(join(tmpdir(), "hostile-guard-"))
  const record = join(folder, "received.jsonl")
  const guard = guardCommand(node, "guarded", [process.execPath, stdioUpstream, "--record", record])
  await (await startGuard(guard)).stop() // its first start is what makes its agent known
  await grantNotes(node, "guarded")
  const guarded = followRecord(record)
  return {
    node,
    target: {
      get pid() {
        return node.pid
      },
      door: doorOf(node, "notes"),
      credential,
      otherCredential,
      guard,
      socket: guardSocketOf(node),
      ended: () => node.ended(),
      errorText: () => node.errorText(),
      look: () => Promise.all([heldCalls(node), nodeStatus(node), ledgerSound(node)]),
      decided: () => decidedCalls(node),
      received: () => [...recorder.received(), ...guarded()],
      dispose: async () => {
        await node.dispose()
        await rm(folder, { recursive: true, force: true })
      },
    },
  }
}

async function ledgerSound(node: NodeUnderTest): Promise<void> {
  const fault = await ledgerFault(node)
  if (fault !== undefined) throw new Error(fault)
}

async function grantNotes(node: NodeUnderTest, agent: string): Promise<void> {
  await grantMandate(node, agent, {
    task: null,
    words: "add notes by yourself, ask me before you send one, and nothing else",
    grants: [
      { effects: ["write"], tools: ["*"], limits: [], mode: "auto" },
      { effects: ["send"], tools: ["*"], limits: [], mode: "ask" },
    ],
    otherwise: "deny",
    until: Date.now() + 24 * 3_600_000,
  })
}

async function decidedCalls(node: NodeUnderTest): Promise<DecidedCall[]> {
  const actions = (await entriesFrom(node, 0)).flatMap(({ entry }) => {
    const of = entry as Record<string, unknown> // the shape of an entry is core's, read by name here
    return of["kind"] === "intent" && of["verdict"] === "allow" ? [String(of["action"])] : []
  })
  return (await whyOf(node, actions)).map((why) => ({ tool: why.action.tool, arguments: why.arguments }))
}
