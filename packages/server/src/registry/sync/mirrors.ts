import { createHmac } from "node:crypto"
import { formatAic, parseAic } from "@hufu/core/identity/aic"
import { Registration } from "@hufu/core/registration/registration"
import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import { digestOf } from "../../ledger/native-hash.ts"
import type { Store, Tx } from "../../store/store.ts"
import type { RemoteChange } from "./remote-change.ts"

/** What other registries keep, as far as it is known here. It never stands in for what is registered here itself. */
export interface Mirrors {
  /** By id, name or code; of several that have the same, one that may be used. */
  find(ref: string): Registration | undefined
  /** By its own registry's last word. */
  isUsable(id: string): boolean
  /** Whether a code is known, and no registry that knows it would have its agent used. */
  isRefused(aic: string): boolean
  /** In the order of their ids. */
  page(after: string, most: number): Registration[]
  /** The same, with the place of the last change of each in its registry's; null where it may not be used. */
  versions(after: string, most: number): { readonly id: string; readonly version: number | null }[]
  versionOf(id: string): number | undefined
  /** Those that have the same name or code. */
  like(of: { readonly name: string; readonly aic: string | null }): string[]
  count(peer: string): { readonly mirrors: number; readonly usable: number }
  /**
   * Takes changes in, each once: what is as new or newer is there already. Returns what is different now.
   *
   * @param round which of the readings of everything this is a part of
   */
  apply(tx: Tx, of: Applied): string[]
  /** Takes away what the last reading of everything did not bring. */
  sweep(tx: Tx, peer: string, round: number): string[]
  /** Takes away all of a peer. */
  drop(tx: Tx, peer: string): string[]
  /** Tells what has changed, once it is durable. */
  changed(ids: readonly string[]): void
  onChanged(listener: (ids: readonly string[]) => void): void
}

export interface Applied {
  readonly peer: { readonly id: string; readonly url: string }
  readonly changes: readonly RemoteChange[]
  readonly round: number
  /** Whether its places count anew, so that none says what is older. */
  readonly isAnew: boolean
}

const Body = z.object({
  seq: z.int(),
  usable: z.boolean(),
  origin: z.string(),
  aic: z.string().nullable(),
  registration: Registration.nullable(),
})
type Body = z.infer<typeof Body>

interface Row {
  readonly id: string
  readonly peer: string
  readonly seq: number
  readonly body: Uint8Array
}

const columns = "SELECT id, peer, seq, body FROM mirror WHERE"
const base32 = "0123456789abcdefghjkmnpqrstvwxyz"

