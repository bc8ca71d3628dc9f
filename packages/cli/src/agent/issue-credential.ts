import { readInput } from "../arguments/input-flags.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** `hufu agent create NAME`: the agent, and its credential this once. */
export async function agentCreate(invocation: Invocation): Promise<number> {
  const input = await readInput("agent.create", invocation)
  const made = await asPerson(invocation, (client) => client.agent.create(input))
  const { agent, credential } = made
  if (invocation.json) printJson(made)
  else
    printLines(
      `${agent.name}  ${agent.id}`,
      ...(credential === null ? [] : credentialLines(credential, invocation.language)),
    )
  return exitCodes.ok
}

/** `hufu credential issue AGENT`: a credential, this once. */
export async function credentialIssue(invocation: Invocation): Promise<number> {
  const input = await readInput("credential.issue", invocation)
  const made = await asPerson(invocation, (client) => client.credential.issue(input))
  if (invocation.json) printJson(made)
  else printLines(made.record.id, ...credentialLines(made.credential, invocation.language))
  return exitCodes.ok
}

function credentialLines(credential: string, language: Invocation["language"]): string[] {
  const isHook = credential.startsWith("hufu_hook_")
  const use = isHook ? "HUFU_HOOK_CREDENTIAL" : "Authorization: Bearer …, HUFU_CREDENTIAL"
  return language === "zh"
    ? [`凭证（仅显示这一次，用于 ${use}）：`, credential]
    : [`Its credential, shown only now (for ${use}):`, credential]
}
