import { Link } from "@tanstack/react-router"
import { useOperation } from "../data/use-operation.ts"
import { organisationPath } from "./issuer-answer.ts"
import { useWords } from "../words/use-words.ts"
import { words as signInWords } from "./words.ts"

/** The way to where organisations sign in; absent where the operator names no issuer of theirs. */
export function OrganisationLink() {
  const words = useWords(signInWords)
  const issuers = useOperation("organisation.issuers", {}).data?.items ?? []
  if (issuers.length === 0) return null
  return (
    <Link to={organisationPath} className="button">
      {words.asOrganisation}
    </Link>
  )
}
