import type { DelegationTried } from "@hufu/core/contract/delegation"
import { sayMinor } from "@hufu/core/contract/say-figure"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { EffectBadge, VerdictBadge } from "../../part/badge.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Untrusted, UntrustedArguments } from "../../part/untrusted.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { NoticedList } from "../actions/noticed-list.tsx"
import { newDelegationWords } from "./new-words.ts"

/** The verdict on what was not sent. */
export function TriedDelegation({ of }: { readonly of: DelegationTried }) {
  const words = useWords(newDelegationWords)
  const lang = useLanguage()
  return (
    <>
      <p className="mb-2 text-soft">{words.nothingSent}</p>
      <Facts
        of={[
          [words.verdict, <VerdictBadge key="verdict" verdict={of.verdict} />],
          [words.effect, <EffectBadge key="effect" effect={of.effect} />],
          [
            words.why,
            of.reasons.length === 0
              ? null
              : of.reasons.map((reason) => (
                  <span key={reason.rule} className="block wrap-anywhere">
                    <Sentence text={makeVisible(reason[lang])} />{" "}
                    <code className="font-mono text-sm text-soft">{reason.rule}</code>
                  </span>
                )),
          ],
          [words.mandate, of.mandate === null ? null : <Id key="mandate" id={of.mandate} />],
          [words.words, of.words === null ? null : <Untrusted key="words" text={of.words} prose />],
          [
            words.spends,
            of.verdict === "deny" ? null : of.spends.length === 0 ? (
              words.spendsNothing
            ) : (
              <Spends key="spends" of={of.spends} />
            ),
          ],
          [words.noticed, of.noticed.length === 0 ? null : <NoticedList key="noticed" of={of.noticed} />],
          [words.redacts, of.redacts.length === 0 ? null : of.redacts.join(", ")],
        ]}
      />
      <details className="mt-2">
        <summary className="min-h-6 cursor-pointer">
          {words.attempt}:{" "}
          <code className="font-mono text-sm">{`${of.attempt.server}/${of.attempt.tool}`}</code>
        </summary>
        <UntrustedArguments value={of.attempt.arguments} />
      </details>
    </>
  )
}

function Spends({ of }: { readonly of: DelegationTried["spends"] }) {
  const words = useWords(newDelegationWords)
  const lang = useLanguage()
  return of.map(({ mandate, grant, amount, currency, left }) => (
    <span key={`${mandate} ${grant}`} className="block">
      {left.count === null ? null : words.spendsCount(left.count)}
      {left.amount === null || currency === null
        ? null
        : ` ${words.spendsAmount(sayMinor(amount, currency, lang), sayMinor(left.amount, currency, lang))}`}{" "}
      <Id id={mandate} />
    </span>
  ))
}
