import { isHan, spelledIn } from "./search-words.ts"

/**
 * Looks for words of a question in texts, without making words of the texts where that need not be: a Chinese word of a question is two
 * neighbouring characters, or one that anything may follow, so that it stands where its characters do; and a text that has not even the
 * beginning of a stem has no word with that stem.
 */
export function standing(question: Iterable<string>): (text: string) => string[] {
  const words = [...question].map((word) => ({
    word,
    // Cutting an ending changes the last letter at most, and that into an i.
    start: !isHan(word) && (word.length > 3 || word.endsWith("i")) ? word.slice(0, -1) : word,
    isChinese: isHan(word),
  }))
  return (text) => {
    if (text === "") return []
    const plain = text.normalize("NFKC")
    const lower = plain.toLowerCase()
    let spelled: Set<string> | undefined
    return words.flatMap(({ word, start, isChinese }) => {
      if (isChinese) return plain.includes(start) ? [word] : []
      if (!lower.includes(start)) return []
      spelled ??= new Set(spelledIn(plain))
      return spelled.has(word) ? [word] : []
    })
  }
}
