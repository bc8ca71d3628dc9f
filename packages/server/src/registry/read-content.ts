import { Failure } from "@hufu/core/failure"
import { RegistrationContent } from "@hufu/core/registration/registration-content"

/** UNTRUSTED input: throws Failure("invalid_input") that names what is wrong first. */
export function readContent(given: unknown): RegistrationContent {
  const read = RegistrationContent.safeParse(given)
  if (read.success) return asContent(read.data)
  const [issue] = read.error.issues
  const where = issue?.path.join("/").slice(0, 200)
  throw new Failure(
    "invalid_input",
    `the registration is not acceptable at \`/${where ?? ""}\`: ${issue?.message.slice(0, 300) ?? "it is malformed"}`,
    { extra: { count: read.error.issues.length } },
  )
}

/** Without members that are undefined, as the ledger commits to it. */
function asContent(content: RegistrationContent): RegistrationContent {
  return JSON.parse(JSON.stringify(content)) as RegistrationContent
}
