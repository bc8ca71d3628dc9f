import type { Output } from "@hufu/core/contract/contract"
import { fromBase64 } from "@hufu/core/evidence/base64"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import { entryProofSteps, verifyEntryProof } from "@hufu/core/evidence/entry-proof"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { Download } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { logKeysOf, verifyLine } from "../../part/log-keys.ts"
import { SecondSignature } from "../../part/second-signature.tsx"
import { Section } from "../../part/section.tsx"
import { VerifiedSteps } from "../../part/verified-steps.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { saveText } from "../receipt/save-text.ts"
import { EntryContent } from "./entry-content.tsx"
import { ledgerWords } from "./words.ts"

/** One entry at its permanent address, by its index or its leaf hash, checked in the browser. */
export function EntryPage() {
  const words = useWords(ledgerWords).entryPage
  const { entry = "" } = useParams({ strict: false })
  const proof = useOperation("log.entry", { entry })
  const log = useOperation("log.checkpoint", {})
  return (
    <Page
      title={/^\d{1,15}$/.test(entry) ? words.title(entry) : words.byHash}
      under={words.under}
      beside={
        <Link to="/ledger" className="button">
          {words.ledger}
        </Link>
      }
    >
      <Loaded query={proof} rows={8}>
        {(file) => <Loaded query={log}>{(data) => <Content file={file} log={data} />}</Loaded>}
      </Loaded>
    </Page>
  )
}

function Content({
  file,
  log,
}: {
  readonly file: Output<"log.entry">
  readonly log: Output<"log.checkpoint">
}) {
  const words = useWords(ledgerWords).entryPage
  const lang = useLanguage()
  const text = `${JSON.stringify(file, null, 2)}\n`
  const { mlDsaKey, witnesses: witnessKeys } = log
  const trustedKeys = logKeysOf(log)
  const verdict = useQuery({
    queryKey: ["entry-verdict", { text, trustedKeys, witnessKeys }],
    queryFn: () =>
      verifyEntryProof(text, {
        trustedKeys,
        witnessKeys,
        nowSeconds: Math.floor(Date.now() / 1000),
      }),
    gcTime: 0,
  })
  const name = `entry-${file.index}.json`
  return (
    <>
      <Loaded query={verdict} rows={6}>
        {(data) => (
          <VerifiedSteps
            isSound={data.ok}
            title={data.ok ? words.sound : words.unsound}
            what={data.ok ? words.soundWhat : data.reason[lang]}
            order={entryProofSteps}
            names={words.names}
            steps={data.steps}
          />
        )}
      </Loaded>
      <SecondSignature mlDsaKey={mlDsaKey} />
      <Section title={words.what}>
        <div className="card px-4 py-3">
          <Logged file={file} />
        </div>
      </Section>
      <Section title={words.keep}>
        <div className="card grid gap-3 px-4 py-3">
          <div>
            <button type="button" className="button" onClick={() => saveText(name, text)}>
              <Download size={16} aria-hidden />
              {words.download}
            </button>
          </div>
          <p className="text-soft">{words.cli}</p>
          <p>
            <Command line={verifyLine(name, trustedKeys)} />
          </p>
          <p className="text-soft">{words.forms}</p>
        </div>
      </Section>
    </>
  )
}

function Logged({ file }: { readonly file: Output<"log.entry"> }) {
  const bytes = fromBase64(file.entry)
  const logged = parseStrict(new TextDecoder().decode(bytes))
  return <EntryContent item={{ hash: file.hash, entry: logged }} entry={decodeEntry(bytes)} />
}
