import type { Output } from "@hufu/core/contract/contract"
import { verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { Download } from "lucide-react"
import { useEffect, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { CopyButton } from "../../part/copy-button.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { logKeysOf, verifyLine } from "../../part/log-keys.ts"
import { SecondSignature } from "../../part/second-signature.tsx"
import { Section } from "../../part/section.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { noteReceiptVerified } from "../../part/receipt-verified.ts"
import { useWords } from "../../words/use-words.ts"
import { useReceipt } from "../actions/use-receipt.ts"
import { Choice } from "./choice.tsx"
import { Disclosed } from "./disclosed.tsx"
import { flipAByte } from "./flip-a-byte.ts"
import { LoggedEntries } from "./logged-entries.tsx"
import type { ReadReceipt } from "./read-receipt.ts"
import { saveText } from "./save-text.ts"
import { VerdictOfReceipt } from "./verdict-of-receipt.tsx"
import { receiptWords } from "./words.ts"

/** The receipt of one action, checked in the browser. */
export function ReceiptPage() {
  const words = useWords(receiptWords)
  const { action = "" } = useParams({ strict: false })
  const [open, setOpen] = useAddressText("open")
  const receipt = useReceipt(action, { open })
  const log = useOperation("log.checkpoint", {})
  return (
    <Page
      title={words.title}
      under={
        <>
          <Id id={action} whole />
          <span className="mt-1 block">{words.under}</span>
        </>
      }
      beside={
        <Link to="/actions/$action" params={{ action }} className="button">
          {words.action}
        </Link>
      }
    >
      <Choice action={action} open={open} setOpen={setOpen} />
      <Loaded query={receipt} rows={8}>
        {(read) => (
          <Loaded query={log}>
            {(data) => <Content key={read.text} action={action} read={read} log={data} />}
          </Loaded>
        )}
      </Loaded>
    </Page>
  )
}

function Content({
  action,
  read,
  log,
}: {
  readonly action: string
  readonly read: ReadReceipt
  readonly log: Output<"log.checkpoint">
}) {
  const words = useWords(receiptWords)
  const { key: logKey, mlDsaKey, witnesses: witnessKeys } = log
  const trustedKeys = logKeysOf(log)
  const [isFlipped, setFlipped] = useState(false)
  const flipped = isFlipped ? flipAByte(read) : undefined
  const text = flipped?.text ?? read.text
  const verdict = useQuery({
    queryKey: ["receipt-verdict", { text, trustedKeys, witnessKeys }],
    queryFn: () =>
      verifyReceipt(text, {
        trustedKeys,
        witnessKeys,
        nowSeconds: Math.floor(Date.now() / 1000),
      }),
    gcTime: 0,
  })
  const isVerified = verdict.data?.ok === true
  useEffect(() => {
    if (isVerified) noteReceiptVerified()
  }, [isVerified])
  return (
    <>
      <Loaded query={verdict} rows={8}>
        {(data) => <VerdictOfReceipt verdict={data} />}
      </Loaded>
      <SecondSignature mlDsaKey={mlDsaKey} />
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <button
          type="button"
          className={`button ${isFlipped ? "" : "button-deny"}`}
          onClick={() => setFlipped(!isFlipped)}
        >
          {isFlipped ? words.unflip : words.flip}
        </button>
        <span role="status">{flipped ? words.flipped(flipped.at, flipped.index) : ""}</span>
      </div>
      {verdict.data?.ok && verdict.data.openings.length > 0 ? (
        <Disclosed openings={verdict.data.openings} />
      ) : null}
      <LoggedEntries text={text} checkpoint={verdict.data?.ok ? verdict.data.checkpoint : undefined} />
      <Section title={words.trust}>
        <div className="card px-4 py-3">
          <p className="text-soft">{words.trustWhat}</p>
          <p className="mt-2 flex items-center gap-1">
            <code className="font-mono text-sm break-all">{logKey}</code>
            <CopyButton text={logKey} />
          </p>
        </div>
      </Section>
      <Section title={words.keep}>
        <div className="card grid gap-3 px-4 py-3">
          <div>
            <button type="button" className="button" onClick={() => saveText(`${action}.json`, read.text)}>
              <Download size={16} aria-hidden />
              {words.download}
            </button>
          </div>
          <p className="text-soft">{words.cli}</p>
          <p>
            <Command line={verifyLine(`${action}.json`, trustedKeys)} />
          </p>
        </div>
      </Section>
    </>
  )
}
