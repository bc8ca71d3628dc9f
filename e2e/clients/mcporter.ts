import { outcomeOf, type ClientUnderTest, type Outcome, type Target } from "./client-under-test.ts"
import { hostEntry, makeHome, runPeer, type Ended } from "./run-command.ts"
import { serveClient } from "./serve-client.ts"

// mcporter 0.12.3: one process, and one connection, per operation.

const program = "mcporter/dist/cli.js"

async function connect(target: Target): Promise<ClientUnderTest> {
  const home = await makeHome(hostEntry(target))
  const run = (args: readonly string[]): Promise<Ended> =>
    runPeer(program, ["--config", home.config, ...args], home)
  return {
    list: async () => toolNames(await run(["list", "target", "--json"])),
    call: async (tool, args) =>
      callOutcome(
        await run([
          "call",
          `target.${tool}`,
          "--args",
          JSON.stringify(args),
          "--output",
          "json",
          "--no-oauth",
        ]),
      ),
    close: () => home.remove(),
  }
}

function toolNames(ended: Ended): string[] {
  if (ended.code !== 0) throw new Error(`mcporter ended with ${ended.code}: ${ended.problems}${ended.out}`)
  const { tools } = JSON.parse(ended.out) as { tools: { name: string }[] } // a failure to fit is a failure of the run
  return tools.map(({ name }) => name)
}

function callOutcome(ended: Ended): Outcome {
  // hints such as "did you mean" may come before the result
  const start = ended.out.search(/^\{/m)
  if (start >= 0) return printedOutcome(JSON.parse(ended.out.slice(start)), ended.code !== 0)
  return { ok: false, isError: true, text: `${ended.problems}${ended.out}`.trim() }
}

// structured content is printed alone, everything else as the result that the server sent
function printedOutcome(printed: unknown, isError: boolean): Outcome {
  const { content, error, issue } = printed as { content?: unknown; error?: unknown; issue?: unknown } // only looked at
  if (Array.isArray(content)) return outcomeOf(printed)
  // a protocol error is printed as its own description of what went wrong
  if (typeof error === "string" && issue !== undefined) return { ok: false, isError: true, text: error }
  return { ok: true, isError, text: JSON.stringify(printed), structured: printed }
}

await serveClient(connect)
