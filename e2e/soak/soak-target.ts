import { fileURLToPath } from "node:url"
import {
  addHttpServer,
  addStdioServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  guardCommand,
  startNode,
} from "../node-under-test.ts"
import { startProcess } from "../process/start-process.ts"
import type { MemoryProbe } from "./memory-probe.ts"

/** A process whose doors are opened and dropped. */
export interface SoakTarget {
  pid: number
  /** Every HTTP door to use; one in front of HTTP, one in front of a command where the target has that. */
  doors: string[]
  credential?: string
  /** A command that a client starts to be guarded, where the target has one. */
  guard?: { command: string; args: string[] }
  dispose(): Promise<void>
}

const plainProxy = fileURLToPath(new URL("../../bench/plain-proxy.ts", import.meta.url))
const stdioUpstream = [
  process.execPath,
  fileURLToPath(new URL("../upstream/stdio-upstream.ts", import.meta.url)),
]

/** The plain proxy: what the run measures where there is nothing to leak. */
export async function startPlainTarget(upstreamUrl: string, probe: MemoryProbe): Promise<SoakTarget> {
  const proxy = await startProcess(process.execPath, [plainProxy, "--upstream", upstreamUrl], {
    env: probe.env,
  })
  return { pid: proxy.pid, doors: [String(proxy.ready["url"])], dispose: proxy.stop }
}

/** Hufu in front of an HTTP upstream and of a command. */
export async function startHufuTarget(upstreamUrl: string, probe: MemoryProbe): Promise<SoakTarget> {
  const node = await startNode({ env: probe.env })
  await enrolPerson(node)
  await addHttpServer(node, "notes", upstreamUrl)
  await addStdioServer(node, "local", stdioUpstream)
  const credential = await createAgent(node, "soak")
  await grantMandate(node, "soak", {
    task: null,
    words: "write as many notes as you like",
    grants: [{ effects: ["write", "read", "execute"], tools: ["*"], limits: [], mode: "auto" }],
    until: Date.now() + 24 * 3_600_000,
  })
  return {
    pid: node.pid,
    doors: [doorOf(node, "notes"), doorOf(node, "local")],
    credential,
    guard: guardCommand(node, "soak", stdioUpstream),
    dispose: () => node.dispose(),
  }
}
