import type { OwnershipProof } from "@hufu/core/registration/developer"
import { BadgeCheck, TriangleAlert } from "lucide-react"
import { Moment } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { registryWords } from "./words.ts"

/** What was verified, how, and how long that holds; or what is due to be proved again. */
export function ProofList({
  of,
  isDue = false,
}: {
  readonly of: readonly OwnershipProof[]
  readonly isDue?: boolean
}) {
  const words = useWords(registryWords)
  const Icon = isDue ? TriangleAlert : BadgeCheck
  return (
    <ul className="grid gap-1">
      {of.map(({ how, of: what, value, at, until }) => (
        <li key={`${what} ${value ?? ""} ${how} ${at}`} className="flex flex-wrap items-center gap-x-2">
          <Icon size={16} aria-hidden className={isDue ? "text-ask" : "text-allow"} />
          {words.proofOf[what]} {value === undefined ? null : <UntrustedName text={nameIn(what, value)} />}{" "}
          {words.proofs[how]}
          <span className="text-sm text-soft">
            {until === null ? (
              <Moment at={at} />
            ) : (
              <>
                {words.proofUntil} <Moment at={until} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** Of a key its id, which stands before what tells it from another key of that id. */
function nameIn(what: OwnershipProof["of"], value: string): string {
  return what === "key" ? (value.split(" ")[0] ?? "") : value
}
