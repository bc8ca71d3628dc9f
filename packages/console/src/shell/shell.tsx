import { Outlet, useRouter, useRouterState } from "@tanstack/react-router"
import { lazy, Suspense, useEffect, useRef } from "react"
import { follow } from "../data/live.ts"
import { useAsked } from "../session/prove.ts"
import { askOtherTabs, useSession } from "../session/session.ts"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { useKeys } from "./keys.ts"
import { Navigation } from "./navigation-bar.tsx"
import { showOverlay, useOverlay } from "./overlay.ts"
import { TopBar } from "./top-bar.tsx"

const SignInPage = lazy(() =>
  import("../session/sign-in-page.tsx").then(({ SignInPage }) => ({ default: SignInPage })),
)
const Overlays = lazy(() => import("./overlays.tsx").then(({ Overlays }) => ({ default: Overlays })))
const ProofDialog = lazy(() =>
  import("../session/proof-dialog.tsx").then(({ ProofDialog }) => ({ default: ProofDialog })),
)

/** What is around every page. */
export function Shell() {
  const words = useWords(shared)
  const { browser, person } = useSession()
  const isIn = browser !== null || person !== null
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const isPublic = isPublicPage(path)
  const overlay = useOverlay()
  const asked = useAsked()
  useKeys()
  useEffect(() => (isIn ? follow() : askOtherTabs()), [isIn])
  useFocusAfterNavigation()
  useNotifications()
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
      <TopBar isIn={isIn} isForStrangers={path.startsWith("/registry")} />
      <div className="flex">
        {isIn ? <Navigation /> : null}
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 pb-20 outline-none md:pb-8">
          {isIn || isPublic ? (
            <Outlet />
          ) : (
            <Suspense>
              <SignInPage />
            </Suspense>
          )}
        </main>
      </div>
      {overlay === null ? null : (
        <Suspense fallback={null}>
          <Overlays overlay={overlay} close={() => showOverlay(null)} />
        </Suspense>
      )}
      {asked === null ? null : (
        <Suspense fallback={null}>
          <ProofDialog asked={asked} />
        </Suspense>
      )}
    </>
  )
}

/** What everybody may see who reaches the node: the registry's search, the page of one registration, and where organisations sign in. */
const isPublicPage = (path: string) => /^\/(?:registry|organisation)(?:\/|$)/.test(path)

/** Loaded with the approvals, which are what one is notified of. */
function useNotifications(): void {
  const router = useRouter()
  useEffect(() => {
    const over = new AbortController()
    void notifyUntil(
      over.signal,
      (hold) => void router.navigate({ to: "/approvals/$hold", params: { hold } }),
    )
    return () => over.abort()
  }, [router])
}

async function notifyUntil(over: AbortSignal, open: (hold: string) => void): Promise<void> {
  const { startNotifying } = await import("../pages/approvals/notify.ts")
  if (!over.aborted) over.addEventListener("abort", startNotifying(open), { once: true })
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
