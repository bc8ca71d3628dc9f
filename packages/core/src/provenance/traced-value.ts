import { z } from "zod"
import type { Language } from "../words.ts"
import { type Origin, origins } from "./origin.ts"

/** A value of an action that a person should look at, and where it came from. UNTRUSTED: `value` is what the agent wrote. */
export const TracedValue = z.object({
  /** A pointer in which `-` is any element. */
  argument: z.string(),
  value: z.string(),
  /** What the action is aimed at, a web address that it passes on, or a password that it sets. */
  use: z.enum(["target", "link", "secret"]),
  origin: z.enum(origins),
  /** Where others wrote it, if it was seen there: no action for a tool's own definition. */
  seenIn: z.object({ action: z.string(), server: z.string(), tool: z.string() }).optional(),
})
export type TracedValue = z.infer<typeof TracedValue>

const sentences: Readonly<Record<Language, Readonly<Record<Origin, string>>>> = {
  en: {
    named: "you named it",
    own: "from your own records",
    wrote: "wrote to you, by the tool server's word",
    linked: "a web address in what you pointed the agent to",
    unknown: "seen nowhere: not in your words, nor in anything that was read",
    others: "known only from what others wrote",
  },
  zh: {
    named: "您点过名",
    own: "来自您自己的记录",
    wrote: "据工具服务器所称，是给您写信的人",
    linked: "您让智能体查看的内容中的网址",
    unknown: "来源不明：既不在您的话里，也不在读到的内容里",
    others: "仅见于他人所写的内容",
  },
}

/** Where a value came from, in one sentence. */
export function sayOrigin(
  { origin, seenIn }: Pick<TracedValue, "origin" | "seenIn">,
  language: Language,
): string {
  const sentence = sentences[language][origin]
  if (!seenIn) return sentence
  const where = `${seenIn.server}/${seenIn.tool}`
  return language === "zh" ? `${sentence}（${where}）` : `${sentence} (${where})`
}
