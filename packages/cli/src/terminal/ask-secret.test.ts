import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type NodeUnderTest, startNode } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const program = fileURLToPath(new URL("../../bin/hufu.js", import.meta.url))
/** Gives a command a terminal of its own. */
const script = "/usr/bin/script"

let node: NodeUnderTest
beforeEach(async () => {
  node = await startNode()
})
afterEach(() => node.dispose())

/** Runs a command in a terminal and types each line when its prompt is there; answers everything that the terminal showed. */
async function inTerminal(
  args: readonly string[],
  typing: readonly [prompt: string, line: string][],
): Promise<string> {
  const command = [process.execPath, program, ...args, "--data", node.dataFolder, "--lang", "en"].map(
    (word) => `'${word}'`,
  )
  const child: ChildProcess = spawn(script, ["-qec", command.join(" "), "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
  })
  let shown = ""
  let typed = 0
  const rest = [...typing]
  child.stdout?.on("data", (chunk: Buffer) => {
    shown += chunk.toString("utf8")
    const [next] = rest
    const at = next ? shown.indexOf(next[0], typed) : -1
    if (!next || at < 0) return
    rest.shift()
    typed = at + next[0].length
    child.stdin?.write(next[1])
  })
  await once(child, "close")
  return shown
}

describe.skipIf(!existsSync(script))("a secret that is typed", () => {
  it("is never shown, and has to be the same twice", async () => {
    const differing = await inTerminal(
      ["enrol"],
      [
        ["Choose a terminal secret", "first of two\r"],
        ["again", "second of two\r"],
      ],
    )
    expect(differing).toContain("the two secrets differ")
    const chosen = await inTerminal(
      ["enrol"],
      [
        ["Choose a terminal secret", "one and the same\r"],
        ["again", "one and the same\r"],
      ],
    )
    expect(chosen).toContain("The secret is set")
    const used = await inTerminal(["agent", "create", "ann"], [["Terminal secret", "one and the same\r"]])
    expect(used).toContain("hufu_agent_")
    for (const shown of [differing, chosen, used]) expect(shown).not.toMatch(/of two|and the same/)
  })

  it("is not asked for any more after Ctrl+C, and nothing is done", async () => {
    const shown = await inTerminal(["enrol"], [["Choose a terminal secret", "half a secr\u0003"]])
    expect(shown).toContain("cancelled")
    expect((await node.run(["status", "--json"])).json()).toMatchObject({ personEnrolled: false })
  })
})
