import { CopyButton } from "./copy-button.tsx"

/** A command to run in a terminal. */
export function Command({ line }: { readonly line: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1 rounded-md border border-line bg-sunk py-0.5 pr-1 pl-2">
      <code className="font-mono text-sm break-all">{line}</code>
      <CopyButton text={line} />
    </span>
  )
}
