import { makeVisible } from "@hufu/core/profile/visible-text"
import { Spelled } from "./spelled.tsx"

const longest = 128

/** UNTRUSTED: a name that a tool server or an agent chose: one line of text, in which line breaks are shown and what is long is cut. */
export function UntrustedName({ text }: { readonly text: string }) {
  return (
    <bdi dir="ltr" className="inline-block max-w-full overflow-clip font-mono text-sm break-all">
      <Spelled text={visibleName(text)} />
    </bdi>
  )
}

/** The same as a plain string, for what holds no elements. */
export function visibleName(text: string): string {
  const shown = makeVisible(text.slice(0, longest)).replaceAll("\n", "\u23ce").replaceAll("\t", "\u21e5")
  return text.length > longest ? `${shown}\u2026` : shown
}
