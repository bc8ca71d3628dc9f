/** How it stands with a row: `holds` and `part` name tests; `open` is not done; `none` cannot happen here, and says why. */
export type RowState = "holds" | "part" | "open" | "none"

/** One row of a published list of attacks or requirements, in our own words. */
export interface SecurityRow {
  readonly id: string
  readonly title: string
  readonly state: RowState
  readonly en: string
  readonly zh: string
  readonly tests: readonly NamedTest[]
}

/** A test file, and a title in it. */
export type NamedTest = readonly [path: string, title: string]

export interface SecurityList {
  readonly en: string
  readonly zh: string
  /** Which edition of it. */
  readonly source: string
  readonly rows: readonly SecurityRow[]
}

/** What is said of a row in both languages. */
export interface Said {
  readonly en: string
  readonly zh: string
}

/** Builders of rows, so that a row without a test cannot be said to hold. */
export const row = {
  holds: (
    id: string,
    title: string,
    en: string,
    zh: string,
    ...tests: readonly [NamedTest, ...NamedTest[]]
  ) => ({ id, title, state: "holds", en, zh, tests }) satisfies SecurityRow,
  part: (id: string, title: string, en: string, zh: string, ...tests: readonly [NamedTest, ...NamedTest[]]) =>
    ({ id, title, state: "part", en, zh, tests }) satisfies SecurityRow,
  open: (id: string, title: string, en: string, zh: string) =>
    ({ id, title, state: "open", en, zh, tests: [] }) satisfies SecurityRow,
  none: (id: string, title: string, { en, zh }: Said) =>
    ({ id, title, state: "none", en, zh, tests: [] }) satisfies SecurityRow,
}
