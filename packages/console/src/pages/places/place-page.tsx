import type { ShownPlace } from "@hufu/core/contract/place"
import type { Language } from "@hufu/core/words"
import { useParams } from "@tanstack/react-router"
import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { EffectBadge } from "../../part/badge.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Empty } from "../../part/empty.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useWidening } from "../../session/prove.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { sayWeekday } from "../../words/format.ts"
import { RestrictionBadge } from "./place-badges.tsx"
import { placeWords } from "./words.ts"
import { ZonePicture } from "./zone-picture.tsx"
import { ZoneLines, ZoneNotes, ZoneTexts } from "./zone-texts.tsx"

/** One place: where it is, what holds there, in whose words. */
export function PlacePage() {
  const words = useWords(placeWords)
  const { place: id = "" } = useParams({ strict: false })
  const shown = useOperation("place.show", { place: id })
  return (
    <Page
      title={shown.data?.feature.properties.identifier ?? words.one}
      under={<Id id={shown.data?.id ?? id} whole />}
    >
      {isAbsent(shown.error) ? (
        <Empty title={words.gone} what={words.goneWhat} />
      ) : (
        <Loaded query={shown} rows={8}>
          {(place) => <Content of={place} />}
        </Loaded>
      )}
    </Page>
  )
}

function Content({ of }: { readonly of: ShownPlace }) {
  const words = useWords(placeWords)
  const remove = useWidening("place.remove", ["place.list", "place.show", "log.entries"])
  const { name, message, restrictionConditions, extendedProperties, limitedApplicability } =
    of.feature.properties
  const { owner, tools, maxAgeSeconds, unverified, sources } = extendedProperties?.hufu ?? {}
  return (
    <>
      <ZonePicture places={[of]} />
      <Facts
        of={[
          [words.name, name ? <ZoneTexts key="name" of={name} /> : null],
          [words.class, words.classes[of.class]],
          [words.does, <RestrictionBadge key="does" restriction={of.restriction} />],
          [words.says, message ? <ZoneTexts key="says" of={message} /> : null],
          ["", restrictionConditions ? <ZoneTexts key="conditions" of={restrictionConditions} /> : null],
          [
            words.effects,
            <span key="effects" className="flex flex-wrap gap-2">
              {of.effects.map((effect) => (
                <EffectBadge key={effect} effect={effect} />
              ))}
            </span>,
          ],
          [
            words.tools,
            tools === undefined ? words.everyTool : <Untrusted key="tools" text={tools.join(", ")} />,
          ],
          [words.where, <Where key="where" of={of} />],
          [words.heights, <Heights key="heights" of={of} />],
          [words.hours, <Hours key="hours" of={limitedApplicability} isOn={of.holdsNow} />],
          [words.maxAge, maxAgeSeconds === undefined ? null : words.seconds(maxAgeSeconds)],
          [words.owned, owner === undefined ? null : <Untrusted key="owned" text={owner} prose />],
          [words.owner, <Id key="owner" id={of.owner} />],
          [words.template, of.template],
          [words.since, <Ago key="since" at={of.createdAt} />],
        ]}
      />
      {unverified === undefined ? null : (
        <Section title={words.unverifiedFigures}>
          <div className="card px-4 py-3">
            <p>{words.unverifiedWhat}</p>
            <ZoneNotes of={unverified} />
          </div>
        </Section>
      )}
      {sources === undefined ? null : (
        <Section title={words.sources}>
          <div className="card px-4 py-3">
            <ZoneNotes of={sources} />
          </div>
        </Section>
      )}
      {of.state === "live" ? (
        <div className="mt-6">
          <Confirm
            label={words.remove}
            what={words.removeWhat}
            doing={{
              run: () => remove.mutate({ place: of.id }),
              isPending: remove.isPending,
              error: remove.error,
            }}
          />
        </div>
      ) : null}
    </>
  )
}

function Where({ of }: { readonly of: ShownPlace }) {
  const words = useWords(placeWords)
  const { geometry, properties } = of.feature
  const logical = properties.extendedProperties?.hufu?.logical
  if (logical === undefined) return <>{geometry === null ? null : words.shapes[geometry.type]}</>
  return (
    <>
      {words.kinds[logical.kind]} <Untrusted text={logical.value} />
    </>
  )
}

function Heights({ of }: { readonly of: ShownPlace }) {
  const words = useWords(placeWords)
  const layer = of.feature.geometry?.layer
  if (layer === undefined) return <>{words.height(words.ground, words.sky)}</>
  const say = (height: number | undefined, above: string | undefined, none: string) =>
    height === undefined ? none : `${height} ${layer.uom} ${above ?? ""}`
  return (
    <>
      {words.height(
        say(layer.lower, layer.lowerReference, words.ground),
        say(layer.upper, layer.upperReference, words.sky),
      )}
    </>
  )
}

function Hours({
  of,
  isOn,
}: {
  readonly of: ShownPlace["feature"]["properties"]["limitedApplicability"]
  readonly isOn: boolean
}) {
  const words = useWords(placeWords)
  const lang = useLanguage()
  if (of === undefined || of.length === 0) return <>{words.always}</>
  const lines = of.flatMap(({ startDateTime, endDateTime, schedule }) => {
    const dates =
      startDateTime === undefined && endDateTime === undefined
        ? ""
        : `${startDateTime ?? "…"} – ${endDateTime ?? "…"}`
    return schedule === undefined
      ? [dates]
      : schedule.map(({ day, startTime, endTime }) =>
          [
            dates,
            day.map((each) => sayDay(each, words.everyDay, lang)).join(" "),
            `${startTime ?? "…"} – ${endTime ?? "…"}`,
          ]
            .filter(Boolean)
            .join(" · "),
        )
  })
  return (
    <>
      {isOn ? words.holdsNow : words.holdsNot}
      <ZoneLines of={[...new Set(lines)]} />
    </>
  )
}

const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

function sayDay(day: string, everyDay: string, lang: Language): string {
  return day === "ANY" ? everyDay : sayWeekday(weekdays.indexOf(day), lang)
}
