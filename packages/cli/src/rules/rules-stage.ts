import { type RollOut, RollOutStage, type StageRules } from "@hufu/core/contract/roll-out"
import { Failure } from "@hufu/core/failure"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson, withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { stageLine } from "./stage-line.ts"

const texts = {
  en: {
    none: "There is no draft: `draft` in the configuration names one.",
    kept: "Its files are gone or have changed; what decides is what was kept of them. Put them back, or move it off.",
    digests: (rules: string, draft: string) => `Rules: ${rules}\nDraft: ${draft}`,
  },
  zh: {
    none: "没有草案：在配置的 `draft` 中指定。",
    kept: "其文件已不存在或有改动；现以所保存的内容裁定。请放回文件，或将其退回 off。",
    digests: (rules: string, draft: string) => `规则：${rules}\n草案：${draft}`,
  },
} as const

/** `hufu rules stage [STAGE]`: how far the draft is in force, or moves it there, as the person. */
export async function rulesStage(invocation: Invocation): Promise<number> {
  const { positionals, json, language, flags } = invocation
  const [given] = positionals
  if (positionals.length > 1) throw new UsageError("this takes one of `shadow`, `some`, `all`, `off`")
  const known = await withNode(invocation, (client) => client.rules.rollout())
  let shown = known
  if (given !== undefined) {
    const stage = RollOutStage.safeParse(given).data
    if (stage === undefined) throw new UsageError("this takes one of `shadow`, `some`, `all`, `off`")
    const input = { stage, draft: textFlag(flags, "draft") ?? draftOf(known), ...whomOf(invocation) }
    shown = await asPerson(invocation, (client) => client.rules.stage(input))
  } else if (Object.keys(whomOf(invocation)).length > 0)
    throw new UsageError("--agents and --share go with `some`: hufu rules stage some --share 10")
  if (json) printJson(shown)
  else printLines(...lines(shown, language))
  return exitCodes.ok
}

function draftOf({ draft }: RollOut): string {
  if (draft !== null) return draft
  throw new Failure("not_found", "there is no draft: name its files in `draft` of the configuration first")
}

function whomOf({ flags }: Invocation): Partial<Pick<StageRules, "agents" | "share">> {
  const [agents, share] = [textFlag(flags, "agents"), textFlag(flags, "share")]
  if (share !== undefined && !/^\d{1,2}$/.test(share))
    throw new UsageError("--share is how many of a hundred tasks: 1 to 99")
  return {
    ...(agents === undefined ? {} : { agents: agents.split(",").map((each) => each.trim()) }),
    ...(share === undefined ? {} : { share: Number(share) }),
  }
}

function lines(rollOut: RollOut, language: Invocation["language"]): string[] {
  const text = texts[language]
  if (rollOut.draft === null) return [text.none]
  return [
    stageLine(rollOut, language),
    ...(rollOut.from === "kept" ? [text.kept] : []),
    ...text.digests(rollOut.rules, rollOut.draft).split("\n"),
  ]
}
