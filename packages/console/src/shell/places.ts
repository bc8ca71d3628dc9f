import { type IdKind, idPrefixes } from "@hufu/core/id-prefixes"

/** Where each kind of thing has its page; a kind without a page is absent, and its ids are no links. */
const places: Partial<Record<IdKind, (id: string) => string>> = {
  hold: (id) => `/approvals/${id}`,
  action: (id) => `/actions/${id}`,
  agent: (id) => `/agents/${id}`,
  registration: (id) => `/registrations/${id}`,
  task: (id) => `/tasks/${id}`,
  delegation: (id) => `/delegations/${id}`,
  mandate: (id) => `/mandates/${id}`,
  place: (id) => `/places/${id}`,
  server: (id) => `/tools/${id}`,
}

/** The page of the thing that an id names. */
export function placeOf(id: string): string | undefined {
  const kind = kindOf(id)
  return kind && places[kind]?.(id)
}

/** What kind of thing a text names, if it is an id. */
export function kindOf(text: string): IdKind | undefined {
  const prefix = /^([a-z]{3})_[0-9a-z]{8,32}$/.exec(text)?.[1]
  // The keys of the table are the kinds.
  return (Object.keys(idPrefixes) as IdKind[]).find((kind) => idPrefixes[kind] === prefix)
}
