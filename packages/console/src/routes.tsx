import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router"
import { Failed } from "./part/failed.tsx"
import { NoSuchPage } from "./shell/no-such-page.tsx"
import { Shell } from "./shell/shell.tsx"

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NoSuchPage,
  errorComponent: ({ error }) => <Failed error={error} retry={() => location.reload()} />,
})
const under = () => root

const home = createRoute({
  getParentRoute: under,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/home/home-page.tsx"), "HomePage"),
})

const firstPasskey = createRoute({
  getParentRoute: under,
  path: "/first-passkey",
  component: lazyRouteComponent(() => import("./session/first-passkey-page.tsx"), "FirstPasskeyPage"),
})
const approvals = createRoute({
  getParentRoute: under,
  path: "/approvals",
  validateSearch: (search: Record<string, unknown>): { tab?: "history" } =>
    search["tab"] === "history" ? { tab: "history" } : {},
  component: lazyRouteComponent(() => import("./pages/approvals/approvals-page.tsx"), "ApprovalsPage"),
})
const approval = createRoute({
  getParentRoute: under,
  path: "/approvals/$hold",
  component: lazyRouteComponent(() => import("./pages/approvals/approval-page.tsx"), "ApprovalPage"),
})

/** Every page, each loaded when it is first needed. */
export const router = createRouter({
  routeTree: root.addChildren([home, firstPasskey, approvals, approval]),
  defaultPreload: "intent",
  scrollRestoration: true,
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
