import { Failed } from "../../part/failed.tsx"
import { Section } from "../../part/section.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import type { ShownAgent } from "./agent-page.tsx"
import { CredentialList } from "./credential-list.tsx"
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
      <CredentialList label={words.credentials} credentials={credentials} />
    </Section>
  )
}
