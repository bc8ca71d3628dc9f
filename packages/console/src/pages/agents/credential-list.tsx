import type { CredentialRecord } from "@hufu/core/contract/records"
import { CircleCheck, CircleOff, TimerOff } from "lucide-react"
import { useChange } from "../../data/use-operation.ts"
import { Badge } from "../../part/badge.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Ago, useNow } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { agentWords } from "./words.ts"

/** The credentials of one agent, each of which can be revoked. */
export function CredentialList({
  label,
  credentials,
}: {
  readonly label: string
  readonly credentials: readonly CredentialRecord[]
}) {
  const words = useWords(agentWords)
  if (credentials.length === 0) return <p className="card px-4 py-3 text-soft">{words.noCredentials}</p>
  return (
    <List label={label}>
      {credentials.map((credential) => (
        <Credential key={credential.id} credential={credential} />
      ))}
    </List>
  )
}

function Credential({ credential }: { readonly credential: CredentialRecord }) {
  const words = useWords(agentWords)
  const lang = useLanguage()
  const now = useNow()
  const revoke = useChange("credential.revoke", ["agent.show"])
  const isOver = credential.expiresAt <= now
  const isLive = credential.state === "live" && !isOver
  return (
    <ListItem
      head={
        <>
          <Id id={credential.id} />
          <span>{words.credentialKinds[credential.kind]}</span>
          {credential.state === "live" && isOver ? (
            <Badge tone="plain" icon={TimerOff} word={words.expired} />
          ) : (
            <Badge
              tone={isLive ? "allow" : "deny"}
              icon={isLive ? CircleCheck : CircleOff}
              word={words.credentialStates[credential.state]}
            />
          )}
        </>
      }
      beside={
        <>
          <Ago at={credential.createdAt} />
          <span>
            {words.expires} {sayTime(credential.expiresAt, lang)}
          </span>
        </>
      }
    >
      {credential.about === null ? null : (
        <p className="text-soft">
          <UntrustedName text={aboutText(credential.about)} />
        </p>
      )}
      {isLive ? (
        <Confirm
          label={words.revokeCredential}
          what={words.revokeCredentialWhat}
          doing={{
            run: () => revoke.mutate({ credential: credential.id }),
            isPending: revoke.isPending,
            error: revoke.error,
          }}
        />
      ) : null}
    </ListItem>
  )
}

/** UNTRUSTED: what a credential says of itself. */
function aboutText(about: NonNullable<CredentialRecord["about"]>): string {
  if (about.is === "key") return about.url
  return about.name === "" ? about.client : `${about.name} (${about.client})`
}
