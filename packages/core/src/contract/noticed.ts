import { z } from "zod"

/** What detectors noticed of an action: in its arguments, or in the results that its task had read before. */
export const Noticed = z.object({
  in: z.enum(["arguments", "results"]),
  /** The fixed word that rules see. */
  signal: z.string(),
  en: z.string(),
  zh: z.string(),
})
export type Noticed = z.infer<typeof Noticed>

/** A sentence of what was noticed, for people. */
export function sayNoticed({ in: place, ...said }: Noticed, language: "en" | "zh"): string {
  if (language === "zh") return `${place === "arguments" ? "参数中" : "本任务读到的结果中"}：${said.zh}`
  return `in ${place === "arguments" ? "the arguments" : "results that this task has read"}: ${said.en}`
}
