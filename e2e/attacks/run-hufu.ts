import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"

const command = fileURLToPath(new URL("../../packages/cli/bin/hufu.js", import.meta.url))

/** Runs the real command, as anybody with a shell can, and answers how it ended. */
export async function runHufu(
  args: readonly string[],
  { stdin = "", env = {} }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [command, ...args], { env: { ...process.env, ...env } })
  child.stdin.on("error", () => {}) // a command that needs no input may end before it is written
  child.stdin.end(stdin)
  // Nothing comes between: the streams end with the process.
  const [[code], out, problems] = await Promise.all([
    once(child, "close") as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, said: out + problems }
}
