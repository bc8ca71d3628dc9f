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

/** Texts of the address that a page shows itself by; whatever else stands there stays out. */
const texts =
  <const Names extends readonly string[]>(...names: Names) =>
  (search: Record<string, unknown>): Partial<Record<Names[number], string>> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = search[name]
        return typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : []
      }),
      // The names are those that were asked for.
    ) as Partial<Record<Names[number], string>>

const pages = [
  createRoute({
    getParentRoute: under,
    path: "/actions",
    validateSearch: texts("q", "paused"),
    component: lazyRouteComponent(() => import("./pages/actions/actions-page.tsx"), "ActionsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/actions/$action",
    component: lazyRouteComponent(() => import("./pages/actions/action-page.tsx"), "ActionPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/actions/$action/receipt",
    validateSearch: texts("open"),
    component: lazyRouteComponent(() => import("./pages/receipt/receipt-page.tsx"), "ReceiptPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/agents",
    validateSearch: texts("q", "new"),
    component: lazyRouteComponent(() => import("./pages/agents/agents-page.tsx"), "AgentsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/agents/$agent",
    component: lazyRouteComponent(() => import("./pages/agents/agent-page.tsx"), "AgentPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/consent/$consent",
    component: lazyRouteComponent(() => import("./pages/consent/consent-page.tsx"), "ConsentPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/registry",
    validateSearch: texts(
      "q",
      "from",
      "protocol",
      "grade",
      "certificate",
      "verified",
      "alive",
      "price",
      "developer",
      "streaming",
      "country",
      "form",
    ),
    component: lazyRouteComponent(() => import("./pages/registry/registry-page.tsx"), "RegistryPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/registry/$registration",
    component: lazyRouteComponent(() => import("./pages/registry/registered-page.tsx"), "RegisteredPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/registrations",
    component: lazyRouteComponent(
      () => import("./pages/registrations/registrations-page.tsx"),
      "RegistrationsPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/registrations/new",
    component: lazyRouteComponent(
      () => import("./pages/registrations/new-registration-page.tsx"),
      "NewRegistrationPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/registrations/review",
    component: lazyRouteComponent(() => import("./pages/registrations/review-page.tsx"), "ReviewPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/registrations/$registration",
    validateSearch: texts("edit"),
    component: lazyRouteComponent(
      () => import("./pages/registrations/registration-page.tsx"),
      "RegistrationPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/developers",
    component: lazyRouteComponent(() => import("./pages/developers/developers-page.tsx"), "DevelopersPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/organisation",
    component: lazyRouteComponent(
      () => import("./pages/organisation/organisation-page.tsx"),
      "OrganisationPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/organisation/new",
    component: lazyRouteComponent(
      () => import("./pages/organisation/new-own-registration-page.tsx"),
      "NewOwnRegistrationPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/organisation/$registration",
    validateSearch: texts("edit"),
    component: lazyRouteComponent(
      () => import("./pages/organisation/own-registration-page.tsx"),
      "OwnRegistrationPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/certificates",
    component: lazyRouteComponent(
      () => import("./pages/certificates/certificates-page.tsx"),
      "CertificatesPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/tasks",
    validateSearch: texts("agent"),
    component: lazyRouteComponent(() => import("./pages/tasks/tasks-page.tsx"), "TasksPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/tasks/$task",
    component: lazyRouteComponent(() => import("./pages/tasks/task-page.tsx"), "TaskPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/delegations",
    validateSearch: texts("agent", "partner", "state", "q"),
    component: lazyRouteComponent(
      () => import("./pages/delegations/delegations-page.tsx"),
      "DelegationsPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/delegations/new",
    validateSearch: texts("agent", "partner"),
    component: lazyRouteComponent(
      () => import("./pages/delegations/new-delegation-page.tsx"),
      "NewDelegationPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: "/delegations/$delegation",
    component: lazyRouteComponent(() => import("./pages/delegations/delegation-page.tsx"), "DelegationPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/tools",
    component: lazyRouteComponent(() => import("./pages/tools/tools-page.tsx"), "ToolsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/tools/$server",
    validateSearch: texts("q"),
    component: lazyRouteComponent(() => import("./pages/tools/server-page.tsx"), "ServerPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/mandates",
    validateSearch: texts("agent"),
    component: lazyRouteComponent(() => import("./pages/mandates/mandates-page.tsx"), "MandatesPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/mandates/new",
    validateSearch: texts("agent", "task"),
    component: lazyRouteComponent(() => import("./pages/mandates/new-mandate-page.tsx"), "NewMandatePage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/mandates/$mandate",
    validateSearch: texts("narrow"),
    component: lazyRouteComponent(() => import("./pages/mandates/mandate-page.tsx"), "MandatePage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/places",
    component: lazyRouteComponent(() => import("./pages/places/places-page.tsx"), "PlacesPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/places/$place",
    component: lazyRouteComponent(() => import("./pages/places/place-page.tsx"), "PlacePage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ledger",
    validateSearch: texts("from"),
    component: lazyRouteComponent(() => import("./pages/ledger/ledger-page.tsx"), "LedgerPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/entries/$entry",
    component: lazyRouteComponent(() => import("./pages/ledger/entry-page.tsx"), "EntryPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/settings",
    component: lazyRouteComponent(() => import("./pages/settings/settings-page.tsx"), "SettingsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/settings/rules",
    validateSearch: texts("q"),
    component: lazyRouteComponent(() => import("./pages/settings/rules-page.tsx"), "RulesPage"),
  }),
] as const

/** Every page, each loaded when it is first needed. */
export const router = createRouter({
  routeTree: root.addChildren([home, firstPasskey, approvals, approval, ...pages]),
  defaultPreload: "intent",
  scrollRestoration: true,
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
