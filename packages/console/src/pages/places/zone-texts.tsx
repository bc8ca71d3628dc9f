import type { ShownPlace } from "@hufu/core/contract/place"
import { Untrusted } from "../../part/untrusted.tsx"
import { useLanguage } from "../../words/language.ts"

type Texts = NonNullable<ShownPlace["feature"]["properties"]["name"]>

/** A text of a place in the reader's language, where it has one. UNTRUSTED: its owner wrote it. */
export function ZoneTexts({ of }: { readonly of: Texts }) {
  const lang = useLanguage()
  const own = of.find((text) => text.lang?.toLowerCase().startsWith(lang)) ?? of[0]
  return own === undefined || own.text === "" ? null : <Untrusted text={own.text} prose />
}
