import { useState } from "react"
import { Command } from "../part/command.tsx"
import { Failed } from "../part/failed.tsx"
import { Page } from "../part/page.tsx"
import { useWords } from "../words/use-words.ts"
import { OrganisationLink } from "./organisation-link.tsx"
import { isNoProof, proveByPasskey } from "./passkey.ts"
import { useSignIn } from "./sign-in-link.ts"
import { words as signInWords } from "./words.ts"

/** Shown to a browser that has not been let in: how to get in, and why it is so. */
export function SignInPage() {
  const words = useWords(signInWords)
  const signIn = useSignIn()
  const [error, setError] = useState<unknown>()
  if (signIn.state === "exchanging")
    return (
      <Page title={words.exchanging}>
        <span aria-busy="true" />
      </Page>
    )
  const enter = () =>
    proveByPasskey({ kind: "session" }).catch((problem: unknown) =>
      setError(isNoProof(problem) ? undefined : problem),
    )
  return (
    <Page title={words.title}>
      <div className="grid max-w-2xl gap-4">
        {signIn.state === "failed" ? <Failed error={signIn.error} /> : null}
        {error === undefined ? null : <Failed error={error} />}
        <div className="card p-5">
          <p>{words.what}</p>
          <p className="my-4">
            <Command line="hufu signin" />
          </p>
          <p className="text-soft">{words.why}</p>
        </div>
        {"credentials" in navigator ? (
          <div className="card flex flex-wrap items-center justify-between gap-3 p-5">
            <p>{words.byPasskey}</p>
            <button type="button" className="button" onClick={() => void enter()}>
              {words.usePasskey}
            </button>
          </div>
        ) : null}
        <p className="empty:hidden">
          <OrganisationLink />
        </p>
      </div>
    </Page>
  )
}
