import { type Command, secretFlag } from "../command/command.ts"
import { mandateFlags, passFlags } from "./mandate-flags.ts"

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
    name: "mandate pass",
    takes: "MANDATE AGENT",
    en: "Pass a part of a mandate on to another agent, for one task; anything wider is refused with the difference",
    zh: "将授权的一部分转授另一智能体用于一项任务；任何放宽都会被拒绝并说明差异",
    flags: { ...passFlags, ...secretFlag },
    load: async () => (await import("./pass.ts")).pass,
  },
  {
    name: "mandate chain",
    takes: "MANDATE",
    en: "Show who passed what of a mandate on to whom, and what of it holds",
    zh: "显示授权由谁转授给谁，以及其中哪些有效",
    flags: {},
    load: async () => (await import("./chain.ts")).chain,
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
