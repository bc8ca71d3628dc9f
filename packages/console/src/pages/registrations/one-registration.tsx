import type { ShownRegistration } from "@hufu/core/contract/registration"
import { Link } from "@tanstack/react-router"
import { useOperation } from "../../data/use-operation.ts"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { History } from "../registry/history.tsx"
import { Differences } from "./differences.tsx"
import { EditRegistration } from "./edit-registration.tsx"
import { LookAlikes } from "./look-alikes.tsx"
import { ProveKeys } from "./prove-keys.tsx"
import { RegistrationControls } from "./registration-controls.tsx"
import { SaidContent } from "./said-content.tsx"
import { StatePath } from "./state-path.tsx"
import { registrationWords } from "./words.ts"

/** A registration with what can be done with it where it stands, and all that it says. */
export function OneRegistration({ of }: { readonly of: ShownRegistration }) {
  const words = useWords(registrationWords)
  const [isEditing, setEditing] = useAddressText("edit")
  const { registration, proposal, reason, offeredTo, flags } = of
  const { id, state, aic, owner, agent, content, changedAt, approvedAt } = registration
  if (isEditing !== "") return <EditRegistration of={of} close={() => setEditing("")} />
  return (
    <>
      <div className="grid gap-4">
        <StatePath state={state} />
        {reason === "" ? null : (
          <div className="rounded-lg border border-ask bg-ask-wash p-3">
            <p className="font-semibold text-ask">{words.reason}</p>
            <Untrusted text={reason} prose />
          </div>
        )}
        {proposal === null ? null : <p>{words.proposal[proposal.state]}</p>}
        <RegistrationControls of={of} edit={() => setEditing("yes")} />
        <Facts
          of={[
            ["AIC", aic === null ? null : <Id key="aic" id={aic} whole />],
            [words.owner, owner === null ? null : <Id key="owner" id={owner} />],
            [words.agent, agent === null ? null : <Id key="agent" id={agent} />],
            [words.offeredTo, offeredTo === null ? null : <Id key="offered" id={offeredTo} whole />],
            [words.changed, <Ago key="changed" at={changedAt} />],
            [
              words.publicPage,
              approvedAt === null ? null : (
                <Link
                  key="public"
                  to="/registry/$registration"
                  params={{ registration: id }}
                  className="link min-h-6 break-all"
                >
                  /registry/{id}
                </Link>
              ),
            ],
          ]}
        />
        {flags.length === 0 ? null : <LookAlikes of={of} />}
      </div>
      {proposal === null ? null : (
        <Section title={words.review.differences}>
          <Differences before={content} after={proposal.content} />
        </Section>
      )}
      <ProveKeys of={registration} />
      <SaidContent content={content} registration={registration} />
      <OwnHistory id={id} isPublic={approvedAt !== null} />
    </>
  )
}

/** Its statements, which the page for everybody has too. */
function OwnHistory({ id, isPublic }: { readonly id: string; readonly isPublic: boolean }) {
  const shown = useOperation("registry.show", { registration: id }, { enabled: isPublic })
  return shown.data === undefined ? null : <History of={shown.data.history} />
}
