import { parseArgs } from "node:util"
import { startSdkAgent } from "../../packages/server/src/gateway/a2a/testing/sdk-agent.ts"
import { sdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import { compareScripts } from "./compare.ts"
import { startNodeWithPartners } from "./node-with-partners.ts"

/** Random scripts, each directly and through a node in a process of its own, over both bindings; says every difference. */
const { values } = parseArgs({
  options: {
    scripts: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
})
// However it ends, nothing stays behind.
await using started = new AsyncDisposableStack()
const agent = started.adopt(await startSdkAgent(), (it) => it.stop())
const world = await startNodeWithPartners({ scripted: agent.url })
started.defer(() => world.node.dispose())
const seed = Number(values.seed)
const before = performance.now()
const differences = await compareScripts(
  agent,
  {
    direct: await sdkClient(agent.url, "JSONRPC"),
    through: [await world.clientOf("scripted", "JSONRPC"), await world.clientOf("scripted", "HTTP+JSON")],
  },
  { scripts: Number(values.scripts), seed },
)
for (const { script, how, direct, through } of differences.slice(0, 5))
  console.log(
    `${script} as ${how}\n  direct  ${JSON.stringify(direct)}\n  through ${JSON.stringify(through)}`,
  )
const seconds = ((performance.now() - before) / 1000).toFixed(1)
console.log(
  `seed ${seed}: ${values.scripts} scripts over both bindings in ${seconds} s, ${differences.length} differences`,
)
if (differences.length > 0) process.exitCode = 1
