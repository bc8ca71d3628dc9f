import { fileURLToPath } from "node:url"
import { startProcess } from "../process/start-process.ts"
import type { Recorder } from "../upstream/start-recorder.ts"
import type { HostileTarget } from "./hostile-target.ts"

const plainProxy = fileURLToPath(new URL("../../bench/plain-proxy.ts", import.meta.url))

/** The plain proxy: it decides nothing, so the run can show that it notices. */
export async function startPlainTarget(
  recorder: Recorder,
  env: Record<string, string>,
): Promise<HostileTarget> {
  const proxy = await startProcess(process.execPath, [plainProxy, "--upstream", recorder.url], { env })
  return {
    pid: proxy.pid,
    door: String(proxy.ready["url"]),
    ended: () => proxy.ended(),
    errorText: () => proxy.errorText(),
    received: recorder.received,
    dispose: proxy.stop,
  }
}
