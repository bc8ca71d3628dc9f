import type { PublicRegistration } from "@hufu/core/contract/public-registration"
import { Link, useParams } from "@tanstack/react-router"
import { Circle, CircleCheck, CircleOff, Clock, OctagonX, Radio, TriangleAlert } from "lucide-react"
import type { ReactNode } from "react"
import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { Badge } from "../../part/badge.tsx"
import { Empty } from "../../part/empty.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName, visibleName } from "../../part/untrusted-name.tsx"
import { useSession } from "../../session/session.ts"
import { useWords } from "../../words/use-words.ts"
import { ConductPicture } from "./conduct-picture.tsx"
import { DeveloperFacts } from "./developer-facts.tsx"
import { Faces } from "./faces.tsx"
import { History } from "./history.tsx"
import { Interfaces } from "./interfaces.tsx"
import { RegistryTabs } from "./registry-tabs.tsx"
import { wordOf } from "./registry-page.tsx"
import { Skills } from "./skills.tsx"
import { GradeBadge, StandingBadge } from "./standing-badge.tsx"
import { VersionParts } from "./version-parts.tsx"
import { WhereAndWhat } from "./where-and-what.tsx"
import { registryWords } from "./words.ts"

export type Shown = NonNullable<PublicRegistration["shown"]>

/** One registered agent, as everybody sees it. */
export function RegisteredPage() {
  const words = useWords(registryWords)
  const { registration: id = "" } = useParams({ strict: false })
  const query = useOperation("registry.show", { registration: id })
  if (isAbsent(query.error))
    return (
      <Page title={words.gone.title}>
        <Empty what={words.gone.what}>
          <Link to="/registry" className="button">
            {words.gone.toSearch}
          </Link>
        </Empty>
      </Page>
    )
  return (
    <Page
      title={query.data === undefined ? words.one : visibleName(query.data.title)}
      under={query.data === undefined ? undefined : <Under of={query.data} />}
      beside={<Manage id={id} />}
    >
      <RegistryTabs />
      <Loaded query={query} rows={10}>
        {(data) => <Content of={data} />}
      </Loaded>
    </Page>
  )
}

function Under({ of: { name, version, standing, shown } }: { readonly of: PublicRegistration }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <UntrustedName text={name} />
      <UntrustedName text={version} />
      <StandingBadge standing={standing} />
      <GradeBadge grade={shown?.grade ?? null} />
    </span>
  )
}

function Manage({ id }: { readonly id: string }) {
  const words = useWords(registryWords)
  const { browser, person } = useSession()
  if (browser === null && person === null) return null
  return (
    <Link to="/registrations/$registration" params={{ registration: id }} className="button">
      {words.manage}
    </Link>
  )
}

function Content({ of }: { readonly of: PublicRegistration }) {
  const { shown, standing } = of
  return (
    <>
      {standing === "usable" ? null : <Unusable standing={standing} />}
      {shown === null ? null : (
        <div className="mb-4 max-w-prose">
          <Untrusted text={shown.content.description} prose />
        </div>
      )}
      <Identity of={of} />
      {shown === null ? null : <Said id={of.id} shown={shown} />}
      <History of={of.history} />
    </>
  )
}

/** Nobody overlooks it: it stands first, and nothing on the page leads to the agent. */
function Unusable({ standing }: { readonly standing: Exclude<PublicRegistration["standing"], "usable"> }) {
  const words = useWords(registryWords).unusable[standing]
  return (
    <div
      role="status"
      className="mb-4 flex items-start gap-3 rounded-lg border-2 border-deny bg-deny-wash p-4"
    >
      <OctagonX size={28} aria-hidden className="shrink-0 text-deny" />
      <div>
        <p className="text-lg font-semibold text-deny">{words.title}</p>
        <p>{words.what}</p>
      </div>
    </div>
  )
}

function Said({ id, shown }: { readonly id: string; readonly shown: Shown }) {
  return (
    <>
      <ConductPicture conduct={shown.content.conduct} isHeldTo={shown.isHeldTo} />
      <DeveloperFacts shown={shown} />
      <Skills content={shown.content} />
      <Interfaces content={shown.content} />
      <WhereAndWhat content={shown.content} />
      <VersionParts parts={shown.content.parts} />
      <Faces id={id} faces={shown.faces} />
    </>
  )
}

