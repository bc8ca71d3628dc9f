import { textFlag } from "../arguments/flag-value.ts"
import type { Command, Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"

/** `hufu demo` as the help shows it. */
export const demoCommand: Command = {
  name: "demo",
  en: "Watch Hufu stop an agent that a letter has misled, with real tool servers",
  zh: "演示：真实工具服务器上，虎符拦住被信件误导的智能体",
  flags: {
    remove: { type: "boolean", en: "remove everything that demos left behind", zh: "删除演示留下的一切" },
  },
  more: {
    en: "It has a node and a folder of its own; --data names a folder that does not exist yet. In a terminal you may approve one write yourself.",
    zh: "演示使用自己的节点与目录；--data 指定一个尚不存在的目录。在终端中运行时，您可以亲自批准一次写入。",
  },
  load: async () => demo,
}

async function demo({ flags, json, language, dataFolder }: Invocation): Promise<number> {
  const { removeDemo, runDemo } = await import("./demo.ts")
  // A demo never touches the data folder that is used otherwise: only one that is named here.
  const named = textFlag(flags, "data") === undefined ? {} : { dataDir: dataFolder }
  const options = { ...named, json, lang: language }
  const interactive = !json && process.stdin.isTTY && process.stdout.isTTY
  const ok = await (flags["remove"] === true ? removeDemo(options) : runDemo({ ...options, interactive }))
  return ok ? exitCodes.ok : exitCodes.failed
}
