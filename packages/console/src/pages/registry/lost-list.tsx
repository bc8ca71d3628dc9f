import { type Lost, lostWords } from "@hufu/core/registration/faces/lost"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { registryWords } from "./words.ts"

const most = 100

/** What one form says and another does not, place by place. */
export function LostList({ lost }: { readonly lost: readonly Lost[] }) {
  const words = useWords(registryWords)
  const lang = useLanguage()
  if (lost.length === 0) return <p className="mt-1 text-allow">{words.nothingLost}</p>
  return (
    <>
      <ul className="mt-1 grid gap-0.5">
        {lost.slice(0, most).map(({ path, why }) => (
          <li key={path}>
            <UntrustedName text={path} /> <span className="text-sm text-soft">{lostWords[why][lang]}</span>
          </li>
        ))}
      </ul>
      {lost.length > most ? <p className="text-soft">… {words.lostCount(lost.length)}</p> : null}
    </>
  )
}
