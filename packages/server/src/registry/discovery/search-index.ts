import { rmSync } from "node:fs"
import { acs } from "@hufu/core/registration/faces/acs"
import { serverJson } from "@hufu/core/registration/faces/server-json"
import type { Registration } from "@hufu/core/registration/registration"
import { openWriter, type SqliteConnection } from "../../store/sqlite-connection.ts"
import { keysOf } from "./acs-keys.ts"
import { FacetCounts, facetWord } from "./facet-word.ts"
import { registrationWords, strongWord } from "./registration-words.ts"
import { isLoneHan } from "./search-words.ts"

/** How the index is made: with another number, an index that is there is made anew. */
const form = 4

const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE entry (
    doc INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    aic TEXT,
    mcp INTEGER NOT NULL,
    facets INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entry_name ON entry (name);
  CREATE INDEX entry_aic ON entry (aic);
  CREATE INDEX entry_mcp ON entry (name) WHERE mcp = 1;
  CREATE TABLE word_count (word TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE word USING fts5(words, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_'");
  INSERT INTO word (word, rank) VALUES ('secure-delete', 1);
  INSERT INTO word (word, rank) VALUES ('pgsz', 2000);
`

/** A registration as it stands now; null once nobody may see it any more. */
export interface IndexChange {
  readonly id: string
  readonly registration: Registration | null
  /** By which it is compared later; its revision where nothing else is said. */
  readonly version?: number
}

/** What is looked for. Words and keys are those of the index, never what somebody typed. */
export interface Lookup {
  readonly words: readonly string[]
  /** One of each list is there for certain. */
  readonly keys: readonly (readonly string[])[]
  readonly test: ((facets: number) => boolean) | undefined
  /** How many are wanted. */
  readonly most: number
  /** Whether all that match are counted. */
  readonly count: boolean
}

export interface Found {
  /** Row numbers, the best first. */
  readonly docs: readonly number[]
  /** How many match; at least, where not all were looked at. */
  readonly total: number
  readonly complete: boolean
  readonly counts: FacetCounts | undefined
}

/** So many places of words are read for one question, the rarest words first: the others tell little apart. */
const maxPlaces = 2000
/** Of a word that is too common for that, so many. */
const share = 500
/** With fewer than these, common words are looked up by themselves too. */
const few = 200
/** So many places of a word are gone through to find those where others stand too. */
const maxScanned = 30_000
/** So many words of a question are looked up, the rarest; all of them count when the best are put in order. */
const maxLookedUp = 10
/** So many records are kept as they were read. */
const maxRead = 1500
/** So many lists of keys narrow a lookup; whoever needs the rest compares. */
const maxKeyLists = 4
const maxSinces = 1000
/** So much is tidied at once: a few milliseconds of work. */
const tidyPages = 128

/**
 * What is public of every approved registration, to be searched: a table of SQLite with a full-text index (FTS5) whose words are made
 * here. It follows from the registrations and can be made again from them at any time. INVARIANT: what stands in it is no proof that an
 * agent may be used; whoever shows a result asks the registrations.
 */
export class SearchIndex {
  readonly #db: SqliteConnection
  /** By row; -1 where there is none. */
  #facets = new Int32Array(1024).fill(-1)
  readonly #read = new Map<number, Registration>()
  #last = 0
  #isTidying = false
  /** What `#since` found, until something changes. */
  readonly #sinces = new Map<string, number>()
  #size = 0

  constructor(db: SqliteConnection) {
    this.#db = db
    for (const [doc, facets] of db.columns("SELECT doc, facets FROM entry"))
      this.#mark(Number(doc), Number(facets))
  }

  /** How many registrations can be found. */
  get size(): number {
    return this.#size
  }

  /** Of those that can be found, by id after one of them and up to another: the version that was taken in. */
  versions(after: string, last: string | undefined): Map<string, number> {
    const rows = this.#db.columns(
      "SELECT id, version FROM entry WHERE id > ? AND (? IS NULL OR id <= ?) ORDER BY id",
      after,
      last ?? null,
      last ?? null,
    )
    return new Map(rows.map(([id, version]) => [String(id), Number(version)]))
  }

  /** Takes changes in, all of them or none. */
  apply(changes: readonly IndexChange[]): void {
    if (changes.length === 0) return
    const counted = new Map<string, number>()
    const marks: [doc: number, facets: number][] = []
    this.#db.exec("BEGIN IMMEDIATE")
    try {
      let last = this.#last
      for (const { id, registration, version = registration?.revision ?? 0 } of changes) {
        const row = this.#db.get("SELECT doc, record FROM entry WHERE id = ?", id)
        const doc = row === undefined ? (last += 1) : Number(row["doc"])
        if (row !== undefined) marks.push([doc, this.#remove(doc, String(row["record"]), counted)])
        if (registration?.state === "approved")
          marks.push([doc, this.#add(doc, { registration, version }, counted)])
      }
      this.#countWords(counted)
      this.#setScattered(this.#scattered + changes.length)
      this.#db.exec("COMMIT")
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK")
      throw error
    }
    this.#sinces.clear()
    for (const [doc, facets] of marks) {
      this.#mark(doc, facets)
      this.#read.delete(doc)
    }
    // What was taken out is not left in the log beside the file either.
    if (marks.some(([, facets]) => facets === -1)) this.#db.all("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /**
   * Brings what the index wrote at many times to one place, some of it at each call: what is asked looks at every place. Returns whether
   * there is more to do.
   */
  tidy(): boolean {
    if (this.#scattered < Math.max(1000, this.#size / 10)) return false
    const changes = () => Number(this.#db.get("SELECT total_changes() AS n")?.["n"])
    const before = changes()
    this.#db.run(
      "INSERT INTO word (word, rank) VALUES ('merge', ?)",
      this.#isTidying ? tidyPages : -tidyPages,
    )
    // As SQLite says it: with fewer changes than two there was nothing to do.
    this.#isTidying = changes() - before >= 2
    if (!this.#isTidying) this.#setScattered(0)
    return this.#isTidying
  }

  /** How many changes came since all was in one place. */
  get #scattered(): number {
    return Number(this.#db.get("SELECT value FROM meta WHERE key = 'scattered'")?.["value"] ?? 0)
  }

  #setScattered(changes: number): void {
    this.#db.run(
      "INSERT INTO meta (key, value) VALUES ('scattered', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      changes,
    )
  }

  find(lookup: Lookup): Found {
    const { words, keys } = lookup
    const narrowed = this.#narrowed(keys)
    if (words.length === 0 && narrowed === undefined) return this.#browse(lookup)
    const scores = new Map<number, number>()
    let complete = true
    /** Counts for all rows of some queries, the newest of each; how many there were. */
    const take = (queries: readonly Query[], weight: number, most: number): number => {
      const docs = new Set<number>()
      for (const query of queries) {
        const rows = this.#rowsOf(narrowed === undefined ? query : both(query, narrowed), most)
        if (rows.length === most) complete = false
        for (const doc of rows) docs.add(doc)
      }
      for (const doc of docs) {
        const facets = this.#facets[doc] ?? -1
        if (facets !== -1 && (lookup.test?.(facets) ?? true)) scores.set(doc, (scores.get(doc) ?? 0) + weight)
      }
      return docs.size
    }
    const rarest = this.#rarest(words)
    const [first] = rarest
    if (words.length === 0 && narrowed !== undefined) {
      const rows = this.#rowsOf(narrowed, maxPlaces)
      for (const doc of rows) this.#score(doc, lookup, scores)
      // By what was read, not by what the facets left of it.
      const isWhole = narrowed.isOne || narrowed.rarest.places <= maxScanned
      return this.#ranked(scores, lookup, isWhole && rows.length < maxPlaces)
    }
    if (first === undefined) return this.#ranked(scores, lookup, true)
    let left = maxPlaces
    // Every word is common: those that have all of them first.
    if (first.places > maxPlaces && rarest.length > 1) {
      const all = rarest.slice(1, 4).reduce<Query>(both, first)
      left -= take(
        [all],
        rarest.slice(0, 4).reduce((sum, { idf }) => sum + idf, 0),
        share,
      )
      complete = false
    }
    for (const word of rarest.slice(0, maxLookedUp)) {
      const { strong, idf } = word
      const isRare = word.places <= left
      const isFew = scores.size < Math.min(few, lookup.most)
      if (!isRare) complete = false
      // Too common to be gone through: it counts where the rarest stands too, and by itself where little was found.
      const queries = isRare || word === first ? [word] : [both(word, first), ...(isFew ? [word] : [])]
      left -= take(queries, idf / 2, isRare ? word.places + 1 : share)
      if (strong !== undefined && (isRare || (isFew && word !== first))) take([strong], idf / 2, share)
    }
    if (rarest.length > maxLookedUp) complete = false
    return this.#ranked(scores, lookup, complete)
  }

  /** How much a word tells apart. */
  idf(word: string): number {
    const n = this.#count(word)
    return Math.log(1 + (this.#size - n + 0.5) / (n + 0.5))
  }

  /** Records by their rows, in that order. */
  records(docs: readonly number[]): Registration[] {
    return docs.flatMap((doc) => this.#recordAt(doc) ?? [])
  }

  /** The newest are looked at again and again by filters that no key answers. Nobody changes what comes from here. */
  #recordAt(doc: number): Registration | undefined {
    const known = this.#read.get(doc)
    if (known !== undefined) return known
    const record = this.#db.get("SELECT record FROM entry WHERE doc = ?", doc)?.["record"]
    if (record === undefined) return undefined
    const read = readRecord(record)
    const [oldest] = this.#read.keys()
    if (this.#read.size >= maxRead && oldest !== undefined) this.#read.delete(oldest)
    this.#read.set(doc, read)
    return read
  }

  /** The record of this id, name or code. UNTRUSTED input. */
  record(by: "id" | "name" | "aic", value: string): Registration | undefined {
    const record = this.#db.get(`SELECT record FROM entry WHERE ${by} = ?`, value)?.["record"]
    return record === undefined ? undefined : readRecord(record)
  }

  /** Registrations that are servers of MCP, by name, after one of them. */
  servers(after: string, most: number): Registration[] {
    return this.#db
      .columns("SELECT record FROM entry WHERE mcp = 1 AND name > ? ORDER BY name LIMIT ?", after, most)
      .map(([record]) => readRecord(record))
  }

  close(): void {
    this.#db.close()
  }

  #add(
    doc: number,
    { registration, version }: { readonly registration: Registration; readonly version: number },
    counted: Map<string, number>,
  ): number {
    const { id, aic, content } = registration
    const facets = facetWord(registration)
    const record = JSON.stringify(registration)
    this.#db.run(
      "INSERT INTO entry (doc, id, version, name, aic, mcp, facets, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      doc,
      id,
      version,
      content.name,
      aic,
      isServer(registration) ? 1 : 0,
      facets,
      record,
    )
    const words = indexedWords(registration)
    for (const word of words) counted.set(word, (counted.get(word) ?? 0) + 1)
    this.#db.run("INSERT INTO word (rowid, words) VALUES (?, ?)", doc, words.join(" "))
    return facets
  }

  /** The same words that were put in go out again, so that nothing of them stays in the file. */
  #remove(doc: number, record: string, counted: Map<string, number>): number {
    const words = indexedWords(readRecord(record))
    for (const word of words) counted.set(word, (counted.get(word) ?? 0) - 1)
    this.#db.run("INSERT INTO word (word, rowid, words) VALUES ('delete', ?, ?)", doc, words.join(" "))
    this.#db.run("DELETE FROM entry WHERE doc = ?", doc)
    return -1
  }

  #countWords(counted: ReadonlyMap<string, number>): void {
    for (const [word, more] of counted) {
      if (more > 0)
        this.#db.run(
          "INSERT INTO word_count (word, n) VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET n = n + excluded.n",
          word,
          more,
        )
      else if (more < 0) {
        this.#db.run("UPDATE word_count SET n = n + ? WHERE word = ?", more, word)
        this.#db.run("DELETE FROM word_count WHERE word = ? AND n <= 0", word)
      }
    }
  }

  #mark(doc: number, facets: number): void {
    if (doc >= this.#facets.length) {
      const longer = new Int32Array(Math.max(doc + 1, this.#facets.length * 2)).fill(-1)
      longer.set(this.#facets)
      this.#facets = longer
    }
    const before = this.#facets[doc] ?? -1
    this.#size += (facets === -1 ? 0 : 1) - (before === -1 ? 0 : 1)
    this.#facets[doc] = facets
    this.#last = Math.max(this.#last, doc)
  }

  /** Without words: the newest first. */
  #browse({ test, most, count }: Lookup): Found {
    const counts = count ? new FacetCounts() : undefined
    const docs: number[] = []
    let total = 0
    for (let doc = this.#last; doc > 0; doc -= 1) {
      const facets = this.#facets[doc] ?? -1
      if (facets === -1 || test?.(facets) === false) continue
      total += 1
      if (docs.length < most) docs.push(doc)
      else if (!count) return { docs, total, complete: false, counts }
      counts?.add(facets)
    }
    return { docs, total, complete: true, counts }
  }

  #score(doc: number, { test }: Lookup, scores: Map<number, number>): void {
    const facets = this.#facets[doc] ?? -1
    if (facets !== -1 && test?.(facets) !== false) scores.set(doc, 0)
  }

  #ranked(scores: ReadonlyMap<number, number>, { most, count }: Lookup, complete: boolean): Found {
    const counts = count ? new FacetCounts() : undefined
    if (counts !== undefined) for (const doc of scores.keys()) counts.add(this.#facets[doc] ?? 0)
    const best = bestOf(scores, most)
      .toSorted(([one, a], [other, b]) => b - a || other - one)
      .slice(0, most)
    return { docs: best.map(([doc]) => doc), total: scores.size, complete, counts }
  }

  /** The words that are there, the rarest first. */
  #rarest(words: readonly string[]) {
    return words
      .flatMap((word) => {
        const places = this.#count(word)
        if (places === 0) return []
        const inNames = isLoneHan(word) ? 0 : this.#count(strongWord(word))
        return [
          {
            ...query(isLoneHan(word) ? `"${word}" *` : `"${word}"`, places),
            strong: inNames === 0 ? undefined : query(`"${strongWord(word)}"`, inNames),
            idf: this.idf(word),
          },
        ]
      })
      .toSorted((one, other) => one.places - other.places)
  }

  #count(word: string): number {
    if (isLoneHan(word))
      return Number(
        this.#db.get(
          "SELECT sum(n) AS n FROM (SELECT n FROM word_count WHERE word >= ? AND word < ? LIMIT 2000)",
          word,
          `${word}\u{10ffff}`,
        )?.["n"] ?? 0,
      )
    return Number(this.#db.get("SELECT n FROM word_count WHERE word = ?", word)?.["n"] ?? 0)
  }

  /** What the keys ask for, by those lists that narrow most. */
  #narrowed(keys: readonly (readonly string[])[]): Query | undefined {
    const [first, ...rest] = keys
      .map((list) =>
        query(
          list.map((key) => `"${key}"`).join(" OR "),
          list.reduce((sum, key) => sum + this.#count(key), 0),
        ),
      )
      .toSorted((one, other) => one.places - other.places)
      .slice(0, maxKeyLists)
    // What nearly all have does not narrow.
    return first && rest.filter(({ places }) => places < this.#size / 2).reduce(both, first)
  }

  /** The newest rows of a query. */
  #rowsOf({ expression, rarest, isOne }: Query, most: number): number[] {
    const since = isOne || rarest.places <= maxScanned ? 0 : this.#since(rarest.expression)
    // As one text: thousands of rows, each a value of its own, take longer than finding them.
    const rows = this.#db.get(
      "SELECT json_group_array(rowid) AS docs FROM (SELECT rowid FROM word WHERE word MATCH ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?)",
      expression,
      since,
      most,
    )
    return JSON.parse(String(rows?.["docs"])) as number[] // as the statement makes it
  }

  /** From which row on as many have a word as are gone through to find what others have too. */
  #since(expression: string): number {
    const known = this.#sinces.get(expression)
    if (known !== undefined) return known
    const row = this.#db.get(
      "SELECT rowid AS doc FROM word WHERE word MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?",
      expression,
      maxScanned,
    )
    const since = Number(row?.["doc"] ?? 0)
    if (this.#sinces.size >= maxSinces) this.#sinces.clear()
    this.#sinces.set(expression, since)
    return since
  }
}

