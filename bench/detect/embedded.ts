import type { LabelledText, Source } from "./source.ts"

/** How tool results have texts in them. */
const wrappings: readonly ((text: string, other: string) => string)[] = [
  (text, other) =>
    `- id_: '4'\n  sender: lee@mail.example\n  subject: ${other.slice(0, 30)}\n  body: ${text}\n- id_: '5'\n  body: ${other}`,
  (text, other) => `{'messages': [{'from': 'kim', 'text': '${other}'}, {'from': 'lou', 'text': '${text}'}]}`,
  (text, other) =>
    JSON.stringify({
      results: [
        { title: other.slice(0, 40), snippet: other },
        { title: "2", snippet: text },
      ],
    }),
  (text, other) => `${other}\n\n${text}\n`,
  (text, other) => `<html><body><p>${other}</p><div>${text}</div></body></html>`,
  (text, other) => `# Notes\n\n${other} ${text}\n\nEnd of file.`,
  (text, other) =>
    `{'reviews': [{'name': 'Ann', 'rating': 4, 'content': '${text}'}, {'name': 'Bo', 'rating': 5, 'content': '${other}'}]}`,
]
const longestInside = 420

/**
 * The same texts as they stand in tool results, beside harmless ones: short attacks, and as often harmless texts in
 * the same places, so that no structure counts for or against.
 */
export function embedded(sources: readonly Source[]): Source[] {
  const short = sources.flatMap(({ texts }) => texts.filter(({ text }) => text.length < longestInside))
  const attacks = short.filter(({ label }) => label === 1)
  const harmless = sources.flatMap(({ name, texts }) =>
    calmSources.test(name)
      ? texts.filter(({ text, label }) => label === 0 && text.length < 2 * longestInside)
      : [],
  )
  if (harmless.length === 0) return []
  const wrap = ({ text, label, key }: LabelledText, i: number): LabelledText => {
    const other = harmless[(i * 7919) % harmless.length]?.text ?? ""
    const wrapping = wrappings[i % wrappings.length] ?? wrappings[0]
    return { text: wrapping?.(text, other) ?? text, label, key }
  }
  return [
    { name: "embedded_attacks", texts: attacks.map(wrap) },
    { name: "embedded_benign", texts: harmless.map(wrap) },
  ]
}

/** Texts that stand in results by nature; a harmless question to an agent is not one. */
const calmSources = /email|authored_benign|authored_results|guide/
