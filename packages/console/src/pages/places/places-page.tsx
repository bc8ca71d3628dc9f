import type { ShownPlace } from "@hufu/core/contract/place"
import { Link } from "@tanstack/react-router"
import { useOperation } from "../../data/use-operation.ts"
import { EffectBadge } from "../../part/badge.tsx"
import { Empty } from "../../part/empty.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { useWords } from "../../words/use-words.ts"
import { AddPlace } from "./add-place.tsx"
import { Devices } from "./devices.tsx"
import { RestrictionBadge, UnverifiedBadge } from "./place-badges.tsx"
import { placeWords } from "./words.ts"
import { ZonePicture } from "./zone-picture.tsx"
import { ZoneTexts } from "./zone-texts.tsx"

/** The places of this node, from above and as a list. */
export function PlacesPage() {
  const words = useWords(placeWords)
  const places = useOperation("place.list", {})
  return (
    <Page title={words.title} under={words.under}>
      <Loaded query={places} rows={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.empty.title} what={words.empty.what} />
          ) : (
            <>
              <ZonePicture places={items} />
              <List label={words.title}>
                {items.map((place) => (
                  <Item key={place.id} place={place} />
                ))}
              </List>
            </>
          )
        }
      </Loaded>
      <AddPlace />
      <Devices />
    </Page>
  )
}

function Item({ place }: { readonly place: ShownPlace }) {
  const words = useWords(placeWords)
  const { identifier, name } = place.feature.properties
  return (
    <ListItem
      head={
        <>
          <Link to="/places/$place" params={{ place: place.id }} className="link min-h-6 font-semibold">
            {identifier}
          </Link>
          <span>{words.classes[place.class]}</span>
          <RestrictionBadge restriction={place.restriction} />
          <UnverifiedBadge of={place} />
        </>
      }
      beside={
        <>
          {place.holdsNow ? words.holdsNow : words.holdsNot}
          <Id id={place.id} />
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {name ? <ZoneTexts of={name} /> : null}
        {place.effects.map((effect) => (
          <EffectBadge key={effect} effect={effect} />
        ))}
      </div>
    </ListItem>
  )
}
