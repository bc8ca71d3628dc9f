import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import { declareWith } from "../authority/declare.ts"
import { isSecretOf, personKind } from "../authority/person.ts"
import { readRecord } from "../authority/records.ts"
import { recordColumns, type StoredRecord } from "../store/record-row.ts"
import type { Store } from "../store/store.ts"
import type { Found } from "./findings.ts"
import type { FoldedRecord } from "./fold.ts"
import type { Rebuilt } from "./rebuild-state.ts"

/** Who may have the tables brought to what the ledger says. */
export type Prover = "nobody_enrolled" | "passkey_only" | "secret"

/** What proves the person, by the ledger: the tables are what is in question. */
export function proverOf({ fold, reader }: Rebuilt, store: Pick<Store, "query" | "vault">): Prover {
  const hasPasskey = [...(fold.records.get("passkey")?.values() ?? [])].some(({ members }) => {
    const state = members["state"] && reader.resolve(members["state"])
    return state?.is === "value" && state.value === "live"
  })
  const person = personIn(fold.records.get("person"))
  const secret = person && secretOf({ person, reader, store })
  if (secret !== undefined && secret.hash !== "") return "secret"
  return hasPasskey ? "passkey_only" : "nobody_enrolled"
}

/** The id of the person whose secret this is; throws Failure("wrong_secret"). */
export async function provePerson(
  { fold, reader }: Rebuilt,
  store: Pick<Store, "query" | "vault">,
  secret: string,
): Promise<string> {
  const person = personIn(fold.records.get("person"))
  const known = person && secretOf({ person, reader, store })
  if (person !== undefined && known !== undefined && (await isSecretOf(known, secret))) return person.id
  throw new Failure("wrong_secret", "that is not the terminal secret; nothing was written")
}

interface Person {
  readonly id: string
  readonly record: FoldedRecord
}

function personIn(persons: ReadonlyMap<string, FoldedRecord> | undefined): Person | undefined {
  const [first] = persons ?? []
  return first && { id: first[0], record: first[1] }
}

const Text = z.string()

function secretOf({
  person,
  reader,
  store,
}: {
  person: Person
  reader: Rebuilt["reader"]
  store: Pick<Store, "query" | "vault">
}): { salt: string; hash: string } | undefined {
  const [salt, hash] = ["salt", "hash"].map((name) => {
    const member = person.record.members[name]
    const resolved = member && reader.resolve(member)
    return resolved?.is === "value" ? Text.safeParse(resolved.value).data : undefined
  })
  if (salt !== undefined && hash !== undefined) return { salt, hash }
  // A ledger of an earlier version does not say it; the row is sealed with the vault's key.
  const [row] = store.query<StoredRecord>(
    `SELECT ${recordColumns} FROM record WHERE kind = 'person' AND id = ? AND sealed IS NOT NULL`,
    [person.id],
  )
  return row && readRecord(store, personKind, row)
}

/** Records that only narrow when they are brought to what the ledger says. */
export function narrowingOnly(found: readonly Found[]): Found[] {
  const widening = new Set(found.filter((each) => !each.difference.narrows).map(nameOf))
  return found.filter((each) => !widening.has(nameOf(each)))
}

/**
 * Brings records to what the ledger says, in one transaction with the statement of it. Answers how many: what was erased or never
 * stated so far that no record can be made of it stays as it is.
 */
export async function mendState(store: Store, found: readonly Found[], by: string): Promise<number> {
  const mended = [...new Map(found.map((each) => [nameOf(each), each])).values()].filter(
    ({ repair }) => repair !== null,
  )
  if (mended.length === 0) return 0
  await store.commit((tx) => {
    for (const { repair } of mended) repair?.(tx)
    declareWith(store.vault)(tx, {
      fact: "state.rebuilt",
      subject: "node",
      by,
      refs: { count: `n${mended.length}` },
      content: {
        records: found.map(({ difference: { kind, id, fault, member } }) => ({ kind, id, fault, member })),
      },
    })
  })
  return mended.length
}

function nameOf({ difference: { kind, id } }: Found): string {
  return `${kind}/${id}`
}