function Identity({ of }: { readonly of: PublicRegistration }) {
  const words = useWords(registryWords)
  const { aic, name, version, approvedAt, changedAt, revision, standing, shown } = of
  const content = shown?.content
  const facts: (readonly [string, ReactNode])[] = [
    [words.standingIs, <StandingBadge key="standing" standing={standing} />],
    [
      words.aic,
      aic === null ? null : (
        <span key="aic">
          <Id id={aic} whole />
          {of.trial ? <span className="block text-sm text-ask">{words.trial}</span> : null}
        </span>
      ),
    ],
    [words.name, <UntrustedName key="name" text={name} />],
    [words.version, <UntrustedName key="version" text={version} />],
    [words.runs.title, shown === null ? null : <Runs key="runs" of={shown.alive} registered={version} />],
    [words.form, content === undefined ? null : wordOf(words.values, content.form)],
    [words.ontology, shown?.ontology == null ? null : <Id key="ontology" id={shown.ontology} whole />],
    [words.grade, shown === null ? null : (shown.grade ?? words.noGrade)],
    [words.price, content?.price === undefined ? null : <Price key="price" of={content.price} />],
    [
      words.mirror,
      shown?.mirror == null ? null : (
        <span key="mirror">
          <UntrustedName text={shown.mirror.registry} /> <UntrustedName text={shown.mirror.id} />
        </span>
      ),
    ],
    [words.since, <Ago key="since" at={approvedAt} />],
    [
      words.changed,
      <span key="changed">
        <Ago at={changedAt} /> · {words.revision(revision)}
      </span>,
    ],
    [
      words.aliases,
      content === undefined || content.aliases.length === 0 ? null : (
        <span key="aliases" className="grid gap-1">
          {content.aliases.map(({ scheme, value }) => (
            <span key={`${scheme} ${value}`}>
              <span className="text-soft">{scheme}</span> <UntrustedName text={value} />
            </span>
          ))}
          <span className="text-sm text-soft">{words.aliasHelp}</span>
        </span>
      ),
    ],
    [
      words.keys,
      content === undefined || content.keys.length === 0 ? null : (
        <span key="keys" className="grid gap-1">
          {content.keys.map((key) => (
            <span key={key.id}>
              <UntrustedName text={key.id} /> <span className="text-soft">{nameOf(key.jwk)}</span>
            </span>
          ))}
        </span>
      ),
    ],
  ]
  return (
    <section aria-label={words.identity}>
      <Facts of={facts} />
    </section>
  )
}

/** Whether it gives signs of life, and whether that is the version that was registered. */
function Runs({ of, registered }: { readonly of: Shown["alive"]; readonly registered: string }) {
  const words = useWords(registryWords).runs
  const { state, lastSeenAt, delayMs, version, isMismatched } = of
  const [tone, icon] = state === null ? (["plain", Circle] as const) : looks[state]
  return (
    <span className="grid gap-1">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tone} icon={icon} word={words.states[state ?? "unheard"]} />
        {lastSeenAt === null ? null : (
          <span>
            {words.last} <Ago at={lastSeenAt} />
          </span>
        )}
        {delayMs === null ? null : <span title={words.delayHelp}>{words.delay(delayMs)}</span>}
      </span>
      {version === null && !isMismatched ? null : (
        <span className="flex flex-wrap items-center gap-x-2">
          {isMismatched ? (
            <Badge tone="deny" icon={TriangleAlert} word={words.differs} />
          ) : (
            <Badge tone="allow" icon={CircleCheck} word={words.matches} />
          )}
          {version === null ? null : (
            <span>
              {words.running} <UntrustedName text={version} /> · {words.registered}{" "}
              <UntrustedName text={registered} />
            </span>
          )}
        </span>
      )}
      {isMismatched ? <span className="text-sm text-deny">{words.differsWhat}</span> : null}
      {state === "alive" ? null : <span className="text-sm text-soft">{words.silence}</span>}
    </span>
  )
}

const looks = {
  alive: ["allow", Radio],
  late: ["ask", Clock],
  lost: ["plain", CircleOff],
} as const

const nameOf = (jwk: { readonly kty: string; readonly crv?: string }) => jwk.crv ?? jwk.kty

function Price({ of: { model, amount, currency } }: { readonly of: NonNullable<Shown["content"]["price"]> }) {
  const words = useWords(registryWords)
  return (
    <>
      {amount === undefined ? "" : `${amount} ${currency ?? ""} `}
      {wordOf(words.values, model)}
    </>
  )
}
