import type { JsonObject } from "@hufu/core/json/json-value"
import type { ToolSignal } from "@hufu/core/profile/tool-signal"
import type { Detector } from "../content/detector.ts"
import { hiddenCharacters } from "../content/hidden-characters.ts"
import { inspect } from "../content/inspect.ts"
import { promptInjection } from "../content/injection/prompt-injection.ts"
import { textsIn } from "../content/texts-in.ts"
import { toolPoisoning } from "../content/injection/tool-poisoning.ts"

/** What looks at definitions. They speak in the imperative too, so the model for texts has to be surer than elsewhere. */
export const definitionDetectors: readonly Detector[] = [
  toolPoisoning,
  { ...promptInjection, point: 0.999 },
  hiddenCharacters,
]

/** What a definition says by itself, and of which other tools it may speak. */
export interface DefinitionSignals {
  readonly signals: readonly ToolSignal[]
  /** Words in it that are written as names of tools are. */
  readonly names: ReadonlySet<string>
}

const longest = 65_536
const mostNames = 500
/** `send_email`, `send-email`, `sendEmail`: one word alone is a word of the language. */
const nameLike = /[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)+|[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+/g

/** Looks at everything that a definition says. UNTRUSTED: a tool server wrote it. */
export function definitionSignals(definition: JsonObject): DefinitionSignals {
  const text = [...textsIn(definition)].join("\n")
  const { detections, isComplete } = inspect(text, { detectors: definitionDetectors, maxLength: longest })
  const found = new Set(
    detections.map(({ kind }): ToolSignal => (kind === "prompt_injection" ? "instruction" : "hidden_text")),
  )
  // What is too long to be looked at to its end may say anything there.
  if (!isComplete) found.add("instruction")
  const names = new Set<string>()
  for (const [name] of text.slice(0, longest).matchAll(nameLike)) if (names.size < mostNames) names.add(name)
  return { signals: [...found], names }
}
