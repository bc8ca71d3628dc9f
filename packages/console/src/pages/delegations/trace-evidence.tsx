import type { DelegationTrace } from "@hufu/core/contract/delegation"
import { verifyTrace } from "@hufu/core/evidence/verify-trace"
import { useQuery } from "@tanstack/react-query"
import { Download, ShieldAlert, ShieldCheck } from "lucide-react"
import { useState } from "react"
import { ask } from "../../data/client.ts"
import { Command } from "../../part/command.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { logKeysOf, verifyLine } from "../../part/log-keys.ts"
import { Section } from "../../part/section.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { saveText } from "../receipt/save-text.ts"
import { traceEvidenceWords } from "./trace-evidence-words.ts"

/** The receipts of a trace, joined: checked in the browser, and given out as a file. */
export function TraceEvidence({ items }: { readonly items: DelegationTrace["items"] }) {
  const words = useWords(traceEvidenceWords)
  const [isAsked, setAsked] = useState(false)
  const action = items.flatMap(({ events }) => events).find((event) => event.action !== null)?.action
  if (action === undefined || action === null) return null
  return (
    <Section title={words.title}>
      <div className="card grid gap-3 px-4 py-3">
        <p className="text-soft">{words.what}</p>
        {isAsked ? (
          <Verified action={action} />
        ) : (
          <div>
            <button type="button" className="button" onClick={() => setAsked(true)}>
              {words.verify}
            </button>
          </div>
        )}
      </div>
    </Section>
  )
}

function Verified({ action }: { readonly action: string }) {
  const words = useWords(traceEvidenceWords)
  const lang = useLanguage()
  const checked = useQuery({
    queryKey: ["trace-verdict", action],
    async queryFn() {
      const [trace, log] = await Promise.all([ask("action.trace", { action }), ask("log.checkpoint", {})])
      const trustedKeys = logKeysOf(log)
      const nowSeconds = Math.floor(Date.now() / 1000)
      const verdict = await verifyTrace(trace, { trustedKeys, witnessKeys: log.witnesses, nowSeconds })
      return { text: JSON.stringify(trace), trustedKeys, verdict }
    },
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <Loaded query={checked} rows={3}>
      {({ text, trustedKeys, verdict }) => (
        <>
          <p role="status" className="inline-flex items-start gap-2">
            {verdict.ok ? (
              <ShieldCheck size={18} aria-hidden className="mt-0.5 shrink-0 text-allow" />
            ) : (
              <ShieldAlert size={18} aria-hidden className="mt-0.5 shrink-0 text-deny" />
            )}
            <span>
              {verdict.ok ? words.sound(verdict.links.length, verdict.size) : words.unsound}
              {verdict.ok ? null : ` ${verdict.reason[lang]}`}
              {verdict.ok && verdict.links.some(({ isWhole }) => !isWhole) ? ` ${words.open}` : null}
            </span>
          </p>
          {!verdict.ok && verdict.link?.startsWith("act_") ? <Id id={verdict.link} whole /> : null}
          <div>
            <button type="button" className="button" onClick={() => saveText(`${action}-trace.json`, text)}>
              <Download size={16} aria-hidden />
              {words.download}
            </button>
          </div>
          <p className="text-soft">{words.cli}</p>
          <p>
            <Command line={verifyLine(`${action}-trace.json`, trustedKeys)} />
          </p>
        </>
      )}
    </Loaded>
  )
}
