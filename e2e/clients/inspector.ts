import { outcomeOf, type ClientUnderTest, type Era, type Outcome, type Target } from "./client-under-test.ts"
import { hostEntry, makeHome, runPeer, type Ended } from "./run-command.ts"
import { serveClient } from "./serve-client.ts"

// @modelcontextprotocol/inspector 2.12.0 in its command-line mode: one process, and one connection, per operation.

const program = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"

async function connect(target: Target, era: Era): Promise<ClientUnderTest> {
  const home = await makeHome(hostEntry(target))
  const connection = ["--cli", "--config", home.config, "--server", "target", "--protocol-era", era]
  const run = (args: readonly string[]): Promise<Ended> =>
    runPeer(program, [...connection, "--format", "json", "--quiet", ...args], home)
  return {
    list: async () => toolNames(await run(["--method", "tools/list"])),
    call: async (tool, args) =>
      callOutcome(
        await run(["--method", "tools/call", "--tool-name", tool, "--tool-args-json", JSON.stringify(args)]),
      ),
    close: () => home.remove(),
  }
}

// the envelope of `--format json`: `{"result": …}` on standard output
function resultIn(ended: Ended): unknown {
  const parsed = JSON.parse(ended.out) as { result?: unknown } // checked by the callers
  return parsed.result ?? parsed
}

function toolNames(ended: Ended): string[] {
  if (ended.code !== 0) throw new Error(`the inspector ended with ${ended.code}: ${ended.problems}`)
  const { tools } = resultIn(ended) as { tools: { name: string }[] } // a failure to fit is a failure of the run
  return tools.map(({ name }) => name)
}

// a tool error ends with its own exit code, and the result is still on standard output
function callOutcome(ended: Ended): Outcome {
  if (ended.out.trim() !== "") return outcomeOf(resultIn(ended))
  return { ok: false, isError: true, text: ended.problems.trim() }
}

await serveClient(connect)
