import { type Noticed, sayNoticed } from "@hufu/core/contract/noticed"
import { useLanguage } from "../../words/language.ts"

/** What detectors noticed of an action. */
export function NoticedList({ of }: { readonly of: readonly Noticed[] }) {
  const lang = useLanguage()
  return (
    <ul className="grid gap-0.5 text-ask">
      {of.map((each) => (
        <li key={`${each.in} ${each.signal}`}>{sayNoticed(each, lang)}</li>
      ))}
    </ul>
  )
}
