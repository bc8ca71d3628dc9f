import { Link } from "@tanstack/react-router"
import { placeOf } from "../shell/places.ts"
import { CopyButton } from "./copy-button.tsx"
import { visibleName } from "./untrusted-name.tsx"

/** An id: shortened to be read, whole when copied, and a link where it has a page. */
export function Id({ id: given, whole = false }: { readonly id: string; readonly whole?: boolean }) {
  // UNTRUSTED: what stands for an id in an address is any text, written by whoever made the link.
  const id = visibleName(given)
  const place = placeOf(id)
  const text = whole || id.length <= 16 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`
  const shown = (
    <code className="font-mono text-sm break-all" title={id}>
      {text}
    </code>
  )
  return (
    <span className="inline-flex items-center gap-0.5">
      {place === undefined ? (
        shown
      ) : (
        <Link to={place} className="link min-h-6 decoration-line">
          {shown}
        </Link>
      )}
      <CopyButton text={id} />
    </span>
  )
}
