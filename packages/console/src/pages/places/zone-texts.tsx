import type { ShownPlace } from "@hufu/core/contract/place"
import type { ZoneNote } from "@hufu/core/place/place-feature"
import { Untrusted } from "../../part/untrusted.tsx"
import { useLanguage } from "../../words/language.ts"

type Texts = NonNullable<ShownPlace["feature"]["properties"]["name"]>

/** A text of a place in the reader's language, where it has one. UNTRUSTED: its owner wrote it. */
export function ZoneTexts({ of }: { readonly of: Texts }) {
  const lang = useLanguage()
  const own = of.find((text) => text.lang?.toLowerCase().startsWith(lang)) ?? of[0]
  return own === undefined || own.text === "" ? null : <Untrusted text={own.text} prose />
}

/** Lines about a place's figures: those in the reader's language, and those that are in none. UNTRUSTED: its owner wrote them. */
export function ZoneNotes({ of }: { readonly of: readonly ZoneNote[] }) {
  const lang = useLanguage()
  const all = of.map((note) => (typeof note === "string" ? { text: note, lang } : note))
  const own = all.filter((note) => note.lang.toLowerCase().startsWith(lang))
  return <ZoneLines of={(own.length === 0 ? all : own).map(({ text }) => text)} />
}

/** Lines below each other. UNTRUSTED: a place's owner wrote them. */
export function ZoneLines({ of }: { readonly of: readonly string[] }) {
  return (
    <ul className="grid gap-1">
      {of.map((line) => (
        <li key={line}>
          <Untrusted text={line} prose />
        </li>
      ))}
    </ul>
  )
}
