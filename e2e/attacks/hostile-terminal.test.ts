import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { isLongRun } from "../long-run.ts"
import { createWorld, type World } from "../invariants/world.ts"
import { type HostileScene, makeHostileScene } from "./hostile-scene.ts"
import { hiddenCharacters, hostileName, hostileTexts } from "./hostile-texts.ts"
import { runHufu } from "./run-hufu.ts"

// Text that an agent, a tool server or a host wrote, as the command line shows it: seen, never obeyed, and on no line of its own.

let world: World & AsyncDisposable
let scene: HostileScene
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hufu-terminal-"))
  world = await createWorld()
  scene = await makeHostileScene(world)
}, 60_000)
afterAll(async () => {
  await world?.dispose()
  await rm(folder, { recursive: true, force: true })
})

const hufu = (args: readonly string[]) => runHufu([...args, "--data", world.dataFolder])

/** A line that seems to be Hufu's and is not: the texts have each of these at the start of a line. */
const imitated =
  /^(?:\[ Approve \]|✔ Approved|Refuse$|Why you are asked|platform\/reviewed|# Approved|Approve\t)/m

/** What is wrong with what a command said. */
function faultsIn(args: readonly string[], said: string): string[] {
  const faults: string[] = []
  const hidden = hiddenCharacters.exec(said)
  if (hidden) {
    const around = JSON.stringify(said.slice(Math.max(0, hidden.index - 40), hidden.index + 10))
    faults.push(`U+${hidden[0].codePointAt(0)?.toString(16)} is not spelled out in ${around}`)
  }
  const line = imitated.exec(said)
  if (line) faults.push(`a line of its own: ${said.slice(Math.max(0, line.index - 80), line.index + 40)}`)
  return faults.map((fault) => `hufu ${args.join(" ").slice(0, 60)}: ${fault}`)
}

describe("hostile text in a terminal", { timeout: 240_000 }, () => {
  test("is seen and moves nothing, in tables, sentences, JSON and refusals", async () => {
    const receipt = join(folder, "receipt.json")
    const opened = ["receipt", scene.performed, "--open", "tool,arguments"]
    expect((await hufu([...opened, "--output", receipt])).code).toBe(0)
    const asked = hostileName.replaceAll("\0", "") // no argument of a command can hold it
    const shown = [
      ["approvals", "--state", "all"],
      ...scene.holds.map((hold) => ["approval", "show", hold]),
      ["action", "list"],
      ["why", scene.named],
      ["why", scene.performed],
      opened,
      ["verify", receipt],
      ["task", "list"],
      ["task", "show", scene.task],
      ["tool", "list", "notes"],
      ["server", "list"],
      ["mandate", "list"],
      ["mandate", "explain", scene.mandate],
      ["agent", "show", "reader"],
      ["log", "export", "--open", "tool,arguments"],
      ["log", "export", "--format", "csv", "--open", "tool,arguments"],
      ["log", "export", "--format", "ocsf", "--open", "tool,arguments"],
      ["decide", "reader", "notes", asked, "--arguments", JSON.stringify(hostileTexts)],
    ]
    // What nobody knows is repeated in the refusal.
    const unknown = [
      ["approve", asked],
      ["why", asked],
      ["agent", "show", asked],
      ["tool", "list", asked],
      ["task", "show", asked],
      ["mandate", "explain", asked],
      ["decide", asked, "notes", "x"],
      ["verify", join(folder, asked.replaceAll("/", "|"))],
      ["refuse", scene.hold, "--reason", hostileTexts.button, `--${asked}`],
      [asked],
    ]
    const faults: string[] = []
    const run = async (args: readonly string[], isRefused: boolean) => {
      const { code, said } = await hufu(args)
      if ((code === 0) === isRefused && args[0] !== "decide")
        faults.push(`hufu ${args.join(" ")}: ended ${code}: ${said.slice(0, 200)}`)
      // RFC 4180 §2: a line of CSV ends so.
      faults.push(...faultsIn(args, said.replaceAll("\r\n", "\n")))
    }
    const runs = [
      ...shown.map((args) => [args, false] as const),
      ...unknown.map((args) => [args, true] as const),
    ]
    // JSON is written by one function, so that a few are enough among the other tests.
    const inJson = isLongRun ? runs : [...runs.slice(0, 2), ...runs.slice(-3)]
    const all = [...runs, ...inJson.map(([args, isRefused]) => [[...args, "--json"], isRefused] as const)]
    const next = all.values()
    const runRest = async () => {
      for (const [args, isRefused] of next) await run(args, isRefused)
    }
    await Promise.all([runRest(), runRest(), runRest()])
    expect(faults).toEqual([])
  })
})
