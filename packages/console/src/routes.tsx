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

/** Every page, each loaded when it is first needed. */
export const router = createRouter({
  routeTree: root.addChildren([home]),
  defaultPreload: "intent",
  scrollRestoration: true,
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
