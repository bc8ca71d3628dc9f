import type { Language } from "@hufu/core/words"
import type { Client } from "@hufu/sdk"
import type { DemoFolder } from "./demo-folder.ts"
import { keepEvidence } from "./evidence-steps.ts"
import type { Narrator } from "./narrator.ts"
import { meetHonestTask } from "./honest-steps.ts"
import { meetInjection } from "./injection-steps.ts"
import type { ScriptedAgent } from "./scripted-agent.ts"

/** Everything that a step of the story works with. */
export interface Stage {
  readonly folder: DemoFolder
  readonly language: Language
  /** A person sits at a terminal and may approve something. */
  readonly interactive: boolean
  readonly narrator: Narrator
  readonly client: Client
  readonly agent: ScriptedAgent
}

/** The whole story: an honest task, an instruction from a stranger, and the evidence of both. */
export async function tellStory(stage: Stage): Promise<void> {
  const read = await meetHonestTask(stage)
  await meetInjection(stage, read)
  await keepEvidence(stage)
}
