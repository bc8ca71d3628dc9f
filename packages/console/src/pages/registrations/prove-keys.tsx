import { keyProven } from "@hufu/core/registration/key-proven"
import type { AgentKey } from "@hufu/core/registration/registration-content"
import type { Registration } from "@hufu/core/registration/registration"
import { suiteOf } from "@hufu/core/identity/key-suite"
import { BadgeCheck, Circle } from "lucide-react"
import { useState } from "react"
import { Failed } from "../../part/failed.tsx"
import { Section } from "../../part/section.tsx"
import { SigningCommands } from "../../part/signing-commands.tsx"
import { Moment } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { registrationReads, TextField } from "./registration-controls.tsx"
import { registrationWords } from "./words.ts"

/** The keys that a registration names, which of them its agent was shown to hold, and how its owner shows it. */
export function ProveKeys({ of }: { readonly of: Registration }) {
  const words = useWords(registrationWords).keys
  const { content, mirror } = of
  if (content.keys.length === 0 || mirror !== null) return null
  return (
    <Section title={words.title}>
      <p className="mb-2 text-soft">{words.what}</p>
      <ul aria-label={words.title} className="grid gap-3">
        {content.keys.map((key) => (
          <Key key={key.id} of={of} agentKey={key} />
        ))}
      </ul>
    </Section>
  )
}

function Key({
  of: { id, proofs, state },
  agentKey,
}: {
  readonly of: Registration
  readonly agentKey: AgentKey
}) {
  const words = useWords(registrationWords).keys
  const suite = suiteOf(agentKey.jwk)
  const proof = proofs.find((each) => each.of === "key" && each.value === keyProven(agentKey))
  return (
    <li className="card px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <UntrustedName text={agentKey.id} />
        <span className="text-soft">{suite}</span>
        {proof === undefined ? (
          <span className="inline-flex items-center gap-1 text-soft">
            <Circle size={16} aria-hidden />
            {words.notShown}
          </span>
        ) : (
          <span className="inline-flex flex-wrap items-center gap-x-1">
            <BadgeCheck size={16} aria-hidden className="text-allow" />
            {words.shown} <Moment at={proof.at} />
            {proof.until === null ? null : (
              <>
                {words.until} <Moment at={proof.until} />
              </>
            )}
          </span>
        )}
      </div>
      {suite === "sm2" ? (
        <p className="mt-1 text-sm text-soft">{words.noSm2}</p>
      ) : state === "retired" ? null : (
        <Steps registration={id} keyId={agentKey.id} suite={suite} />
      )}
    </li>
  )
}

/** The challenge, the commands that sign it, and the answer. */
function Steps({
  registration,
  keyId,
  suite,
}: {
  readonly registration: string
  readonly keyId: string
  readonly suite: ReturnType<typeof suiteOf>
}) {
  const words = useWords(registrationWords).keys
  const ask = useWidening("registration.challenge", [])
  const prove = useWidening("registration.prove", registrationReads)
  const [signature, setSignature] = useState("")
  const error = prove.error ?? ask.error
  const challenge = ask.data ?? undefined
  return (
    <details className="mt-2">
      <summary className="min-h-6 cursor-pointer">{words.show}</summary>
      <ol className="my-2 grid list-decimal gap-4 ps-5">
        <li>
          {words.first}
          <button
            type="button"
            className="button mt-2 block"
            disabled={ask.isPending}
            onClick={() => {
              prove.reset()
              ask.mutate({ registration, key: keyId })
            }}
          >
            {words.ask}
          </button>
        </li>
        <li>
          {words.second}
          {challenge === undefined ? null : (
            <div role="status" className="mt-2 grid gap-2">
              <SigningCommands text={challenge.text} suite={suite} />
              <p className="text-sm text-soft">
                {words.goodUntil} <Moment at={challenge.expiresAt} />
              </p>
            </div>
          )}
        </li>
        <li>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (challenge !== undefined)
                prove.mutate(
                  { registration, key: keyId, challenge: challenge.challenge, signature: signature.trim() },
                  { onSuccess: () => setSignature("") },
                )
            }}
          >
            {words.third}
            <TextField label={words.signature} value={signature} change={setSignature} />
            <button
              type="submit"
              className="button mt-2"
              disabled={challenge === undefined || signature.trim() === "" || prove.isPending}
            >
              {words.check}
            </button>
            <p role="status" className="text-allow">
              {prove.data ? words.done : ""}
            </p>
          </form>
        </li>
      </ol>
      {error ? <Failed error={error} /> : null}
    </details>
  )
}
