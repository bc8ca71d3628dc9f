import type { RollOut } from "@hufu/core/contract/roll-out"
import type { Language } from "@hufu/core/words"

const stages = {
  en: {
    off: "The draft is off: it decides nothing and does not look on.",
    shadow: "The draft looks on: it decides nothing.",
    some: (whom: string) => `The draft is in force for ${whom}, and looks on for the rest.`,
    all: "The draft is in force for everybody.",
    agents: (names: string) => `the agents ${names}`,
    share: (share: number) => `${share} of a hundred tasks`,
    and: " and for ",
  },
  zh: {
    off: "草案未启用：不作裁定，也不旁观。",
    shadow: "草案仅旁观，不作裁定。",
    some: (whom: string) => `草案已对${whom}生效，对其余仅旁观。`,
    all: "草案已对全部生效。",
    agents: (names: string) => `智能体 ${names} `,
    share: (share: number) => `每百项任务中的 ${share} 项`,
    and: "和",
  },
} as const

/** How far a draft is in force, as one sentence. */
export function stageLine(
  { stage, agents, share }: Pick<RollOut, "stage" | "agents" | "share">,
  language: Language,
): string {
  const say = stages[language]
  if (stage !== "some") return say[stage]
  const whom = [
    ...(agents.length > 0 ? [say.agents(agents.join(", "))] : []),
    ...(share > 0 ? [say.share(share)] : []),
  ]
  return say.some(whom.join(say.and))
}
