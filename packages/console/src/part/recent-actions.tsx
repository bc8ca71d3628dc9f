import type { ActionRecord } from "@hufu/core/contract/records"
import { ActionRow } from "../pages/actions/action-row.tsx"

/** A few actions, each leading to its page. */
export function RecentActions({
  label,
  actions,
}: {
  readonly label: string
  readonly actions: readonly ActionRecord[]
}) {
  return (
    <ul aria-label={label} className="card @container divide-y divide-line">
      {actions.map((action) => (
        <li key={action.id}>
          <ActionRow action={action} />
        </li>
      ))}
    </ul>
  )
}
