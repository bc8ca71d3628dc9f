import type { Checkpoint } from "@hufu/core/evidence/checkpoint"
import { toHex } from "@hufu/core/evidence/hex"
import { leafHash } from "@hufu/core/evidence/merkle"
import { parseReceipt, receiptBytes } from "@hufu/core/evidence/receipt"
import { parseTlogProof } from "@hufu/core/evidence/tlog-proof"
import { Link } from "@tanstack/react-router"
import { CopyButton } from "../../part/copy-button.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import { receiptWords } from "./words.ts"

/** The entries of a receipt as they were logged, each with its hash and the way from it to the signed root. */
export function LoggedEntries({
  text,
  checkpoint,
}: {
  readonly text: string
  readonly checkpoint: Checkpoint | undefined
}) {
  const words = useWords(receiptWords)
  const entries = parseReceipt(text).entries.map((item) => ({
    bytes: receiptBytes(item),
    proof: parseTlogProof(item.proof),
  }))
  return (
    <Section title={words.entries}>
      <ul className="grid gap-3">
        {entries.map(({ bytes, proof }) => (
          <li key={proof.index} className="card grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3">
            <p>
              <Link
                to="/entries/$entry"
                params={{ entry: String(proof.index) }}
                className="link font-semibold"
              >
                {words.entryOf(proof.index)}
              </Link>{" "}
              <span className="text-soft">{words.bytes(bytes.length)}</span>
            </p>
            <pre
              // A region that scrolls must be reachable by keyboard.
              tabIndex={0}
              aria-label={words.raw}
              className="overflow-x-auto rounded bg-sunk p-3 font-mono text-sm break-all whitespace-pre-wrap"
            >
              {new TextDecoder().decode(bytes)}
            </pre>
            <Hash name={words.leaf} value={toHex(leafHash(bytes))} />
            {checkpoint ? (
              <>
                <p className="text-soft">{words.proof(proof.hashes.length, checkpoint.size)}</p>
                <Hash name={words.root} value={toHex(checkpoint.root)} />
              </>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Hash({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <p className="grid gap-x-2 sm:flex">
      <span className="shrink-0 text-soft">{name}</span>
      <span className="flex min-w-0 items-start gap-2">
        <code className="font-mono text-sm break-all">{value}</code>
        <CopyButton text={value} />
      </span>
    </p>
  )
}
