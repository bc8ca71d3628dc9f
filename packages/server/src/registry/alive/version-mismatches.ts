import { z } from "zod"
import { MismatchSource } from "@hufu/core/contract/alive"
import { idSchema } from "@hufu/core/id"
import type { JsonObject } from "@hufu/core/json/json-value"
import { type Declare, saidTime } from "../../authority/declare.ts"
import { openRecords, type RecordKind } from "../../authority/records.ts"
import type { Clock } from "../../clock.ts"
import type { Store, Tx } from "../../store/store.ts"
import { type Running, type VersionPartName, versionParts } from "./log-record.ts"

const Digest = z.string().regex(/^[0-9a-f]{64}$/)

/** What was seen running that is not what was registered. */
export const VersionMismatch = z.object({
  /** Of the registration. */
  id: idSchema("registration"),
  at: z.int().nonnegative(),
  source: MismatchSource,
  running: z.object({
    version: z.string().optional(),
    parts: z.partialRecord(z.enum(versionParts), Digest),
    instance: z.string().optional(),
  }),
})
export type VersionMismatch = z.infer<typeof VersionMismatch>

export const mismatchKind: RecordKind<VersionMismatch> = {
  kind: "mismatch",
  schema: VersionMismatch,
  at: ({ at }) => at,
  sealed: { members: ["running"], subject: ({ id }) => id, blank: undefined },
}

/** Which registered agents were seen running another version than is registered, until they run it again or it is registered. */
export interface VersionMismatches {
  of(registration: string): VersionMismatch | undefined
  all(): Iterable<VersionMismatch>
  /** Bites in memory before it is durable. */
  found(registration: string, of: { source: MismatchSource; running: Running }): Promise<void>
  /** Holds no more once that is durable. */
  cleared(registration: string, by: string): Promise<void>
  /** What belongs to the commit that erases a registration. */
  forget(tx: Tx, registration: string): void
  /** The same, in memory. */
  forgetContent(registration: string): void
  /** Told of every mismatch at once. */
  onFound(listener: (of: VersionMismatch) => void): void
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
}

export function openVersionMismatches({ store, clock, declare }: Parts): VersionMismatches {
  const records = openRecords(store, mismatchKind)
  const listeners: ((of: VersionMismatch) => void)[] = []
  const clearing = new Set<string>()

  async function found(id: string, { source, running }: { source: MismatchSource; running: Running }) {
    const { version, parts, instance } = running
    const mismatch: VersionMismatch = {
      id,
      at: clock.now(),
      source,
      running: {
        parts: { ...parts },
        ...(version === undefined ? {} : { version }),
        ...(instance === undefined ? {} : { instance }),
      },
    }
    records.set(mismatch)
    for (const listener of listeners) listener(mismatch)
    await store.commit((tx) => {
      records.put(tx, mismatch)
      declare(tx, {
        fact: "registration.mismatched",
        subject: id,
        by: "node",
        refs: { source, at: saidTime(mismatch.at) },
        // What is undefined was left out above.
        content: { running: mismatch.running as JsonObject },
      })
    })
  }

  return {
    of: (registration) => records.get(registration),
    all: () => records.all(),
    found,
    async cleared(id, by) {
      if (records.get(id) === undefined || clearing.has(id)) return
      clearing.add(id)
      try {
        await store.commit((tx) => {
          store.records.remove(tx, { kind: mismatchKind.kind, id })
          declare(tx, { fact: "registration.matched", subject: id, by })
        })
        records.forget(id)
      } finally {
        clearing.delete(id)
      }
    },
    forget(tx, id) {
      if (records.get(id) !== undefined) store.records.remove(tx, { kind: mismatchKind.kind, id })
    },
    forgetContent: (registration) => records.forget(registration),
    onFound: (listener) => void listeners.push(listener),
  }
}

/** Whether what runs is known to differ from what was registered: in its version, or in a part that both tell. */
export function differs(
  { version, parts }: Pick<Running, "version" | "parts">,
  registered: {
    readonly version: string
    readonly parts: Readonly<Partial<Record<VersionPartName, { readonly digest: string } | undefined>>>
  },
): boolean {
  if (version !== undefined && version !== registered.version) return true
  return versionParts.some((part) => {
    const known = registered.parts[part]
    return parts[part] !== undefined && known !== undefined && parts[part] !== known.digest
  })
}
