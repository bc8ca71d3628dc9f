import type { CaReport } from "@hufu/core/contract/ca"
import { Download } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Failed } from "../../part/failed.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { saveText } from "../receipt/save-text.ts"
import { RegistryTabs } from "../registry/registry-tabs.tsx"
import { AcmeSteps } from "./acme-steps.tsx"
import { AuthorityChain } from "./authority-chain.tsx"
import { CertificateList } from "./certificate-list.tsx"
import { certificateWords } from "./words.ts"

/** The certificate authority, what it issued, and what verifiers and agents take from it. */
export function CertificatesPage() {
  const words = useWords(certificateWords)
  const query = useOperation("ca.show", {})
  return (
    <Page title={words.title} under={words.under}>
      <RegistryTabs />
      <Loaded query={query} rows={6}>
        {(report) => (report.authorities.length === 0 ? <None /> : <Content of={report} />)}
      </Loaded>
    </Page>
  )
}

function None() {
  const words = useWords(certificateWords).none
  const init = useWidening("ca.init", ["ca.show"])
  return (
    <>
      <Empty title={words.title} what={words.what}>
        <button
          type="button"
          className="button button-main"
          disabled={init.isPending}
          onClick={() => init.mutate({})}
        >
          {words.make}
        </button>
      </Empty>
      {init.error ? <Failed error={init.error} /> : null}
    </>
  )
}

function Content({ of }: { readonly of: CaReport }) {
  const words = useWords(certificateWords)
  const certificates = useOperation("ca.list", { limit: 100 })
  const count = certificates.data?.items.filter(({ holder }) => holder !== "node").length
  return (
    <>
      <AuthorityChain of={of} issued={count ?? 0} />
      <Section title={words.list}>
        <Loaded query={certificates}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="card px-4 py-3 text-soft">{words.empty}</p>
            ) : (
              <CertificateList items={items} />
            )
          }
        </Loaded>
      </Section>
      <AcmeSteps />
      <Section title={words.files}>
        <ul className="card divide-y divide-line">
          <Bundle />
          <RevokedList />
          <li className="px-4 py-2">
            <span className="text-soft">{words.address}</span> <UntrustedName text={of.url} />
          </li>
        </ul>
      </Section>
    </>
  )
}

function Bundle() {
  const words = useWords(certificateWords)
  const { data } = useOperation("ca.bundle", {})
  return <File name={words.bundle} what={words.bundleWhat} file="hufu-roots.pem" pem={data?.pem} />
}

function RevokedList() {
  const words = useWords(certificateWords)
  const { data } = useOperation("ca.crl", {})
  return (
    <File
      name={words.crl}
      what={data === undefined ? "" : words.crlWhat(data.revoked, data.number)}
      file="hufu.crl.pem"
      pem={data?.pem}
    />
  )
}

function File({
  name,
  what,
  file,
  pem,
}: {
  readonly name: string
  readonly what: string
  readonly file: string
  readonly pem: string | undefined
}) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 px-4 py-2">
      <span>
        <span className="font-semibold">{name}</span> <span className="text-soft">{what}</span>
      </span>
      <button
        type="button"
        className="button"
        disabled={pem === undefined}
        onClick={() => saveText(file, pem ?? "")}
      >
        <Download size={16} aria-hidden />
        PEM <span className="sr-only">{name}</span>
      </button>
    </li>
  )
}
