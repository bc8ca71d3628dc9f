import type { Limit } from "@hufu/core/mandate/limit"
import { draftOf, type Grant, type Mandate, MandateDraft } from "@hufu/core/mandate/mandate"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { parseTime } from "../arguments/parse-time.ts"
import { readJson, readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { FlagValues } from "../command/command.ts"

/** The mandate that `--file` or the simple flags say; with a base, only what they say is different from it. */
export async function readDraft(flags: FlagValues, base?: Mandate): Promise<MandateDraft> {
  const file = textFlag(flags, "file")
  const given = file === undefined ? fromFlags(flags, base) : readJson(await readText(file), `\`${file}\``)
  const parsed = MandateDraft.safeParse(given)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UsageError(
    `correct \`${issue?.path.join("/") || "the mandate"}\`: ${issue?.message ?? "it does not fit"}`,
  )
}

function fromFlags(flags: FlagValues, base: Mandate | undefined): unknown {
  const until = textFlag(flags, "until")
  const count = textFlag(flags, "count")
  const task = textFlag(flags, "task")
  const otherwise = textFlag(flags, "otherwise")
  const words = textFlag(flags, "words")
  if (otherwise !== undefined && otherwise !== "ask" && otherwise !== "deny")
    throw new UsageError("--otherwise is `ask` or `deny`")
  if (count !== undefined && !/^\d{1,9}$/.test(count)) throw new UsageError("--count takes a whole number")
  return {
    ...(base ? draftOf(base) : { words: "", until: parseTime("24h", Date.now()) }),
    grants: grantsFrom(flags, base),
    ...(until === undefined ? {} : { until: parseTime(until, Date.now()) }),
    ...(task === undefined ? {} : { task }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(words === undefined ? {} : { words }),
    ...(count === undefined ? {} : { budget: { ...base?.budget, count: Number(count) } }),
  }
}

function grantsFrom(flags: FlagValues, base: Mandate | undefined): unknown[] {
  const limits = textFlags(flags, "path").map(pathLimit)
  const effects = words(textFlag(flags, "effects"))
  const tools = words(textFlag(flags, "tools"))
  const ask = flags["ask"] === true
  if (base)
    return base.grants
      .map((grant) => lessOf(grant, { effects, tools, ask, limits }))
      .filter(({ effects }) => effects.length > 0)
  if (!effects || !tools) throw new UsageError("give --effects and --tools, or the whole mandate with --file")
  return [{ effects, tools, limits, mode: ask ? "ask" : "auto" }]
}

interface Less {
  readonly effects: readonly string[] | undefined
  readonly tools: string[] | undefined
  readonly ask: boolean
  readonly limits: readonly Limit[]
}

/** The same grant, but for what was said; whether it is narrower is for the node to decide. */
function lessOf(grant: Grant, { effects, tools, ask, limits }: Less): Grant {
  return {
    ...grant,
    effects: effects ? grant.effects.filter((each) => effects.includes(each)) : grant.effects,
    tools: tools ?? grant.tools,
    mode: ask ? "ask" : grant.mode,
    limits: [...grant.limits, ...limits],
  }
}

/** A list that commas separate. */
function words(text: string | undefined): string[] | undefined {
  return text?.split(",").map((word) => word.trim())
}

function pathLimit(pair: string): Limit {
  const at = pair.indexOf("=")
  if (at < 1) throw new UsageError("--path takes an argument and a folder: --path /path=/home/ann/notes")
  return { argument: pair.slice(0, at), kind: "path", under: pair.slice(at + 1) }
}
