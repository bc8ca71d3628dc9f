import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import { readBounded } from "../../read-bounded.ts"
import { type ContentSignal, contentSignals } from "./content-signals.ts"
import { findingKinds } from "./finding-kinds.ts"

/** Asks what a text is; never rejects. */
export type Classify = (text: string) => Promise<readonly ContentSignal[]>

export interface ClassifierOptions {
  readonly url: string
  readonly timeoutMs: number
}

const mostAnswer = 65_536
const mostAtOnce = 8

const Answer = z.object({ signals: z.array(z.string().max(80)).max(200) })

/**
 * A classifier of the operator's own over HTTP: it is sent `{"text": …}` and answers `{"signals": […]}`. UNTRUSTED: of its answer only
 * words that Hufu knows count. Whatever fails, redirects, is late or is too much to ask at once is `unavailable`: a signal, and never an all-clear.
 */
export function openClassifier({ url, timeoutMs }: ClassifierOptions): Classify {
  let asking = 0
  return async (text) => {
    if (asking >= mostAtOnce) return ["unavailable"]
    asking += 1
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok || response.body === null)
        throw new Error(`the classifier answered ${response.status}`)
      const { signals } = Answer.parse(parseStrict(await readBounded(response.body, mostAnswer)))
      return signals.flatMap(wordsOf)
    } catch {
      return ["unavailable"]
    } finally {
      asking -= 1
    }
  }
}

function wordsOf(word: string): readonly ContentSignal[] {
  if (!Object.hasOwn(contentSignals, word)) return []
  // hasOwn says that it is a key.
  const known = word as ContentSignal
  return known in findingKinds ? [known, findingKinds[known as keyof typeof findingKinds].group] : [known]
}
