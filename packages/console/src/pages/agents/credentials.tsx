import type { CredentialRecord } from "@hufu/core/contract/records"
import { useChange } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { Failed } from "../../part/failed.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Section } from "../../part/section.tsx"
import { Ago, useNow } from "../../part/time.tsx"
import { useWidening } from "../../session/prove.ts"
import { sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import type { ShownAgent } from "./agent-page.tsx"
import { ShownOnce } from "./shown-once.tsx"
import { agentWords } from "./words.ts"

/** The credentials of an agent; a new one is shown once. */
export function Credentials({ of: { agent, credentials } }: { readonly of: ShownAgent }) {
  const words = useWords(agentWords)
  const issue = useWidening("credential.issue", ["agent.show"])
  return (
    <Section
      title={words.credentials}
      beside={
        agent.state === "revoked" ? undefined : (
          <button
            type="button"
            className="button"
            disabled={issue.isPending}
            onClick={() => issue.mutate({ agent: agent.id })}
          >
            {words.issue}
          </button>
        )
      }
    >
      {issue.error ? <Failed error={issue.error} /> : null}
      {issue.data ? (
        <div className="mb-2">
          <ShownOnce title={words.created(agent.name)} secret={issue.data.credential} />
        </div>
      ) : null}
      {credentials.length === 0 ? (
        <p className="card px-4 py-3 text-soft">{words.noCredentials}</p>
      ) : (
        <List label={words.credentials}>
          {credentials.map((credential) => (
            <Credential key={credential.id} credential={credential} />
          ))}
        </List>
      )}
    </Section>
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
          <span className={isLive ? "" : "text-soft"}>
            {credential.state === "live" && isOver ? words.expired : words.credentialStates[credential.state]}
          </span>
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
