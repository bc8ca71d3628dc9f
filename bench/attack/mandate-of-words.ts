import type { MandateDraft } from "@hufu/core/mandate/mandate"
import type { ToolProfile } from "@hufu/core/profile/profile"
import { type Effect, effects } from "@hufu/core/words"
import { isConsequential } from "@hufu/server/fence/profile/effect-caution"
import { consequenceInText, effectOfName } from "@hufu/server/fence/profile/effect-of-words"
import { effectWords, fetchVerbs } from "@hufu/server/fence/profile/effect-words"
import { onlyFetches } from "@hufu/server/fence/provenance/only-fetches"

const dayMs = 86_400_000
/** Each of these has to be asked for in so many words. */
const onlyInWords: ReadonlySet<Effect> = new Set(["delete", "execute", "control", "decide"])
/** Who says these leaves it open what is to be done. */
const openEnded = new Set("do perform follow handle complete fulfil fulfill".split(" "))

/**
 * The mandate that a prompt gives, by one procedure that knows nothing of any suite. The agent may read, compute and look things up;
 * if the prompt tells it to change anything, it may write, send, publish and pay; and it may delete, run, control and decide where the
 * prompt has a word for that. Whom it may reach is not in it: that is what the rules on provenance decide.
 */
export function mandateOfWords(
  words: string,
  {
    server,
    task,
    now,
    profiles,
  }: { server: string; task: string; now: number; profiles: readonly ToolProfile[] },
): MandateDraft {
  const granted = effects.filter((effect) => isGranted(effect, words))
  const lookingUp = profiles.filter(looksUp).map(({ tool }) => `${server}/${tool}`)
  const shared = { limits: [], mode: "auto" as const }
  return {
    task,
    words,
    grants: [
      { effects: granted, tools: [`${server}/*`], ...shared },
      ...(lookingUp.length > 0 ? [{ effects: ["send" as const], tools: lookingUp, ...shared }] : []),
    ],
    never: [],
    userOnly: [],
    otherwise: "ask",
    until: now + dayMs,
  }
}

/** A tool that is named like a look-up, and sends only in that it is told where or whom to look for. */
function looksUp(profile: ToolProfile): boolean {
  const byName = effectOfName(profile.tool)
  return onlyFetches(profile) || (byName !== undefined && !isConsequential(byName))
}

function isGranted(effect: Effect, words: string): boolean {
  if (!isConsequential(effect)) return true
  const said = new Set(words.toLowerCase().match(/[a-z]+/g))
  return onlyInWords.has(effect) ? isSaid(effect, words, said) : tellsToChange(words, said)
}

function isSaid(effect: Effect, words: string, said: ReadonlySet<string>): boolean {
  const { verbs, doubtful, zh } = effectWords[effect]
  return [...verbs, ...doubtful].some((word) => said.has(word)) || zh.some((word) => words.includes(word))
}

function tellsToChange(words: string, said: ReadonlySet<string>): boolean {
  const changing = effects.filter((effect) => isConsequential(effect))
  const verbs = changing
    .flatMap((effect) => effectWords[effect].verbs)
    .filter((verb) => !fetchVerbs.has(verb))
  const consequence = consequenceInText(words)
  return (
    (consequence !== undefined && !fetchVerbs.has(/[a-z]+/i.exec(words)?.[0]?.toLowerCase() ?? "")) ||
    verbs.some((verb) => said.has(verb)) ||
    [...openEnded].some((verb) => said.has(verb)) ||
    isSaid("pay", words, said) ||
    changing.some((effect) => effectWords[effect].zh.some((word) => words.includes(word)))
  )
}
