import type { Entry } from "@hufu/core/evidence/entry"
import type { JsonValue } from "@hufu/core/json/json-value"
import { CopyButton } from "../../part/copy-button.tsx"
import { Id } from "../../part/id.tsx"
import { Moment } from "../../part/time.tsx"
import { useWords } from "../../words/use-words.ts"
import { ledgerWords } from "./words.ts"

/** All of an entry, as it is logged. */
export function EntryContent({
  item,
  entry,
}: {
  readonly item: { readonly entry: JsonValue; readonly hash: string }
  readonly entry: Entry | undefined
}) {
  const words = useWords(ledgerWords)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2 pt-1 pb-2">
      {entry ? (
        <p className="flex flex-wrap gap-3">
          <Moment at={entry.at} />
          {idsOf(entry).map((id) => (
            <Id key={id} id={id} />
          ))}
        </p>
      ) : null}
      <p className="grid gap-x-2 sm:flex">
        <span className="shrink-0 text-soft">{words.hash}</span>
        <span className="flex min-w-0 items-start gap-2">
          <code className="font-mono text-sm break-all">{item.hash}</code>
          <CopyButton text={item.hash} />
        </span>
      </p>
      <pre
        // A region that scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label={words.raw}
        className="overflow-x-auto rounded bg-sunk p-3 font-mono text-sm break-all whitespace-pre-wrap"
      >
        {JSON.stringify(item.entry, null, 2)}
      </pre>
    </div>
  )
}

/** Whom and what an entry names. */
function idsOf(entry: Entry): string[] {
  const values = Object.values(entry).filter((value) => typeof value === "string")
  return [...new Set(values)].filter((value) => /^[a-z]{3}_[0-9A-Za-z]+$/.test(value))
}
