import { Eye, UserCheck } from "lucide-react"
import { sayClock } from "../words/format.ts"
import { useLanguage } from "../words/language.ts"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { keepPerson, useSession } from "./session.ts"

/** Whether this page may only look, or has proof of the person, and until when. */
export function WhoAmI() {
  const words = useWords(shared).who
  const lang = useLanguage()
  const { person } = useSession()
  if (!person)
    return (
      <span className="flex items-center gap-1.5 px-1 text-sm text-soft" title={words.lookingWhy}>
        <Eye size={18} aria-hidden />
        <span className="max-lg:sr-only">{words.looking}</span>
      </span>
    )
  return (
    <button
      type="button"
      className="button button-quiet px-2"
      title={words.signOut}
      onClick={() => keepPerson(null)}
    >
      <UserCheck size={18} aria-hidden className="text-allow" />
      <span className="max-lg:sr-only">{words.person(sayClock(person.until, lang))}</span>
    </button>
  )
}
