import { CopyButton } from "./copy-button.tsx"

/** A line with a key of ML-DSA-44 would fill the page. */
const longLine = 600

/** A command to run in a terminal. */
export function Command({ line }: { readonly line: string }) {
  if (line.length > longLine)
    return (
      <span className="inline-flex max-w-full items-start gap-1 rounded-md border border-line bg-sunk py-0.5 pr-1 pl-2">
        <code
          // A region that scrolls must be reachable by keyboard.
          tabIndex={0}
          className="max-h-24 overflow-y-auto font-mono text-sm break-all"
        >
          {line}
        </code>
        <CopyButton text={line} />
      </span>
    )
  return (
    <span className="inline-flex max-w-full items-center gap-1 rounded-md border border-line bg-sunk py-0.5 pr-1 pl-2">
      <code className="font-mono text-sm break-all whitespace-pre-wrap">{line}</code>
      <CopyButton text={line} />
    </span>
  )
}
