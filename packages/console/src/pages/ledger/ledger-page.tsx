import { useMutation } from "@tanstack/react-query"
import { CircleCheck, CircleX } from "lucide-react"
import { client } from "../../data/client.ts"
import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { CopyButton } from "../../part/copy-button.tsx"
import { Failed } from "../../part/failed.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { LedgerEntries } from "./ledger-entries.tsx"
import { Witnesses } from "./witnesses.tsx"
import { ledgerWords } from "./words.ts"

/** The ledger: its signed state, a check of every byte, and its entries. */
export function LedgerPage() {
  const words = useWords(ledgerWords)
  return (
    <Page title={words.title} under={words.under} beside={<Verify />}>
      <Scrub />
      <LedgerEntries />
      <Witnesses />
      <Checkpoint />
    </Page>
  )
}

function Verify() {
  const words = useWords(ledgerWords)
  const lang = useLanguage()
  const verify = useMutation({ mutationFn: () => client.log.verify() })
  return (
    <div className="grid max-w-96 justify-items-end gap-2 max-sm:justify-items-start">
      <button type="button" className="button" disabled={verify.isPending} onClick={() => verify.mutate()}>
        {words.verify}
      </button>
      <div role="status">
        {verify.isPending ? (
          <>
            <p>{words.verifying}</p>
            <progress className="w-full accent-seal" aria-label={words.verifying} />
          </>
        ) : null}
        {verify.data ? (
          <p className={`flex items-center gap-2 ${verify.data.ok ? "text-allow" : "text-deny"}`}>
            {verify.data.ok ? <CircleCheck size={18} aria-hidden /> : <CircleX size={18} aria-hidden />}
            {verify.data.ok
              ? words.sound(verify.data.entries, verify.data.checkpoints)
              : words.unsound(verify.data.fault?.[lang] ?? "")}
          </p>
        ) : null}
      </div>
      {verify.error ? <Failed error={verify.error} /> : null}
    </div>
  )
}

/** What the node finds while it reads everything again in the background. */
function Scrub() {
  const words = useWords(ledgerWords)
  const lang = useLanguage()
  const { data } = useOperation("node.status", {})
  if (!data) return null
  const { scrub, published } = data
  if (scrub.fault !== null)
    return (
      <div role="alert" className="rounded-lg border border-deny bg-deny-wash p-4">
        <p className="flex items-center gap-2 font-semibold text-deny">
          <CircleX size={18} aria-hidden />
          {words.scrubFault}
        </p>
        <p className="break-words">{scrub.fault[lang]}</p>
        <p className="text-soft">
          <Sentence text={words.scrubFaultWhat} />
        </p>
      </div>
    )
  return (
    <div className="text-soft">
      {scrub.soundAt === null ? (
        <p>{words.scrubUnderWay(scrub.entries, scrub.of)}</p>
      ) : (
        <p>
          {words.scrubSound}
          <Ago at={scrub.soundAt} />
        </p>
      )}
      {published === null ? null : (
        <p className={published.fault === null ? "" : "text-deny"}>
          {published.fault === null ? words.published(published.entries) : words.unpublished(published.fault)}
        </p>
      )}
    </div>
  )
}

function Checkpoint() {
  const words = useWords(ledgerWords)
  const checkpoint = useOperation("log.checkpoint", {})
  return (
    <Section title={words.checkpoint}>
      <Loaded query={checkpoint}>
        {(data) => (
          <div className="card grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3">
            <p className="text-soft">{words.checkpointWhat}</p>
            <div className="flex items-start gap-1">
              <pre
                // A region that scrolls must be reachable by keyboard.
                tabIndex={0}
                aria-label={words.checkpoint}
                className="min-w-0 flex-1 overflow-x-auto rounded bg-sunk p-3 font-mono text-sm break-all whitespace-pre-wrap"
              >
                {data.checkpoint}
              </pre>
              <CopyButton text={data.checkpoint} />
            </div>
            <p className="text-soft">{words.key}</p>
            <p className="flex items-center gap-1">
              <code className="font-mono text-sm break-all">{data.key}</code>
              <CopyButton text={data.key} />
            </p>
            <p className="text-soft">{words.here}</p>
            <p>
              <Command line="hufu log verify" />
            </p>
          </div>
        )}
      </Loaded>
    </Section>
  )
}
