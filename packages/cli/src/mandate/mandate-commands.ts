import { type Command, secretFlag } from "../command/command.ts"
import { mandateFlags } from "./mandate-flags.ts"

/** Granting, narrowing and reading mandates. */
export const mandateCommands: readonly Command[] = [
  {
    name: "mandate grant",
    takes: "AGENT",
    en: "Grant a mandate to an agent",
    zh: "向智能体授予授权",
    flags: { ...mandateFlags, ...secretFlag },
    load: async () => (await import("./grant.ts")).grant,
  },
  {
    name: "mandate narrow",
    takes: "MANDATE",
    en: "Narrow a mandate, at once; anything wider is refused with the difference",
    zh: "立即收窄授权；任何放宽都会被拒绝并说明差异",
    flags: mandateFlags,
    load: async () => (await import("./narrow.ts")).narrow,
  },
  {
    name: "mandate explain",
    takes: "MANDATE",
    en: "Say in plain sentences what a mandate allows and what is spent",
    zh: "用平实的语言说明授权内容与已用额度",
    flags: {},
    load: async () => (await import("./explain.ts")).explain,
  },
]
