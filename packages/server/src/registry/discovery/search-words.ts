/**
 * The words of a text, as the search index knows them: words of scripts with spaces by their stems, Chinese and Japanese as pairs of
 * neighbouring characters, because nothing in a text says where a word of theirs ends. The last character of a run stands alone too, so
 * that every character begins something that can be found.
 */
export function wordsIn(text: string): string[] {
  const words: string[] = []
  if (plain.test(text)) {
    for (const run of text.match(plainRuns) ?? []) addSpelled(run, words)
    return words
  }
  for (const [run] of text.normalize("NFKC").matchAll(runs)) {
    if (isHan(run)) addPairs(run, words)
    else addSpelled(run, words)
  }
  return words
}

/** Of the words of a text in NFKC those that are spelled. */
export function spelledIn(text: string): string[] {
  const words: string[] = []
  for (const [run] of text.matchAll(spelledRuns)) addSpelled(run, words)
  return words
}

/** More different words than these in a question are left out. */
export const maxQueryWords = 32

/** Of a longer question only so many characters are read. */
const maxQuestion = 1000

/** What a question asks for: its words, each once, without those that only make it a question. UNTRUSTED input. */
export function queryWords(text: string): string[] {
  const question = text.slice(0, maxQuestion)
  const bare = question.normalize("NFKC").replace(hanFiller, " ")
  const words = new Set(asked(bare).filter((word) => !fillers.has(word)))
  // A question of nothing else than such words is taken as it stands.
  const all = words.size > 0 ? words : new Set(asked(question))
  return [...all].slice(0, maxQueryWords)
}

/** Whether a word of a question is a single Chinese character, which every pair that begins with it answers. */
export function isLoneHan(word: string): boolean {
  return startsHan.test(word) && Array.from(word).length === 1
}

/** The last character of a run says nothing that its pairs do not say. */
function asked(question: string): string[] {
  return [...question.normalize("NFKC").matchAll(runs)].flatMap(([run]) => {
    const words = wordsIn(run)
    return isHan(run) && words.length > 1 ? words.slice(0, -1) : words
  })
}

const han = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー"
const runs = new RegExp(`[${han}]+|[[\\p{L}\\p{N}\\p{M}]--[${han}]]+`, "gv")
const spelledRuns = new RegExp(`[[\\p{L}\\p{N}\\p{M}]--[${han}]]+`, "gv")
/** The same for what most texts are, in a third of the time. */
// oxlint-disable-next-line no-control-regex -- all of ASCII is meant
const plain = /^[\0-\x7f]*$/
const plainRuns = /[A-Za-z0-9]+/g
const startsHan = new RegExp(`^[${han}]`, "v")
const hanFiller =
  /我(?:们)?(?:想要?|需要|要)|请(?:帮我?)?|帮(?:我|忙)|(?:有没有|能不能|可不可以|哪个|哪些|什么|怎么)|一(?:个|款|位)|(?:可以|能够|能)(?:做|进行)?|智能体|助手|[的吗呢了吧]/gv
const fillers = new Set(
  "a an the of for to and or with in on at by from is are be can i me my we our you your it that this which who what how need want would like please find help some any agent agents".split(
    " ",
  ),
)
/** Longer ones are no words: keys, digests, what somebody wrote to fill an index. */
const maxSpelled = 40

/** Whether a word, or a run of characters, is Chinese or Japanese. */
export function isHan(run: string): boolean {
  return startsHan.test(run)
}

function addPairs(run: string, words: string[]): void {
  const characters = Array.from(run)
  for (const [at, character] of characters.entries()) words.push(character + (characters[at + 1] ?? ""))
}

function addSpelled(run: string, words: string[]): void {
  // `BeijingFoodGuide` is found by its parts and as a whole.
  if (/[a-z0-9][A-Z]/.test(run)) {
    const parts = run.split(/(?<=[a-z0-9])(?=[A-Z])/)
    if (parts.length <= 8) for (const part of parts) words.push(stem(part.toLowerCase().slice(0, maxSpelled)))
  }
  words.push(stem(run.toLowerCase().slice(0, maxSpelled)))
}

/**
 * The stem of an English word, by its commonest endings: what plans, planned, planning and planner have in common. Both sides of a
 * comparison lose the same, so a stem need not be a word.
 */
export function stem(word: string): string {
  if (word.length < 4) return word
  const known = stems.get(word)
  if (known !== undefined) return known
  if (stems.size >= mostStems) stems.clear()
  const found = /^[a-z]+$/.test(word) ? cutEndings(word) : word
  stems.set(word, found)
  return found
}

/** The same words come again and again. */
const stems = new Map<string, string>()
const mostStems = 20_000

function cutEndings(word: string): string {
  let text = word
  if (/(?:ss|sh|ch|x|z)es$/.test(text)) text = text.slice(0, -2)
  else if (text.endsWith("ies")) text = `${text.slice(0, -3)}y`
  else if (/[^su]s$/.test(text)) text = text.slice(0, -1)
  const cut = /^(.*[aeiouy].*)(?:ing|ed|er)$/.exec(text)?.[1]
  if (cut !== undefined && cut.length >= 3) text = undoubled(cut)
  text = text.replace(/(?<=^.{3,}[st])ion$/, "").replace(/(?<=^.{2,}at)or$/, "")
  return text.replace(/(?<=^.{3,})e$/, "").replace(/(?<=^.{2,})y$/, "i")
}

function undoubled(text: string): string {
  return /([b-df-hjkmnp-rtv-y])\1$/.test(text) ? text.slice(0, -1) : text
}
