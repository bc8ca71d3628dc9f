import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"

const Arguments = z.record(z.string(), z.json())
const RecordedTool = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.record(z.string(), z.json()),
})
const UserTask = z.object({
  id: z.string(),
  prompt: z.string(),
  calls: z.array(
    z.object({
      function: z.string(),
      args: Arguments,
      result_text: z.string(),
      error: z.string().nullable().optional(),
    }),
  ),
})
const Suite = z.object({ suite: z.string(), tools: z.array(RecordedTool), user_tasks: z.array(UserTask) })
const Pairs = z.object({
  suite: z.string(),
  pairs: z.array(
    z.object({
      user_task: z.string(),
      injection_task: z.string(),
      calls: z.array(
        z.object({
          phase: z.enum(["user", "injection"]),
          function: z.string(),
          args: Arguments,
          result: z.string(),
          error: z.string().nullable().optional(),
          necessary: z.boolean().optional(),
        }),
      ),
    }),
  ),
  results: z.record(z.string(), z.string()),
})

export type RecordedTool = z.infer<typeof RecordedTool>

/** One call of a run as it was recorded. */
export interface RecordedCall {
  readonly by: "user" | "attack"
  readonly tool: string
  readonly arguments: z.infer<typeof Arguments>
  /** What the tool gave back. */
  readonly text: string
  readonly isError: boolean
  /** The attack fails without it. */
  readonly isNecessary: boolean
}

export interface RecordedRun {
  readonly task: string
  readonly prompt: string
  /** Null: nobody attacks. */
  readonly attack: string | null
  readonly calls: readonly RecordedCall[]
}

export interface RecordedSuite {
  readonly name: string
  readonly tools: readonly RecordedTool[]
  readonly runs: readonly RecordedRun[]
}

/** Reads every suite of a folder: `NAME.suite.json`, and `NAME.pairs.json` beside it, in the form of the data's README. */
export function readSuites(folder: string): RecordedSuite[] {
  const names = readdirSync(folder).flatMap((file) => /^(.+)\.suite\.json$/.exec(file)?.[1] ?? [])
  return names.toSorted().map((name) => {
    const suite = Suite.parse(JSON.parse(readFileSync(join(folder, `${name}.suite.json`), "utf8")))
    const pairs = Pairs.parse(JSON.parse(readFileSync(join(folder, `${name}.pairs.json`), "utf8")))
    return { name, tools: suite.tools, runs: [...benignRuns(suite), ...attackedRuns(suite, pairs)] }
  })
}

function benignRuns(suite: z.infer<typeof Suite>): RecordedRun[] {
  return suite.user_tasks.map(({ id, prompt, calls }) => ({
    task: id,
    prompt,
    attack: null,
    calls: calls.map((call) => ({
      by: "user",
      tool: call.function,
      arguments: call.args,
      text: call.error ?? call.result_text,
      isError: typeof call.error === "string",
      isNecessary: false,
    })),
  }))
}

function attackedRuns(
  suite: z.infer<typeof Suite>,
  { pairs, results }: z.infer<typeof Pairs>,
): RecordedRun[] {
  const promptOf = new Map(suite.user_tasks.map(({ id, prompt }) => [id, prompt]))
  return pairs.map(({ user_task: task, injection_task: attack, calls }) => ({
    task,
    prompt: promptOf.get(task) ?? "",
    attack,
    calls: calls.map((call) => ({
      by: call.phase === "user" ? "user" : "attack",
      tool: call.function,
      arguments: call.args,
      text: call.error ?? results[call.result] ?? "",
      isError: typeof call.error === "string",
      isNecessary: call.necessary === true,
    })),
  }))
}
