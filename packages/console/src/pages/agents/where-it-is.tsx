import type { KnownPosition } from "@hufu/core/contract/place"
import { Link } from "@tanstack/react-router"
import { useOperation } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useWidening } from "../../session/prove.ts"
import { sayNumber, sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { RestrictionBadge } from "../places/place-badges.tsx"
import { agentWords } from "./words.ts"

/** Where an agent is, by whom that is known, and in which places that is; read again when it enters or leaves one. */
export function WhereItIs({ agent }: { readonly agent: string }) {
  const words = useWords(agentWords)
  const shown = useOperation("position.show", { agent })
  return (
    <Section title={words.where}>
      <Loaded query={shown}>
        {({ known, places }) =>
          known.length === 0 ? (
            <p className="card px-4 py-3 text-soft">{words.whereUnknown}</p>
          ) : (
            <>
              <List label={words.where}>
                {known.map((position) => (
                  <Known key={position.device ?? position.source} of={position} agent={agent} />
                ))}
              </List>
              <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
                <span className="text-soft">{places.length === 0 ? words.inNone : words.inPlaces}</span>
                {places.slice(0, 50).map(({ id, identifier, restriction }) => (
                  <span key={id} className="inline-flex items-center gap-2">
                    <Link to="/places/$place" params={{ place: id }} className="link min-h-6">
                      {identifier}
                    </Link>
                    <RestrictionBadge restriction={restriction} />
                  </span>
                ))}
              </div>
            </>
          )
        }
      </Loaded>
    </Section>
  )
}

function Known({ of, agent }: { readonly of: KnownPosition; readonly agent: string }) {
  const words = useWords(agentWords)
  const lang = useLanguage()
  const forget = useWidening("position.forget", ["position.show"])
  const { point, ...named } = of.position
  return (
    <ListItem
      head={
        <>
          <span className="font-semibold">{words.sources[of.source]}</span>
          {of.device === null ? null : <Id id={of.device} />}
        </>
      }
      beside={
        <>
          <Ago at={of.at} />
          <span>
            {words.holdsUntil} {sayTime(of.until, lang)}
          </span>
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        {point === undefined ? null : (
          <span>
            <code className="font-mono text-sm">
              {point.latitude}, {point.longitude}
            </code>{" "}
            {words.within(sayNumber(point.accuracy, lang))}
            {point.altitude === undefined
              ? null
              : ` · ${words.high(sayNumber(point.altitude.metres, lang), point.altitude.above)}`}
          </span>
        )}
        {Object.entries(named).map(([name, value]) =>
          typeof value === "string" ? <Untrusted key={name} text={value} /> : null,
        )}
      </div>
      {of.source === "session" ? (
        <div className="mt-2">
          <Confirm
            label={words.forget}
            what={words.forgetWhat}
            doing={{
              run: () => forget.mutate({ agent }),
              isPending: forget.isPending,
              error: forget.error,
            }}
            isDangerous={false}
          />
        </div>
      ) : null}
    </ListItem>
  )
}
