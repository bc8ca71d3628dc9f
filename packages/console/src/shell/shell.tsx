import { Outlet, useRouterState } from "@tanstack/react-router"
import { lazy, Suspense, useEffect, useRef } from "react"
import { useSession } from "../session/session.ts"
import { SignInPage } from "../session/sign-in-page.tsx"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { useKeys } from "./keys.ts"
import { Navigation } from "./navigation-bar.tsx"
import { showOverlay, useOverlay } from "./overlay.ts"
import { TopBar } from "./top-bar.tsx"

const Overlays = lazy(() => import("./overlays.tsx").then(({ Overlays }) => ({ default: Overlays })))

/** What is around every page. */
export function Shell() {
  const words = useWords(shared)
  const { browser, person } = useSession()
  const isIn = browser !== null || person !== null
  const overlay = useOverlay()
  useKeys()
  useFocusAfterNavigation()
  return (
    <>
      <a
        href="#content"
        className="button fixed top-2 left-2 z-50 not-focus:sr-only"
        onClick={(event) => {
          event.preventDefault()
          document.querySelector<HTMLElement>("#content")?.focus()
        }}
      >
        {words.skip}
      </a>
      <TopBar isIn={isIn} />
      <div className="flex">
        {isIn ? <Navigation /> : null}
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 pb-20 outline-none md:pb-8">
          {isIn ? <Outlet /> : <SignInPage />}
        </main>
      </div>
      {overlay === null ? null : (
        <Suspense fallback={null}>
          <Overlays overlay={overlay} close={() => showOverlay(null)} />
        </Suspense>
      )}
    </>
  )
}

/** After a change of page the heading is where reading goes on. */
function useFocusAfterNavigation(): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const last = useRef<string | undefined>(undefined)
  useEffect(() => {
    const isFirst = last.current === undefined
    last.current = path
    if (!isFirst) document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true })
  }, [path])
}
