/** Letters and digits that look like Latin letters: Cyrillic, Greek, and digits that stand for letters. Each pair is what is seen and what it looks like. */
const alike = new Map(
  "аa вb сc еe һh іi јj кk мm оo рp ѕs тt уy хx ԁd ԛq ԝw αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw ıi ɡg ſs 0o 1l 3e 5s |l"
    .split(" ")
    .map((pair) => [pair.slice(0, 1), pair.slice(1)] as const),
)

/**
 * A text as somebody sees it who does not look closely: two texts of which this is the same can be taken for one another. Case, width,
 * accents, separators and letters that look alike make no difference. It is for telling people; it decides nothing.
 */
export function looksLike(text: string): string {
  const folded = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\s._\-–—·•'"`]+/gu, "")
  const latin = Array.from(folded, (letter) => alike.get(letter) ?? letter).join("")
  // What two letters together look like, and an i that is an l.
  return latin.replaceAll("rn", "m").replaceAll("vv", "w").replaceAll("cl", "d").replaceAll("i", "l")
}

const scripts = ["Latin", "Cyrillic", "Greek", "Armenian", "Hebrew", "Arabic", "Cherokee"] as const
const patterns = scripts.map((script) => new RegExp(`\\p{Script=${script}}`, "u"))

/** Whether one word is written in letters of several alphabets, which no honest name is. */
export function mixesScripts(text: string): boolean {
  return text
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .some((word) => patterns.filter((script) => script.test(word)).length > 1)
}
