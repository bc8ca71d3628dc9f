/** What a mandate allows, sentence by sentence, as `core` says it: hidden characters in it are spelled out already. */
export function Sentences({
  of,
  isPlain = false,
}: {
  readonly of: readonly string[]
  /** Without a frame of its own. */
  readonly isPlain?: boolean
}) {
  return (
    <ul className={`list-disc space-y-1 ${isPlain ? "pl-5" : "card py-3 pr-4 pl-8"}`}>
      {of.map((sentence) => (
        <li key={sentence} className="break-words">
          <Sentence text={sentence} />
        </li>
      ))}
    </ul>
  )
}

/** A sentence in which what stands in backticks is a name or a value. */
export function Sentence({ text }: { readonly text: string }) {
  return text.split(/(`[^`]*`)/).map((piece, index) =>
    index % 2 === 1 ? (
      // The pieces of a sentence have no other name than their place.
      <bdi key={index} className="rounded bg-sunk px-1 font-mono text-sm wrap-anywhere">
        {piece.slice(1, -1)}
      </bdi>
    ) : (
      piece
    ),
  )
}
