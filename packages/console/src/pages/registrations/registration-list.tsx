import type { ListedRegistration } from "@hufu/core/contract/registration"
import { Link } from "@tanstack/react-router"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { StateBadge } from "./state-badge.tsx"
import { registrationWords } from "./words.ts"

/** Registrations, each with where it stands. */
export function RegistrationList({
  label,
  items,
  at = "/registrations/$registration",
}: {
  readonly label: string
  readonly items: readonly ListedRegistration[]
  /** Where the page of each is. */
  readonly at?: "/registrations/$registration" | "/organisation/$registration"
}) {
  const words = useWords(registrationWords)
  return (
    <List label={label}>
      {items.map(({ id, name, title, version, state, usable, pending, changedAt }) => (
        <ListItem
          key={id}
          head={
            <>
              <Link to={at} params={{ registration: id }} className="link min-h-6 font-semibold">
                <Untrusted text={title} prose />
              </Link>
              <StateBadge state={state} />
              {pending && state === "approved" ? (
                <span className="rounded bg-ask-wash px-1.5 text-sm text-ask">{words.changeWaits}</span>
              ) : null}
              {state === "approved" && !usable ? (
                <span className="rounded bg-deny-wash px-1.5 text-sm text-deny">{words.unusable}</span>
              ) : null}
            </>
          }
          beside={
            <>
              <Ago at={changedAt} />
              {at === "/registrations/$registration" ? <Id id={id} /> : null}
            </>
          }
        >
          <UntrustedName text={name} /> <UntrustedName text={version} />
        </ListItem>
      ))}
    </List>
  )
}
