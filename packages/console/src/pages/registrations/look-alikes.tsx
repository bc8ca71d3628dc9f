import type { ReviewFlag, ShownRegistration } from "@hufu/core/contract/registration"
import { Link } from "@tanstack/react-router"
import { TriangleAlert } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { StateBadge } from "./state-badge.tsx"
import { registrationWords } from "./words.ts"

/** What a registration can be taken for, each beside it, with the letters that differ. It decides nothing. */
export function LookAlikes({ of }: { readonly of: ShownRegistration }) {
  const words = useWords(registrationWords).review
  if (of.flags.length === 0) return <p className="text-sm text-soft">{words.noFlags}</p>
  return (
    <div className="rounded-lg border border-ask bg-ask-wash p-3">
      <p className="flex items-center gap-2 font-semibold text-ask">
        <TriangleAlert size={18} aria-hidden />
        {words.flags}
      </p>
      <ul className="mt-2 grid gap-3">
        {of.flags.map((flag) => (
          <Flag key={`${flag.kind} ${flag.of ?? ""}`} flag={flag} of={of} />
        ))}
      </ul>
    </div>
  )
}

function Flag({
  flag: { kind, of: twin },
  of,
}: {
  readonly flag: ReviewFlag
  readonly of: ShownRegistration
}) {
  const words = useWords(registrationWords).review
  const other = useOperation("registration.show", { registration: twin ?? "" }, { enabled: twin !== null })
  const ours = of.proposal?.content ?? of.registration.content
  const theirs = other.data?.registration
  const textOf = ({ name, title }: typeof ours) => visibleName(kind === "name-looks-like" ? name : title)
  const [mine, its] = [textOf(ours), theirs === undefined ? undefined : textOf(theirs.content)]
  const odd = its === undefined ? foreignLetters(mine) : differing(mine, its)
  return (
    <li>
      <p>{words.kinds[kind]}</p>
      <dl className="mt-1 grid items-center gap-x-3 gap-y-1 rounded-md bg-paper px-3 py-2 sm:grid-cols-[max-content_minmax(0,1fr)]">
        <dt className="text-sm text-soft">{words.this}</dt>
        <dd>
          <Marked text={mine} odd={odd} />
        </dd>
        {theirs === undefined || its === undefined ? null : (
          <>
            <dt className="text-sm text-soft">{words.other}</dt>
            <dd className="flex flex-wrap items-center gap-2">
              <Link to="/registrations/$registration" params={{ registration: theirs.id }} className="link">
                <Marked text={its} odd={differing(its, mine)} />
              </Link>
              <StateBadge state={theirs.state} />
            </dd>
          </>
        )}
        {odd.size === 0 ? null : (
          <>
            <dt className="text-sm text-soft">{words.letters}</dt>
            <dd className="flex flex-wrap gap-x-3 font-mono text-sm">
              {[...odd].map((letter) => (
                <span key={letter}>
                  <bdi>{letter}</bdi> U+
                  {(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}
                </span>
              ))}
            </dd>
          </>
        )}
      </dl>
    </li>
  )
}

/** Letters of one text that the other has not. */
function differing(one: string, other: string): ReadonlySet<string> {
  const known = new Set(other)
  return new Set(Array.from(one).filter((letter) => !known.has(letter)))
}

/** Letters of other alphabets than the Latin one; Chinese is none. */
function foreignLetters(text: string): ReadonlySet<string> {
  return new Set(
    Array.from(text).filter((letter) =>
      /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Cherokee}]/u.test(
        letter,
      ),
    ),
  )
}

function Marked({ text, odd }: { readonly text: string; readonly odd: ReadonlySet<string> }) {
  return (
    <bdi dir="ltr" className="font-mono wrap-anywhere">
      {Array.from(text, (letter, at) =>
        odd.has(letter) ? (
          <mark key={at} className="rounded bg-deny-wash text-deny underline">
            {letter}
          </mark>
        ) : (
          letter
        ),
      )}
    </bdi>
  )
}
