import type { CallId } from "@hufu/core/contract/contract"
import type { ShownRegistration } from "@hufu/core/contract/registration"
import { PencilLine } from "lucide-react"
import { type ReactNode, useContext, useId, useState } from "react"
import { useChange } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { Failed } from "../../part/failed.tsx"
import { ActingAs } from "../../session/acting-as.ts"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { registrationWords } from "./words.ts"

/** What is read again after a registration changed. */
export const registrationReads = [
  "registration.list",
  "registration.show",
  "registry.search",
  "registry.show",
  "developer.me",
  "developer.registration",
  "agent.list",
  "agent.show",
] as const satisfies readonly CallId[]

/** What can be done with a registration where it stands. */
export function RegistrationControls({
  of,
  edit,
}: {
  readonly of: ShownRegistration
  readonly edit: () => void
}) {
  const words = useWords(registrationWords)
  const { registration, proposal, offeredTo } = of
  const { id, state } = registration
  // Only whoever runs the registry hides what others may see, and shows it again.
  const isOutside = useContext(ActingAs) !== null
  const submit = useWidening("registration.submit", registrationReads)
  const withdraw = useWidening("registration.withdraw", registrationReads)
  const isDrafted = state === "draft" || (state === "approved" && proposal?.state === "draft")
  const isPending = state === "pending" || (state === "approved" && proposal?.state === "pending")
  const error = submit.error ?? withdraw.error
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-start gap-2">
        {isDrafted ? (
          <Plain
            label={words.submit}
            isMain
            isPending={submit.isPending}
            run={() => submit.mutate({ registration: id })}
          />
        ) : null}
        {isPending ? (
          <Plain
            label={words.withdraw}
            isPending={withdraw.isPending}
            run={() => withdraw.mutate({ registration: id })}
          />
        ) : null}
        {!isPending && ["draft", "rejected", "approved"].includes(state) ? (
          <button type="button" className="button" onClick={edit}>
            <PencilLine size={16} aria-hidden />
            {words.edit}
          </button>
        ) : null}
        {offeredTo === null ? null : <Accept id={id} />}
        {state === "retired" ? null : <Offer id={id} />}
        {state === "approved" && !isOutside ? <Disable id={id} /> : null}
        {state === "disabled" && !isOutside ? <Enable id={id} /> : null}
        {state === "retired" ? null : <Retire id={id} />}
      </div>
      {error ? <Failed error={error} /> : null}
    </div>
  )
}

function Plain({
  label,
  isMain = false,
  isPending,
  run,
}: {
  readonly label: string
  readonly isMain?: boolean
  readonly isPending: boolean
  readonly run: () => void
}) {
  return (
    <button
      type="button"
      className={`button ${isMain ? "button-main" : ""}`}
      disabled={isPending}
      onClick={run}
    >
      {label}
    </button>
  )
}

function Accept({ id }: { readonly id: string }) {
  const words = useWords(registrationWords)
  const { mutate, isPending, error } = useWidening("registration.accept", registrationReads)
  return (
    <Confirm
      label={words.accept}
      what={words.acceptWhat}
      isDangerous={false}
      doing={{ run: () => mutate({ registration: id }), isPending, error }}
    />
  )
}

function Offer({ id }: { readonly id: string }) {
  const words = useWords(registrationWords)
  const [to, setTo] = useState("")
  const { mutate, isPending, error } = useWidening("registration.offer", registrationReads)
  return (
    <Confirm
      label={words.offer}
      isDangerous={false}
      what={
        <>
          <p>{words.offerWhat}</p>
          <TextField label={words.offerTo} help={words.offerToHelp} value={to} change={setTo} />
        </>
      }
      doing={{ run: () => mutate({ registration: id, to: to.trim() }), isPending, error }}
    />
  )
}

function Disable({ id }: { readonly id: string }) {
  const words = useWords(registrationWords)
  const [reason, setReason] = useState("")
  const { mutate, isPending, error } = useChange("registration.disable", registrationReads)
  return (
    <Confirm
      label={words.disable}
      what={
        <>
          <p>{words.disableWhat}</p>
          <TextField label={words.why} value={reason} change={setReason} />
        </>
      }
      doing={{ run: () => mutate({ registration: id, reason }), isPending, error }}
    />
  )
}

function Enable({ id }: { readonly id: string }) {
  const words = useWords(registrationWords)
  const { mutate, isPending, error } = useWidening("registration.enable", registrationReads)
  return (
    <Confirm
      label={words.enable}
      what={words.enableWhat}
      isDangerous={false}
      doing={{ run: () => mutate({ registration: id }), isPending, error }}
    />
  )
}

function Retire({ id }: { readonly id: string }) {
  const words = useWords(registrationWords)
  const { mutate, isPending, error } = useChange(
    useContext(ActingAs) === null ? "registration.retire" : "developer.retire",
    registrationReads,
  )
  return (
    <Confirm
      label={words.retire}
      what={words.retireWhat}
      doing={{ run: () => mutate({ registration: id }), isPending, error }}
    />
  )
}

/** One line of text with its name, and what is to be known of it. */
export function TextField({
  label,
  value,
  change,
  help,
  maxLength = 2000,
}: {
  readonly label: string
  readonly value: string
  readonly change: (text: string) => void
  readonly help?: ReactNode
  readonly maxLength?: number
}) {
  const field = useId()
  return (
    <div className="mt-2 grid min-w-0 gap-1">
      <label htmlFor={field}>{label}</label>
      <input
        id={field}
        className="field"
        autoComplete="off"
        spellCheck={false}
        maxLength={maxLength}
        value={value}
        aria-describedby={help === undefined ? undefined : `${field}-help`}
        onChange={(event) => change(event.target.value)}
      />
      {help === undefined ? null : (
        <p id={`${field}-help`} className="text-sm text-soft">
          {help}
        </p>
      )}
    </div>
  )
}
