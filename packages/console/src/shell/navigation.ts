import {
  Activity,
  BookLock,
  Bot,
  FileKey,
  Hand,
  House,
  Library,
  ListTodo,
  type LucideIcon,
  MapPin,
  Settings,
  Waypoints,
  Wrench,
} from "lucide-react"

export interface Destination {
  readonly to: string
  /** Its word in `nav`. */
  readonly name:
    | "home"
    | "approvals"
    | "actions"
    | "agents"
    | "registry"
    | "tasks"
    | "delegations"
    | "tools"
    | "mandates"
    | "places"
    | "ledger"
    | "settings"
  /** `g` and then this letter goes there. */
  readonly letter: string
  readonly icon: LucideIcon
}

/** The pages that there are, in the order in which they are shown. */
export const navigation: readonly Destination[] = [
  { to: "/", name: "home", letter: "h", icon: House },
  { to: "/approvals", name: "approvals", letter: "a", icon: Hand },
  { to: "/actions", name: "actions", letter: "c", icon: Activity },
  { to: "/agents", name: "agents", letter: "n", icon: Bot },
  { to: "/registry", name: "registry", letter: "r", icon: Library },
  { to: "/tasks", name: "tasks", letter: "t", icon: ListTodo },
  { to: "/delegations", name: "delegations", letter: "d", icon: Waypoints },
  { to: "/tools", name: "tools", letter: "o", icon: Wrench },
  { to: "/mandates", name: "mandates", letter: "m", icon: FileKey },
  { to: "/places", name: "places", letter: "p", icon: MapPin },
  { to: "/ledger", name: "ledger", letter: "l", icon: BookLock },
  { to: "/settings", name: "settings", letter: "s", icon: Settings },
]
