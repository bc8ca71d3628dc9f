import { type RevocationReason, revocationReasons, type ShownCertificate } from "@hufu/core/contract/ca"
import { CircleCheck, CirclePause, CircleX, Download, TimerOff } from "lucide-react"
import { useState } from "react"
import { useChange, useOperation } from "../../data/use-operation.ts"
import { AgentName } from "../../part/agent-name.tsx"
import { Badge } from "../../part/badge.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { CopyButton } from "../../part/copy-button.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Moment } from "../../part/time.tsx"
import { useWords } from "../../words/use-words.ts"
import { saveText } from "../receipt/save-text.ts"
import { certificateWords } from "./words.ts"

const looks = {
  good: ["allow", CircleCheck],
  "on-hold": ["ask", CirclePause],
  revoked: ["deny", CircleX],
  expired: ["plain", TimerOff],
} as const

/** What was issued, the newest first, each with its state and how to revoke it. */
export function CertificateList({ items }: { readonly items: readonly ShownCertificate[] }) {
  const words = useWords(certificateWords)
  return (
    <List label={words.list}>
      {items.map((certificate) => (
        <Certificate key={certificate.id} of={certificate} />
      ))}
    </List>
  )
}

function Certificate({ of }: { readonly of: ShownCertificate }) {
  const words = useWords(certificateWords)
  const { id, serial, holder, aic, usage, suite, status, until, account, reason } = of
  const [tone, icon] = looks[status]
  return (
    <ListItem
      head={
        <>
          <Badge tone={tone} icon={icon} word={words.statuses[status]} />
          {holder === "node" ? words.node : <Holder of={holder} />}
          <span className="text-soft">{words.usages[usage]}</span>
        </>
      }
      beside={
        <>
          <span className="font-mono">{suite}</span>
          <span>
            {words.until} <Moment at={until} />
          </span>
          <Id id={id} />
        </>
      }
    >
      <p className="flex flex-wrap items-center gap-x-4 text-sm text-soft">
        {aic === null ? words.erased : <code className="font-mono break-all text-ink">{aic}</code>}
        <span className="inline-flex min-w-0 items-center gap-1">
          {words.serial} <code className="font-mono break-all">{serial}</code>
          <CopyButton text={serial} />
        </span>
        {usage === "client" || usage === "server" ? (account === null ? words.byPerson : words.byAcme) : null}
        {reason === null ? null : words.revokedWhy(words.reasons[reason])}
      </p>
      <div className="mt-2 flex flex-wrap items-start gap-3">
        <Chain id={id} />
        {status === "revoked" || usage === "ocsp" || usage === "door" ? null : <Revoke id={id} />}
      </div>
    </ListItem>
  )
}

function Holder({ of: holder }: { readonly of: string }) {
  return holder.startsWith("agt_") ? <AgentName id={holder} /> : <Id id={holder} />
}

function Chain({ id }: { readonly id: string }) {
  const words = useWords(certificateWords)
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="min-w-0 flex-1" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-6 cursor-pointer text-sm">{words.showChain}</summary>
      {isOpen ? <Pem id={id} /> : null}
    </details>
  )
}

function Pem({ id }: { readonly id: string }) {
  const words = useWords(certificateWords)
  const query = useOperation("ca.certificate", { certificate: id })
  return (
    <Loaded query={query}>
      {({ chain }) =>
        chain === null ? (
          <p className="text-soft">{words.erased}</p>
        ) : (
          <>
            <pre
              // A region that scrolls must be reachable by keyboard.
              tabIndex={0}
              aria-label={words.showChain}
              className="mt-2 max-h-60 overflow-auto rounded bg-sunk p-3 font-mono text-xs"
            >
              {chain}
            </pre>
            <button type="button" className="button mt-2" onClick={() => saveText(`${id}.pem`, chain)}>
              <Download size={16} aria-hidden />
              PEM
            </button>
          </>
        )
      }
    </Loaded>
  )
}

function Revoke({ id }: { readonly id: string }) {
  const words = useWords(certificateWords)
  const [reason, setReason] = useState<RevocationReason>("unspecified")
  const { mutate, isPending, error } = useChange("ca.revoke", [
    "ca.list",
    "ca.certificate",
    "ca.crl",
    "ca.show",
  ])
  return (
    <Confirm
      label={words.revoke}
      what={
        <>
          <p>{words.revokeWhat}</p>
          <label className="mt-2 grid gap-1 sm:max-w-80">
            {words.revokeReason}
            <select
              className="field"
              value={reason}
              onChange={({ target: { value } }) =>
                setReason(revocationReasons.find((each) => each === value) ?? reason)
              }
            >
              {revocationReasons.map((each) => (
                <option key={each} value={each}>
                  {words.reasons[each]}
                </option>
              ))}
            </select>
          </label>
        </>
      }
      doing={{ run: () => mutate({ certificate: id, reason }), isPending, error }}
    />
  )
}
