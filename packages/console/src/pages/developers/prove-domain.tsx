import { useState } from "react"
import { Command } from "../../part/command.tsx"
import { Facts } from "../../part/facts.tsx"
import { Failed } from "../../part/failed.tsx"
import { SigningCommands } from "../../part/signing-commands.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { TextField } from "../registrations/registration-controls.tsx"
import { developerReads } from "./developer.tsx"
import { developerWords } from "./words.ts"

/** How a domain comes to count as a developer's: their key signs a line, and the line stands where only its owner can put it. */
export function ProveDomain() {
  const words = useWords(developerWords)
  const [domain, setDomain] = useState("")
  const ask = useWidening("developer.domain", [])
  const prove = useWidening("developer.prove", developerReads)
  const error = ask.error ?? prove.error
  return (
    <details className="card px-4 py-2">
      <summary className="min-h-6 cursor-pointer font-semibold">{words.domain}</summary>
      <ol className="my-2 grid list-decimal gap-4 ps-5">
        <li>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              ask.mutate({ domain: domain.trim() })
            }}
          >
            {words.domainFirst}
            <TextField label={words.domainName} value={domain} change={setDomain} maxLength={253} />
            <button type="submit" className="button mt-2" disabled={domain.trim() === "" || ask.isPending}>
              {words.domainGo}
            </button>
          </form>
        </li>
        <li>
          {words.domainSecond}
          {ask.data ? (
            <div role="status" className="mt-2">
              <Facts
                of={[
                  [words.domainText, <Command key="text" line={ask.data.text} />],
                  [words.domainSign, <SigningCommands key="sign" text={ask.data.text} suite="ed25519" />],
                  [words.domainLine, <Command key="line" line={ask.data.line} />],
                  [words.domainRecord, <Command key="record" line={ask.data.record} />],
                  [words.domainFile, <Command key="file" line={ask.data.file} />],
                ]}
              />
            </div>
          ) : null}
        </li>
        <li>
          {words.domainThird}
          <div className="mt-2 flex flex-wrap gap-2">
            {(["dns", "well-known"] as const).map((how) => (
              <button
                key={how}
                type="button"
                className="button"
                disabled={domain.trim() === "" || prove.isPending}
                onClick={() => prove.mutate({ domain: domain.trim(), how })}
              >
                {words.how[how]}
              </button>
            ))}
          </div>
          <p role="status" className="text-allow">
            {prove.data ? words.proven : ""}
          </p>
        </li>
      </ol>
      {error ? <Failed error={error} /> : null}
    </details>
  )
}
