import type { Detector } from "./detector.ts"
import { aiLabels } from "./label/ai-labels.ts"
import { hiddenCharacters } from "./hidden-characters.ts"
import { promptInjection } from "./injection/prompt-injection.ts"
import { personalChina } from "./personal/personal-china.ts"
import { personalInternational } from "./personal/personal-international.ts"
import { contentRisks } from "./risk/content-risks.ts"
import { secrets } from "./secrets/secrets.ts"

/** Every detector that runs unless somebody chooses others; another implementation of one has its name. */
export const detectors: readonly Detector[] = [
  promptInjection,
  hiddenCharacters,
  secrets,
  personalChina,
  personalInternational,
  contentRisks,
  aiLabels,
]