export function openMirrors(
  store: Pick<Store, "query" | "vault" | "keyFor">,
  clock: Pick<Clock, "now">,
): Mirrors {
  const key = store.keyFor("mirror-index")
  const listeners: ((ids: readonly string[]) => void)[] = []
  // A keyed digest, as in the index of registrations.
  const digest = (kind: string, text: string) => createHmac("sha256", key).update(`${kind}\0${text}`).digest()

  function open(row: Row): Body {
    const text = store.vault.openRow({ subject: row.peer, name: `mirror/${row.id}`, bytes: row.body })
    const body = text === undefined ? undefined : Body.safeParse(JSON.parse(text)).data
    if (body?.seq === row.seq) return body
    throw new Failure(
      "records_altered",
      `the mirror \`${row.id}\` is not what this node wrote: find out who writes into the data folder, then remove its peer with \`hufu registry sync remove\` and add it again`,
    )
  }
  const rows = (where: string, values: readonly (string | number | Uint8Array)[]) =>
    store.query<Row>(`${columns} ${where}`, values)
  const byId = (id: string) => rows("id = ?", [id])[0]

  function write(tx: Tx, of: { id: string; peer: string; round: number; body: Body }): void {
    const { id, peer, round, body } = of
    const text = JSON.stringify(body)
    const sealed = store.vault.sealRow(tx, { subject: peer, name: `mirror/${id}`, text })
    tx.run(
      `INSERT INTO mirror (id, peer, seq, round, usable, name, aic, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, round = excluded.round, usable = excluded.usable,
         name = excluded.name, aic = excluded.aic, body = excluded.body`,
      [
        id,
        peer,
        body.seq,
        round,
        body.usable ? 1 : 0,
        digest("name", body.registration?.content.name ?? id),
        digest("aic", body.aic ?? id),
        sealed,
      ],
    )
  }

  /** What is known after a change, with what is known already. */
  function after(before: Body | undefined, change: RemoteChange, { peer }: Applied): Body {
    const { seq, origin, usable, shown, proofs } = change
    const id = mirrorId(peer.id, origin)
    const aic = change.aic ?? before?.aic ?? null
    const known = before?.registration ?? null
    const registration: Registration | null =
      shown !== null && aic !== null
        ? {
            ...shown,
            id,
            state: usable ? "approved" : "disabled",
            aic,
            agent: null,
            owner: null,
            // It is the other's word, however it came by it.
            proofs: proofs.map((proof) => ({ ...proof, how: "import" as const })),
            mirror: { registry: peer.url, id: origin, at: clock.now() },
          }
        : known && { ...known, state: "disabled" }
    return { seq, usable: usable && registration !== null, origin, aic, registration }
  }

  const removed = (tx: Tx, gone: readonly { readonly id: string }[]): string[] =>
    gone.map(({ id }) => {
      tx.run("DELETE FROM mirror WHERE id = ?", [id])
      return id
    })

  const find = (ref: string): Registration | undefined => {
    const aic = parseAic(ref)
    const found = ref.startsWith("reg_")
      ? rows("id = ?", [ref])
      : aic === undefined
        ? rows("name = ? ORDER BY usable DESC, id LIMIT 1", [digest("name", ref)])
        : rows("aic = ? ORDER BY usable DESC, id LIMIT 1", [digest("aic", formatAic(aic))])
    return found[0] === undefined ? undefined : (open(found[0]).registration ?? undefined)
  }

  return {
    find,
    isUsable(id) {
      const row = byId(id)
      return row !== undefined && open(row).usable
    },
    isRefused(text) {
      const aic = parseAic(text)
      if (aic === undefined) return false
      const known = rows("aic = ? ORDER BY id LIMIT 100", [digest("aic", formatAic(aic))])
      return known.length > 0 && !known.some((row) => open(row).usable)
    },
    page: (after, most) =>
      rows("id > ? ORDER BY id LIMIT ?", [after, most]).flatMap((row) => open(row).registration ?? []),
    versions: (after, most) =>
      store
        .query<{ id: string; seq: number; usable: number }>(
          "SELECT id, seq, usable FROM mirror WHERE id > ? ORDER BY id LIMIT ?",
          [after, most],
        )
        .map(({ id, seq, usable }) => ({ id, version: usable === 1 ? seq : null })),
    versionOf: (id) => byId(id)?.seq,
    like: ({ name, aic }) =>
      store
        .query<{ id: string }>("SELECT id FROM mirror WHERE name = ? OR aic = ? LIMIT 100", [
          digest("name", name),
          digest("aic", aic ?? name),
        ])
        .map(({ id }) => id),
    count(peer) {
      const counted = store.query<{ usable: number; n: number }>(
        "SELECT usable, count(*) AS n FROM mirror WHERE peer = ? GROUP BY usable",
        [peer],
      )
      const usable = counted.find((each) => each.usable === 1)?.n ?? 0
      return { mirrors: counted.reduce((sum, { n }) => sum + n, 0), usable }
    },
    apply(tx, of) {
      const { peer, changes, round, isAnew } = of
      return changes.flatMap((change) => {
        const id = mirrorId(peer.id, change.origin)
        const [row] = tx.query<Row>(`${columns} id = ?`, [id])
        if (change.gone) return row === undefined ? [] : removed(tx, [row])
        const isOld = row !== undefined && row.seq >= change.seq && !isAnew
        if (isOld) {
          tx.run("UPDATE mirror SET round = ? WHERE id = ?", [round, id])
          return []
        }
        const body = after(row && open(row), change, of)
        // Of what was never usable and has no code there is nothing to know.
        if (body.aic === null) return []
        write(tx, { id, peer: peer.id, round, body })
        return [id]
      })
    },
    sweep: (tx, peer, round) =>
      removed(tx, tx.query("SELECT id FROM mirror WHERE peer = ? AND round < ?", [peer, round])),
    drop: (tx, peer) => removed(tx, tx.query("SELECT id FROM mirror WHERE peer = ?", [peer])),
    changed(ids) {
      if (ids.length > 0) for (const listener of listeners) listener(ids)
    },
    onChanged: (listener) => void listeners.push(listener),
  }
}

/** The same for the same, so that nothing is there twice; and nobody chooses it. */
function mirrorId(peer: string, origin: string): string {
  const bytes = digestOf(`hufu-mirror/1\0${peer}\0${origin}`)
  let text = ""
  for (const byte of bytes.subarray(0, 26)) text += base32.charAt(byte & 31)
  return `reg_${text}`
}
