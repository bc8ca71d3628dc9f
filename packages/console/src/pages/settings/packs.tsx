import type { FigureMark, PackRecord } from "@hufu/core/contract/protection"
import { sayFigure } from "@hufu/core/contract/say-figure"
import { CircleCheck, TriangleAlert, UserPen } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Badge } from "../../part/badge.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Section } from "../../part/section.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { peopleWords } from "./people-words.ts"

/** The packs that there are, with where each is in force and where its figures come from. */
export function Packs() {
  const words = useWords(peopleWords)
  const packs = useOperation("pack.list", {})
  return (
    <Section title={words.packs}>
      <p className="mb-2 text-soft">
        <Sentence text={words.packsWhat} />
      </p>
      <Loaded query={packs}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="card px-4 py-3 text-soft">{words.noPacks}</p>
          ) : (
            <List label={words.packs}>
              {items.map((pack) => (
                <Pack key={pack.name} pack={pack} />
              ))}
            </List>
          )
        }
      </Loaded>
    </Section>
  )
}

function Pack({ pack }: { readonly pack: PackRecord }) {
  const words = useWords(peopleWords)
  const lang = useLanguage()
  const { name, title, about, servers, figures } = pack
  const unverified = figures.filter(({ mark }) => mark === "unverified").length
  return (
    <ListItem
      head={
        <>
          <bdi className="font-semibold break-words">{title[lang]}</bdi>
          <code className="font-mono text-sm">{name}</code>
        </>
      }
      beside={
        servers.length === 0
          ? words.off
          : servers.includes("*")
            ? words.everywhere
            : `${words.inForceFor} ${servers.join(", ")}`
      }
    >
      <p className="text-soft">{about[lang]}</p>
      {figures.length === 0 ? null : (
        <details className="mt-1">
          <summary className="min-h-6 cursor-pointer">{words.figures(figures.length, unverified)}</summary>
          {unverified === 0 ? null : <p className="mt-1 text-soft">{words.unverifiedWhat}</p>}
          <Figures pack={pack} />
        </details>
      )}
    </ListItem>
  )
}

function Figures({ pack: { title, figures, currency } }: { readonly pack: PackRecord }) {
  const lang = useLanguage()
  return (
    <ul aria-label={title[lang]} className="mt-1 divide-y divide-line text-sm">
      {figures.map((figure) => (
        <li
          key={figure.name}
          className="grid gap-x-4 gap-y-0.5 py-1.5 md:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_minmax(0,6fr)]"
        >
          <span>
            {figure.about[lang]} <code className="font-mono text-soft">{figure.name}</code>
          </span>
          <span className="flex flex-wrap items-start gap-x-3 gap-y-1">
            <span className="font-semibold">{sayFigure(figure, currency, lang)}</span>
            <MarkBadge mark={figure.mark} />
          </span>
          <span className="text-soft">{figure.source[lang]}</span>
        </li>
      ))}
    </ul>
  )
}

const marks = {
  verified: ["allow", CircleCheck],
  unverified: ["ask", TriangleAlert],
  operator: ["plain", UserPen],
} as const

function MarkBadge({ mark }: { readonly mark: FigureMark }) {
  const [tone, icon] = marks[mark]
  return <Badge tone={tone} icon={icon} word={useWords(peopleWords).marks[mark]} />
}
