import { Link, useRouterState } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { useOperation } from "../data/use-operation.ts"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { navigation } from "./navigation.ts"

/** The pages: beside the content, or below it on a narrow screen, where the row scrolls. */
export function Navigation() {
  const words = useWords(shared).nav
  const { data } = useOperation("node.status", {})
  const waiting = data?.waiting ?? 0
  const bar = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  // In a row that scrolls the current page may be out of sight.
  useEffect(() => {
    const current = bar.current?.querySelector<HTMLElement>("[aria-current=page]")
    if (bar.current && current)
      bar.current.scrollLeft = current.offsetLeft - (bar.current.clientWidth - current.offsetWidth) / 2
  }, [path])
  return (
    <nav
      ref={bar}
      aria-label={words.label}
      className="row-scrolls z-30 border-line bg-paper max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:overflow-x-auto max-md:border-t md:sticky md:top-12 md:h-[calc(100vh-3rem)] md:w-48 md:shrink-0 md:border-r md:py-3"
    >
      <ul className="flex md:flex-col md:gap-0.5 md:px-2">
        {navigation.map(({ to, name, icon: Icon }) => (
          <li key={to} className="max-md:flex-1">
            <Link
              to={to}
              activeOptions={{ exact: to === "/" }}
              className="relative flex items-center rounded-md text-soft hover:bg-sunk hover:text-ink aria-[current=page]:font-semibold aria-[current=page]:text-seal max-md:min-h-14 max-md:min-w-16 max-md:flex-col max-md:justify-center max-md:px-1 max-md:text-xs md:min-h-9 md:gap-2.5 md:px-2.5 md:aria-[current=page]:bg-seal-wash"
            >
              <Icon size={18} aria-hidden />
              {words[name]}
              {name === "approvals" && waiting > 0 ? (
                <span className="rounded-full bg-seal px-1.5 text-xs leading-5 font-semibold text-on-seal max-md:absolute max-md:top-1 max-md:left-1/2 max-md:ml-1 md:ml-auto">
                  <span aria-hidden>{waiting}</span>
                  <span className="sr-only">{words.waiting(waiting)}</span>
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
