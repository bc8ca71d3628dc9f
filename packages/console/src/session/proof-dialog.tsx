import { useQuery } from "@tanstack/react-query"
import { type FormEvent, useEffect, useRef, useState } from "react"
import { operationQuery } from "../data/use-operation.ts"
import { Failed } from "../part/failed.tsx"
import { Modal } from "../part/modal.tsx"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { isNoProof, proveByPasskey, proveBySecret } from "./passkey.ts"
import type { Asked } from "./prove.ts"

type Step =
  | { readonly at: "choosing" | "working" | "refused" }
  | { readonly at: "failed"; readonly error: unknown }

/** Asks for the passkey at once where there is one, and for the terminal secret where there is none. */
export function ProofDialog({ asked }: { readonly asked: Asked }) {
  const words = useWords(shared)
  const { data: proofs } = useQuery(operationQuery("passkey.list", {}))
  const [step, setStep] = useState<Step>({ at: "choosing" })
  const [bySecret, setBySecret] = useState(false)
  const isBegun = useRef(false)
  const hasPasskeys = "credentials" in navigator && (proofs === undefined || proofs.items.length > 0)

  async function take(proof: Promise<string>): Promise<void> {
    setStep({ at: "working" })
    try {
      asked.give(await proof)
    } catch (error) {
      setStep(isNoProof(error) ? { at: "refused" } : { at: "failed", error })
    }
  }
  useEffect(() => {
    if (proofs === undefined || isBegun.current) return
    isBegun.current = true
    if (hasPasskeys) void take(proveByPasskey(asked.purpose))
    else setBySecret(true)
  })

  return (
    <Modal title={words.reauth.title} close={() => asked.leave()}>
      <p role="status" className="min-h-6">
        {step.at === "working" && !bySecret ? words.reauth.working : ""}
        {step.at === "refused" ? words.reauth.refused : ""}
      </p>
      {step.at === "failed" ? <Failed error={step.error} /> : null}
      {bySecret ? (
        <SecretForm
          isBusy={step.at === "working"}
          give={(secret) => void take(proveBySecret(secret, asked.purpose))}
        />
      ) : null}
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        {proofs?.secret === true && !bySecret ? (
          <button type="button" className="button button-quiet" onClick={() => setBySecret(true)}>
            {words.reauth.secret}
          </button>
        ) : null}
        <button type="button" className="button" onClick={() => asked.leave()}>
          {words.cancel}
        </button>
        {hasPasskeys && (bySecret || step.at === "refused" || step.at === "failed") ? (
          <button
            type="button"
            className="button"
            onClick={() => {
              setBySecret(false)
              void take(proveByPasskey(asked.purpose))
            }}
          >
            {words.reauth.passkey}
          </button>
        ) : null}
      </div>
    </Modal>
  )
}

function SecretForm({ isBusy, give }: { readonly isBusy: boolean; readonly give: (secret: string) => void }) {
  const words = useWords(shared).reauth
  const [secret, setSecret] = useState("")
  const field = useRef<HTMLInputElement>(null)
  // It comes after the dialog itself has taken the focus.
  useEffect(() => field.current?.focus(), [])
  function submit(event: FormEvent): void {
    event.preventDefault()
    give(secret)
    setSecret("")
  }
  return (
    <form onSubmit={submit} className="mt-2 grid gap-1">
      <label>
        {words.secretLabel}
        <input
          ref={field}
          type="password"
          autoComplete="off"
          className="field mt-1"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
      </label>
      <button
        type="submit"
        className="button button-main mt-2 justify-self-end"
        disabled={isBusy || secret === ""}
      >
        {words.secretGo}
      </button>
    </form>
  )
}
