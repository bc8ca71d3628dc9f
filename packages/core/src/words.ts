import { z } from "zod"
import { languages } from "./languages.ts"

/** The words of Hufu's design: every page, command and API uses these and no synonyms. */

/** 行为类别: what kind of thing an action does. */
export const effects = [
  "read",
  "compute",
  "write",
  "delete",
  "send",
  "publish",
  "pay",
  "execute",
  "control",
  "decide",
] as const
export const Effect = z.enum(effects)
export type Effect = z.infer<typeof Effect>

/** 决策方式: who decides. */
export const decisionModes = ["user-only", "ask", "auto"] as const
export const DecisionMode = z.enum(decisionModes)
export type DecisionMode = z.infer<typeof DecisionMode>

/** 裁定: what the fence says of an action. */
export const verdictKinds = ["allow", "ask", "deny"] as const
export const VerdictKind = z.enum(verdictKinds)
export type VerdictKind = z.infer<typeof VerdictKind>

/** How an action ended: `unknown` is never blindly retried. */
export const outcomeKinds = ["done", "failed", "unknown"] as const
export const OutcomeKind = z.enum(outcomeKinds)
export type OutcomeKind = z.infer<typeof OutcomeKind>

export const Language = z.enum(languages)
export type Language = z.infer<typeof Language>
