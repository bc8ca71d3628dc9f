import type { ChainLink } from "@hufu/core/contract/passing"
import { sayMandate } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

const states: Readonly<Record<ChainLink["state"], Readonly<Record<Language, string>>>> = {
  holds: { en: "holds", zh: "有效" },
  not_yet: { en: "not yet", zh: "尚未生效" },
  expired: { en: "expired", zh: "已过期" },
  agent_out_of_service: { en: "its agent is not in service", zh: "其智能体未在服务" },
  above: { en: "what it hangs on does not hold", zh: "其上级授权无效" },
}

const widened: Readonly<Record<Language, string>> = {
  en: "The principal approved all of this, also what is more than the mandate above it.",
  zh: "委托人批准了以下全部内容，包括超出上级授权的部分。",
}

/** `hufu mandate chain MANDATE`: who passed what on to whom. */
export async function chain(invocation: Invocation): Promise<number> {
  const { positionals, json, language } = invocation
  const [mandate] = positionals
  if (mandate === undefined || positionals.length > 1)
    throw new UsageError("this takes one mandate: `hufu mandate list` shows them")
  const output = await withNode(invocation, (client) => client.mandate.chain({ mandate }))
  if (json) printJson(output)
  else printLines(...linesOf(output.items, language))
  return exitCodes.ok
}

function linesOf(items: readonly ChainLink[], language: Language): string[] {
  const depths = new Map<string, number>()
  return items.flatMap(({ mandate, agentName, state }) => {
    const depth = mandate.parent === null ? 0 : (depths.get(mandate.parent) ?? -1) + 1
    depths.set(mandate.id, depth)
    const indent = "   ".repeat(depth)
    return [
      `${indent}${depth === 0 ? "" : "└─ "}${agentName}  ${mandate.id}  (${states[state][language]})`,
      ...(mandate.widened === undefined ? [] : [`${indent}   ${widened[language]}`]),
      ...sayMandate(mandate, language).map((sentence) => `${indent}   ${sentence}`),
    ]
  })
}
