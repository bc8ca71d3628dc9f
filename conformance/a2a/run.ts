import { loopback } from "@hufu/server/http/testing/loopback"
import { parseArgs } from "node:util"
import { startAgent } from "./agent.ts"
import { hufuInFront } from "./hufu-in-front.ts"
import { openImplementation } from "./implementation.ts"
import { serveFunction } from "./serve-function.ts"
import { openWebhook } from "./webhook.ts"
import { type Finding, runRequirements } from "./run-requirements.ts"

/**
 * Checks the mandatory requirements of A2A 1.0 on whoever serves it at an address.
 *
 *     node conformance/a2a/run.ts             checks a node of Hufu in front of the agent that is asked
 *     node conformance/a2a/run.ts --function  checks a function that the SDK serves as an agent
 *     node conformance/a2a/run.ts URL [--header "authorization: Bearer …"]… [--webhook HOST]
 *     node conformance/a2a/run.ts --agent     serves the agent behind which an implementation is checked, until it is stopped
 */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      header: { type: "string", multiple: true, default: [] },
      webhook: { type: "string", default: loopback },
      agent: { type: "boolean", default: false },
      function: { type: "boolean", default: false },
    },
  })
  if (values.agent) {
    const agent = await startAgent()
    console.log(agent.url)
    return
  }
  const webhook = await openWebhook(values.webhook)
  const [url] = positionals
  const own =
    url !== undefined ? undefined : values.function ? await serveFunction() : await hufuInFront(webhook.url)
  try {
    const headers = own?.headers ?? readHeaders(values.header)
    report(await runRequirements(await openImplementation(own?.url ?? url ?? "", headers, webhook)))
  } finally {
    webhook.close()
    await own?.close()
  }
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":")
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    }),
  )
}

function report(findings: readonly Finding[]): void {
  for (const { id, binding, outcome, why } of findings)
    console.log(`${outcome.padEnd(15)} ${binding.padEnd(10)} ${id.padEnd(26)} ${why}`)
  const count = (outcome: string) => findings.filter((each) => each.outcome === outcome).length
  console.log(`${count("met")} met, ${count("unmet")} unmet, ${count("not applicable")} not applicable`)
  if (findings.length === 0 || count("unmet") > 0) process.exitCode = 1
}

await main()
