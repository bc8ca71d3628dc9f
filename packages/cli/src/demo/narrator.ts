import type { Language } from "@hufu/core/words"
import type { Sentence } from "@hufu/core/evidence/receipt-authority"
import { printJson, printLines } from "../terminal/print.ts"

/** One thing that the demo held against what really happened. */
export interface Check extends Sentence {
  readonly ok: boolean
}

export interface Narrator {
  /** Opens a step of the story. */
  step(title: Sentence): void
  /** One plain sentence of the step. */
  tell(sentence: Sentence): void
  /** Words of the node, which come in the language that was asked for. UNTRUSTED. */
  quote(text: string): void
  /** Holds a statement against what happened; a false one makes the demo fail. */
  check(ok: boolean, statement: Sentence): void
  /** Prints the result and answers whether every check held. */
  close(result: Left): boolean
}

/** What the demo leaves behind, how to remove it, and why it could not go on if it could not. */
export interface Left {
  readonly folder: string
  readonly remove: string
  readonly fault?: string
}

interface Told {
  readonly step: string
  readonly says: string[]
  readonly checks: { readonly statement: string; readonly ok: boolean }[]
}

const maxQuote = 400

/** Tells the story as it happens, or as one JSON document at its end. */
export function openNarrator({ json, language }: { json: boolean; language: Language }): Narrator {
  const story: Told[] = []
  const print = (...lines: readonly string[]) => {
    if (!json) printLines(...lines)
  }
  const say = (text: string, shown = text) => {
    story.at(-1)?.says.push(text)
    print(`   ${shown}`)
  }
  return {
    step(title) {
      story.push({ step: title[language], says: [], checks: [] })
      print("", `${story.length}. ${title[language]}`)
    },
    tell: (sentence) => say(sentence[language]),
    quote(text) {
      const whole = text.replaceAll(/\s+/g, " ").trim()
      const short = whole.length > maxQuote ? `${whole.slice(0, maxQuote)}…` : whole
      say(short, `│ ${short}`)
    },
    check(ok, statement) {
      story.at(-1)?.checks.push({ statement: statement[language], ok })
      print(`   ${ok ? "✓" : "✗"} ${statement[language]}`)
    },
    close(left) {
      const { fault, ...rest } = left
      const ok = fault === undefined && story.every(({ checks }) => checks.every((check) => check.ok))
      if (json) printJson({ demo: true, ok, ...rest, ...(fault === undefined ? {} : { fault }), story })
      else print("", ...closing(ok, left)[language])
      return ok
    },
  }
}

function closing(ok: boolean, { folder, remove, fault }: Left): Record<Language, string[]> {
  return {
    en: [
      ...(fault === undefined ? [] : [`The demo could not go on: ${fault}`]),
      ok ? "Everything happened as it should." : "Something did not happen as it should.",
      `This was a demo with demo data, all of it in ${folder}: \`${remove}\` removes it.`,
    ],
    zh: [
      ...(fault === undefined ? [] : [`演示未能继续：${fault}`]),
      ok ? "一切均如预期。" : "有结果不符合预期。",
      `以上为演示及演示数据，全部位于 ${folder}：运行 \`${remove}\` 即可删除。`,
    ],
  }
}
