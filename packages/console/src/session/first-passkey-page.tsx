import { Link, useNavigate } from "@tanstack/react-router"
import { KeyRound } from "lucide-react"
import { type FormEvent, useState } from "react"
import { readAgain, useOperation } from "../data/use-operation.ts"
import { Command } from "../part/command.tsx"
import { Empty } from "../part/empty.tsx"
import { Failed } from "../part/failed.tsx"
import { Loaded } from "../part/loaded.tsx"
import { Page } from "../part/page.tsx"
import { useWords } from "../words/use-words.ts"
import { isNoProof, makePasskey } from "./passkey.ts"
import { words as signInWords } from "./words.ts"

/** On a node without a person: what the first passkey means, and making it. */
export function FirstPasskeyPage() {
  const words = useWords(signInWords).first
  const status = useOperation("node.status", {})
  return (
    <Page title={words.title}>
      <Loaded query={status}>
        {({ personEnrolled }) =>
          personEnrolled ? (
            <Empty title={words.exists} what="">
              <Link to="/" className="button">
                {words.home}
              </Link>
            </Empty>
          ) : (
            <MakeFirst />
          )
        }
      </Loaded>
    </Page>
  )
}

function MakeFirst() {
  const words = useWords(signInWords).first
  const navigate = useNavigate()
  const [name, setName] = useState<string>()
  const [problem, setProblem] = useState<{ readonly error: unknown }>()
  const [isBusy, setBusy] = useState(false)
  async function make(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    try {
      await makePasskey((name ?? words.suggested).trim())
      await readAgain(["node.status", "passkey.list"])
      await navigate({ to: "/" })
    } catch (error) {
      setProblem({ error })
      setBusy(false)
    }
  }
  return (
    <div className="card grid max-w-2xl gap-4 p-5">
      <p className="text-lg">{words.what}</p>
      <ul className="grid list-disc gap-1.5 pl-5 text-soft">
        {words.means.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <form onSubmit={(event) => void make(event)} className="grid gap-3">
        <label>
          {words.name}
          <input
            className="field mt-1"
            required
            maxLength={80}
            value={name ?? words.suggested}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {problem && isNoProof(problem.error) ? <p role="alert">{words.refused}</p> : null}
        {problem && !isNoProof(problem.error) ? <Failed error={problem.error} /> : null}
        <div className="flex flex-wrap gap-2">
          <button type="submit" className="button button-main" disabled={isBusy}>
            <KeyRound size={18} aria-hidden />
            {words.make}
          </button>
          <Link to="/" className="button">
            {words.later}
          </Link>
        </div>
      </form>
      <p className="border-t border-line pt-3 text-soft">
        {words.terminal} <Command line="hufu enrol" />
      </p>
    </div>
  )
}
