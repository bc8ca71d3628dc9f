import type { Noticed } from "@hufu/core/contract/noticed"
import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { contentSignals, type ContentSignal } from "../fence/content/content-signals.ts"
import { findingKinds } from "../fence/content/finding-kinds.ts"

/** What detectors had noticed when an action was decided, out of the facts that the rules saw; a group is left out where its kinds are named. */
export function noticedIn(facts: JsonValue | undefined): Noticed[] {
  const context = isJsonObject(facts) && isJsonObject(facts["context"]) ? facts["context"] : {}
  return [...said("arguments", context["signals"]), ...said("results", context["labels"])]
}

function said(place: Noticed["in"], words: JsonValue | undefined): Noticed[] {
  const known = Array.isArray(words) ? words.filter(isSignal) : []
  const groups = new Set<string>(
    known.flatMap((word) =>
      word in findingKinds ? [findingKinds[word as keyof typeof findingKinds].group] : [],
    ),
  )
  return known
    .filter((word) => !groups.has(word))
    .map((signal) => ({ in: place, signal, en: contentSignals[signal].en, zh: contentSignals[signal].zh }))
}

function isSignal(word: JsonValue): word is ContentSignal {
  return typeof word === "string" && Object.hasOwn(contentSignals, word)
}
