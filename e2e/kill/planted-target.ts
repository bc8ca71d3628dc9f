import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { request } from "undici"
import { cpuMs } from "../process/process-figures.ts"
import { startProcess } from "../process/start-process.ts"
import type { KillTarget, SeenEntry, SeenHold } from "./kill-target.ts"
import type { PlantedFault } from "./planted-faults.ts"

const program = fileURLToPath(new URL("./planted-gateway.ts", import.meta.url))

/** The planted gateway as a target, sound or with one fault. */
export async function startPlantedTarget(upstreamUrl: string, fault?: PlantedFault): Promise<KillTarget> {
  const folder = await mkdtemp(join(tmpdir(), "planted-"))
  const options = ["--ledger", join(folder, "ledger"), "--upstream", upstreamUrl, "--fault", fault ?? ""]
  const start = (port: string) => startProcess(process.execPath, [program, ...options, "--port", port])
  let running = await start("0")
  const url = String(running.ready["url"])
  const ask = async (path: string) => {
    const { body } = await request(url + path)
    return (await body.json()) as { items: SeenEntry[]; holds: SeenHold[]; spent: number } // planted-gateway.ts
  }
  return {
    door: () => `${url}/mcp`,
    kill9: () => running.kill9(),
    restart: async () => {
      const before = performance.now()
      running = await start(new URL(url).port)
      return { tookMs: performance.now() - before, cpuMs: cpuMs(running.pid) }
    },
    entriesFrom: async (index) => (await ask(`/entries?from=${index}`)).items,
    holds: async () => (await ask("/look")).holds,
    approve: async (hold) => void (await ask(`/approve?hold=${hold}`)),
    spent: async () => (await ask("/look")).spent,
    fault: async () => undefined,
    dispose: async () => {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