/** What the full-text index is asked. */
interface Query {
  readonly expression: string
  /** About how many rows it has. */
  readonly places: number
  /** Of what all have to have, what fewest have: as many are gone through. */
  readonly rarest: { readonly expression: string; readonly places: number }
  /** Whether every row that is gone through is one of its rows. */
  readonly isOne: boolean
}

function query(expression: string, places: number): Query {
  return { expression, places, rarest: { expression, places }, isOne: true }
}

function both(one: Query, other: Query): Query {
  const rarest = one.rarest.places <= other.rarest.places ? one.rarest : other.rarest
  return {
    expression: `(${one.expression}) AND (${other.expression})`,
    places: rarest.places,
    rarest,
    isOne: false,
  }
}

/** Those that can be among the best of many, without putting all of them in order. */
function bestOf(scores: ReadonlyMap<number, number>, most: number): [doc: number, score: number][] {
  const all = [...scores]
  if (all.length <= most) return all
  const sorted = Float64Array.from(scores.values()).sort()
  const least = sorted[sorted.length - most] ?? 0
  return all.filter(([, score]) => score >= least)
}

/** Opens the index of a file, anew where another form of it or none is there. */
export function openSearchIndex(file: string): SearchIndex {
  return new SearchIndex(openIndexFile(file) ?? freshIndexFile(file))
}

function openIndexFile(file: string): SqliteConnection | undefined {
  let db: SqliteConnection | undefined
  try {
    db = openWriter(file)
    if (db.get("SELECT value FROM meta WHERE key = 'form'")?.["value"] === form) return relaxed(db)
  } catch {
    // Whatever it is, it is made again.
  }
  db?.close()
  return undefined
}

function freshIndexFile(file: string): SqliteConnection {
  for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true })
  const db = relaxed(openWriter(file))
  db.exec(`BEGIN; ${schema} COMMIT`)
  db.run("INSERT INTO meta (key, value) VALUES ('form', ?)", form)
  return db
}

/** What a power cut takes is made again: it need not be on the disk at every commit. */
function relaxed(db: SqliteConnection): SqliteConnection {
  db.exec("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536")
  return db
}

function indexedWords(registration: Registration): string[] {
  return [
    ...registrationWords(registration),
    ...keysOf(acs.show(registration, { origin: "https://registry.invalid" })),
  ]
}

/** Whether a registration is a server of MCP too. */
export function isServer({ content }: Registration): boolean {
  return serverJson.suits?.(content) ?? false
}

function readRecord(record: unknown): Registration {
  // The index wrote it.
  return JSON.parse(String(record)) as Registration
}
