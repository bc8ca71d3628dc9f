import { mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { Failure } from "@hufu/core/failure"
import { Name } from "@hufu/core/id"
import { readSecret, writeSecret } from "@hufu/server/store/secret-file"

/** The agent of a guard that names none, and so the one whose hook it is. */
export const defaultAgent = "local"

const shape = /^hufu_hook_[A-Za-z0-9_-]{1,200}$/

/** Where the hook's credential of an agent is kept: in the node's data folder, which no action may touch. */
export function hookCredentialFile(dataFolder: string, agent: string): string {
  const name = Name.safeParse(agent)
  if (!name.success)
    throw new Failure(
      "invalid_input",
      `\`${agent.slice(0, 80)}\` is no agent's name: \`hufu agent list\` shows them`,
    )
  return join(dataFolder, "keys", `hook-${name.data}.credential`)
}

/** The hook's credential: from HUFU_HOOK_CREDENTIAL, else from its file. */
export function readHookCredential(
  dataFolder: string,
  agent: string,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const given = environment["HUFU_HOOK_CREDENTIAL"]
  const found = given || readSecret(hookCredentialFile(dataFolder, agent))?.toString("utf8").trim()
  if (!found)
    throw new Failure(
      "unauthenticated",
      `the agent \`${agent}\` has no hook credential here: run \`hufu hook claude-code --issue\``,
    )
  if (!shape.test(found))
    throw new Failure(
      "unauthenticated",
      "that is not a hook's credential: issue one with `hufu hook claude-code --issue`",
    )
  return found
}

/** Whether an agent's hook has its credential in the data folder. */
export function hasHookCredential(dataFolder: string, agent: string): boolean {
  return readSecret(hookCredentialFile(dataFolder, agent)) !== null
}

/** Keeps a hook's credential, for this account alone. */
export function keepHookCredential(dataFolder: string, agent: string, credential: string): string {
  const file = hookCredentialFile(dataFolder, agent)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeSecret(file, `${credential}\n`)
  return file
}
