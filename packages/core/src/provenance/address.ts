import { seenText } from "./plain-text.ts"

/** Names that addresses end with when nothing else tells that a text is one: `e.g` and `notes.txt` are none. */
const topNames =
  `com net org info biz io app dev ai co me tv cc cn ru uk de fr it es nl jp kr br au ca eu us in ch at se no
pl xyz top site online shop store tech cloud club live link click page web blog edu gov mil int`
    .split(/\s+/)
    .join("|")
const end = String.raw`[^\s<>"'\u0060()\[\]{}|\\^，。；、！？：“”‘’（）《》【】]`
/** Linear in its text: each alternative begins with what no other part of it matches. */
const addressPattern = new RegExp(
  String.raw`\b(?:[a-z][a-z0-9+.-]{1,15}://${end}{1,2048}|www\.${end}{1,2048}|(?<![@\w.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:${topNames})\b(?:[:/?#]${end}{0,2048})?)`,
  "gi",
)
const wholePattern = new RegExp(`^(?:${addressPattern.source})$`, "i")
const mailboxPattern = /(?<![\w.%+-])[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi

/** Every web address in a text, as it stands there but for what ends a sentence. */
export function addressesIn(text: string): string[] {
  return [...seenText(text).matchAll(addressPattern)].map(([found]) => withoutSentenceEnd(found))
}

/** Whether a text is one web address, and nothing else. */
export function isAddress(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}(?:[:/?#]\S*)?$/.test(text) || wholePattern.test(text)
}

/** Every mailbox (`name@host`) in a text. */
export function mailboxesIn(text: string): string[] {
  return [...seenText(text).matchAll(mailboxPattern)].map(([found]) => found)
}

/** `www.example.com.They sent` goes on with another sentence; a host does not go on with a capital letter. */
function withoutSentenceEnd(address: string): string {
  return address.replace(/[.,;:!?]+$/, "").replace(/(\.[a-z]{2,24})\.[A-Z][a-z]*$/, "$1")
}

/**
 * A web address in the one form in which two are compared: no scheme, no `www.`, no final slash, the host in lower case. A host with
 * another port, path or query is another address.
 */
export function plainAddress(address: string): string {
  const bare = seenText(address)
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(/^www\./i, "")
  const host = /^[^/?#]*/.exec(bare)?.[0] ?? ""
  return `${host.toLowerCase()}${bare.slice(host.length)}`.replace(/\/$/, "")
}
