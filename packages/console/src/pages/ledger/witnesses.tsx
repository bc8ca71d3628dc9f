import { saysWitnessed } from "@hufu/core/evidence/witness-policy"
import { CircleCheck, CircleDashed, CircleX } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { ledgerWords } from "./words.ts"

/** Who else has seen this ledger; without anybody, it is said to be unwitnessed. */
export function Witnesses() {
  const words = useWords(ledgerWords)
  const lang = useLanguage()
  const status = useOperation("node.status", {})
  return (
    <Section title={words.witnesses}>
      <Loaded query={status}>
        {({ witnesses }) => {
          const { alarm, items, by, of, required, isWitnessed, size } = witnesses
          const names = Array.from({ length: by }, () => "")
          const says = saysWitnessed({ by: names, of, required, isWitnessed })[lang]
          const Icon = alarm ? CircleX : isWitnessed ? CircleCheck : CircleDashed
          const ink = alarm ? "text-deny" : isWitnessed ? "text-allow" : "text-soft"
          return (
            <div className="card grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3">
              <p role="status" className={`flex items-center gap-2 ${ink}`}>
                <Icon size={18} aria-hidden className="shrink-0" />
                <span>
                  {alarm ? alarm[lang] : `${words.ledgerIs}${says}`}
                  {!alarm && size !== null ? words.upTo(size) : ""}
                </span>
              </p>
              <p className="text-soft">{of === 0 ? words.noWitness : words.witnessWhat(required)}</p>
              {items.length > 0 ? (
                <ul className="divide-y divide-line">
                  {items.map((each) => (
                    <li key={each.name} className="grid gap-x-3 py-2 sm:grid-cols-[minmax(0,1fr)_auto]">
                      <span className="min-w-0">
                        <code className="font-mono text-sm break-all">{each.name}</code>{" "}
                        <span className={each.state === "cosigned" ? "text-allow" : "text-soft"}>
                          {each.says[lang]}
                        </span>
                      </span>
                      <span className="text-sm text-soft">
                        {each.size === null ? "" : words.size(each.size)}
                      </span>
                    </li>
                  ))}
                </ul>
              ) : null}
            </div>
          )
        }}
      </Loaded>
    </Section>
  )
}
