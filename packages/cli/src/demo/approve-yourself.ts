import { spawn } from "node:child_process"
import { createInterface } from "node:readline/promises"
import { hufu } from "./demo-node.ts"
import type { Stage } from "./story.ts"

const question = {
  en: "   Do you want to do this now? [Y/n] ",
  zh: "   现在进行吗？[Y/n] ",
} as const

/** Lets the person enrol and approve with the ordinary commands, in this terminal; answers whether they approved. */
export async function approveYourself({ folder, language }: Stage, hold: string): Promise<boolean> {
  if (!(await wants(question[language]))) return false
  const flags = ["--data", folder.dataFolder, "--lang", language]
  return (await runHere("enrol", ...flags)) && (await runHere("approve", hold, ...flags))
}

async function wants(text: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return !/^\s*(?:n|no|否|不)/i.test(await lines.question(text))
  } catch {
    return false
  } finally {
    lines.close()
  }
}

/** A command with this terminal as its own. */
function runHere(...args: readonly string[]): Promise<boolean> {
  const [program, ...own] = hufu
  return new Promise((resolve) => {
    const child = spawn(program, [...own, ...args], { stdio: "inherit" })
    child.once("error", () => resolve(false))
    child.once("close", (code) => resolve(code === 0))
  })
}
