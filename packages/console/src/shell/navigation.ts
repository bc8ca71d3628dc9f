import { Hand, House, type LucideIcon } from "lucide-react"

export interface Destination {
  readonly to: string
  /** Its word in `nav`. */
  readonly name:
    | "home"
    | "approvals"
    | "actions"
    | "agents"
    | "tasks"
    | "tools"
    | "mandates"
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
]
