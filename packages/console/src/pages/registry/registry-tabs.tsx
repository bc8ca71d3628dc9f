import { Link } from "@tanstack/react-router"
import { useSession } from "../../session/session.ts"
import { useWords } from "../../words/use-words.ts"
import { registryWords } from "./words.ts"

const tabs = [
  { to: "/registry", name: "search" },
  { to: "/registrations", name: "own" },
  { to: "/registrations/review", name: "review" },
  { to: "/developers", name: "developers" },
  { to: "/certificates", name: "certificates" },
] as const

/** The parts of the registry. A stranger sees the search, which needs no way between parts. */
export function RegistryTabs() {
  const words = useWords(registryWords).tabs
  const { browser, person } = useSession()
  if (browser === null && person === null) return null
  return (
    <nav aria-label={words.label} className="mb-4 flex flex-wrap gap-x-1 border-b border-line">
      {tabs.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          className="-mb-px flex min-h-9 items-center border-b-2 border-transparent px-3 text-soft hover:text-ink aria-[current=page]:border-seal aria-[current=page]:font-semibold aria-[current=page]:text-seal"
        >
          {words[name]}
        </Link>
      ))}
    </nav>
  )
}
