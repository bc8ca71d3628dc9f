import type { ShownRegistration } from "@hufu/core/contract/registration"
import { Link, useParams } from "@tanstack/react-router"
import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName, visibleName } from "../../part/untrusted-name.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { History } from "../registry/history.tsx"
import { RegistryTabs } from "../registry/registry-tabs.tsx"
import { Differences } from "./differences.tsx"
import { EditRegistration } from "./edit-registration.tsx"
import { LookAlikes } from "./look-alikes.tsx"
import { RegistrationControls } from "./registration-controls.tsx"
import { SaidContent } from "./said-content.tsx"
import { StatePath } from "./state-path.tsx"
import { registrationWords } from "./words.ts"

/** One registration as its owner and its reviewers have it. */
export function RegistrationPage() {
  const words = useWords(registrationWords)
  const { registration: id = "" } = useParams({ strict: false })
  const query = useOperation("registration.show", { registration: id })
  if (isAbsent(query.error))
    return (
      <Page title={words.gone.title}>
        <Empty what={words.gone.what} />
      </Page>
    )
  const content = query.data?.registration.content
  return (
    <Page
      title={content === undefined ? words.one : visibleName(content.title)}
      under={content === undefined ? undefined : <UntrustedName text={content.name} />}
    >
      <RegistryTabs />
      <Loaded query={query} rows={8}>
        {(data) => <Content of={data} />}
      </Loaded>
    </Page>
  )
}

function Content({ of }: { readonly of: ShownRegistration }) {
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
