import type { Request } from "@hufu/core/contract/contract"
import type { HoldRecord } from "@hufu/core/contract/records"
import { isFailure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { useMutation } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Check, X } from "lucide-react"
import { type FormEvent, type Ref, useId, useImperativeHandle, useRef, useState } from "react"
import { askAs } from "../../data/client.ts"
import { readAgain, useChange, useOperation } from "../../data/use-operation.ts"
import { Failed } from "../../part/failed.tsx"
import { writeJson } from "../../part/plain-json.ts"
import { askProven, isProven, prove } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { Choice, choiceOf, type Chosen } from "./choice.tsx"
import { useArmed } from "./use-armed.ts"
import { words as approvalWords } from "./words.ts"

export interface DecideHandle {
  /** Approves once, if the card has stood still. */
  approve(): void
  /** Goes to the reason, which a refusal needs. */
  refuse(): void
  /** Brings the decision into view, with the focus at its start. */
  show(): void
}

const changed = ["hold.list", "hold.show", "node.status", "action.list", "mandate.list"] as const

/** Approving, editing and refusing. INVARIANT: the node decides who may; this only asks it. */
export function Decide({ hold, ref }: { readonly hold: HoldRecord; readonly ref: Ref<DecideHandle> }) {
  const words = useWords(approvalWords)
  const { data: status } = useOperation("node.status", {})
  const [chosen, setChosen] = useState<Chosen>({ for: "once", untilMs: 3_600_000 })
  const [edited, setEdited] = useState<string>()
  const reason = useRef<HTMLTextAreaElement>(null)
  const start = useRef<HTMLDivElement>(null)
  const edit = edited === undefined ? undefined : readObject(edited)
  const proposed = chosen.for === "proposed" ? hold.proposal?.digest : ""
  const isArmed = useArmed(
    `${hold.id} ${hold.digest} ${edited ?? ""} ${chosen.for} ${proposed} ${chosen.untilMs}`,
  )
  const approval = useMutation({ mutationFn: approve, onSettled: () => readAgain(changed) })
  const canApprove = isArmed && !approval.isPending && edit?.fault === undefined
  const send = (choice: Chosen) => {
    if (canApprove) approval.mutate(choiceOf(hold, choice, edit?.value))
  }
  useImperativeHandle(ref, () => ({
    approve: () => send({ ...chosen, for: "once" }),
    refuse: () => reason.current?.focus(),
    show: () => start.current?.focus(),
  }))

  if (status?.personEnrolled === false)
    return (
      <div ref={start} tabIndex={-1} className="grid gap-6">
        <p>
          {words.noPerson}{" "}
          <Link to="/first-passkey" className="link">
            {words.makePerson}
          </Link>
        </p>
        <Refuse hold={hold} reason={reason} />
      </div>
    )
  return (
    <div ref={start} tabIndex={-1} className="grid gap-6">
      <div className="grid gap-3">
        <Choice hold={hold} chosen={chosen} change={setChosen} />
        <Edit hold={hold} edited={edited} change={setEdited} fault={edit?.fault} />
        <button
          type="button"
          className="button button-main min-h-11 w-full"
          aria-disabled={!canApprove}
          data-armed={isArmed}
          onClick={() => send(chosen)}
        >
          <Check size={18} aria-hidden />
          {edit ? words.approveEdited : words.approve}
        </button>
        <p className="text-sm text-soft">{words.passkeyNext}</p>
        <div role="status">
          {approval.data === null ? <p>{words.left}</p> : null}
          {isFailure(approval.error, "stale") ? <p className="text-deny">{words.stale}</p> : null}
        </div>
        {approval.error ? <Failed error={approval.error} /> : null}
      </div>
      <Refuse hold={hold} reason={reason} />
    </div>
  )
}

/** A proof for this very decision, unless one was given just now and the decision is a plain one. */
async function approve({
  isPlain,
  ...decision
}: Request<"hold.approve"> & { readonly isPlain: boolean }): Promise<HoldRecord | null> {
  if (isPlain && isProven()) return askProven("hold.approve", decision)
  const token = await prove({ kind: "decision", choice: decision })
  return token === null ? null : askAs(token, "hold.approve", decision)
}

function Edit({
  hold,
  edited,
  change,
  fault,
}: {
  readonly hold: HoldRecord
  readonly edited: string | undefined
  readonly change: (text: string | undefined) => void
  readonly fault: string | undefined
}) {
  const words = useWords(approvalWords)
  const id = useId()
  // What is passed on is approved as it is, or not at all.
  if (hold.arguments === null || hold.passing !== null) return null
  // Escapes for what is hidden: in a field nothing else would show it.
  const start = () => change(writeJson(hold.arguments))
  if (edited === undefined)
    return (
      <button type="button" className="link min-h-6 justify-self-start" onClick={start}>
        {words.edit}
      </button>
    )
  return (
    <div className="grid gap-1">
      <label htmlFor={id}>{words.editing.label}</label>
      <textarea
        id={id}
        className="field min-h-32 font-mono text-sm"
        spellCheck={false}
        dir="ltr"
        value={edited}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        onChange={(event) => change(event.target.value)}
      />
      {fault === undefined ? null : (
        <p id={`${id}-fault`} className="text-deny">
          {words.editing.invalid} <span lang="en">{fault}</span>
        </p>
      )}
      <button type="button" className="link min-h-6 justify-self-start" onClick={() => change(undefined)}>
        {words.editing.undo}
      </button>
    </div>
  )
}

function readObject(
  text: string,
):
  | { readonly value: JsonObject; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: string } {
  try {
    const value = parseStrict(text)
    return isJsonObject(value) ? { value } : { fault: "{ … }" }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

function Refuse({ hold, reason }: { readonly hold: HoldRecord; readonly reason: Ref<HTMLTextAreaElement> }) {
  const words = useWords(approvalWords)
  const refusal = useChange("hold.refuse", changed)
  const [text, setText] = useState("")
  const [isMissing, setMissing] = useState(false)
  const id = useId()
  function submit(event: FormEvent): void {
    event.preventDefault()
    const isEmpty = text.trim() === ""
    setMissing(isEmpty)
    if (!isEmpty) refusal.mutate({ hold: hold.id, reason: text.trim() })
  }
  return (
    <form onSubmit={submit} className="grid gap-2 border-t border-line pt-4">
      <label htmlFor={id}>{words.reason}</label>
      <textarea
        ref={reason}
        id={id}
        className="field min-h-16"
        maxLength={500}
        value={text}
        aria-invalid={isMissing}
        aria-describedby={isMissing ? `${id}-missing` : undefined}
        onChange={(event) => setText(event.target.value)}
      />
      {isMissing ? (
        <p id={`${id}-missing`} role="alert" className="text-deny">
          {words.reasonMissing}
        </p>
      ) : null}
      <button type="submit" className="button button-deny min-h-11" disabled={refusal.isPending}>
        <X size={18} aria-hidden />
        {words.refuse}
      </button>
      {refusal.error ? <Failed error={refusal.error} /> : null}
    </form>
  )
}
