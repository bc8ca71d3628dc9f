import { randomBytes } from "node:crypto"
import { type Aic, checkAic, formatAic, makeAic, parseAic } from "@hufu/core/identity/aic"
import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import { type Declare, saidTime } from "../authority/declare.ts"
import { openRecords, type RecordKind } from "../authority/records.ts"
import { digestOf } from "../ledger/native-hash.ts"
import type { Store, Tx } from "../store/store.ts"

/** Under which number codes are issued, and the salt that only this registrar knows. */
const Registrar = z.object({
  id: z.string(),
  number: z.string(),
  /** Hex. With another one no code that was issued would check. */
  salt: z.string().regex(/^[0-9a-f]{16}$/),
  openedAt: z.int(),
})
type Registrar = z.infer<typeof Registrar>

export const registrarKind: RecordKind<Registrar> = {
  kind: "registrar",
  schema: Registrar,
  at: ({ openedAt }) => openedAt,
  sealed: { members: ["number", "salt"], subject: () => "node", blank: undefined },
}

/** What a code is to be issued for. */
export interface CodeRequest {
  readonly form: "agent" | "ontology" | "entity"
  /** Who supplies the agent. */
  readonly owner: string
  /** The code of the class that an entity belongs to. */
  readonly ontology: string | null
}

/** Issues agent identity codes, and tells a mistyped one of its own. */
export interface RegistrarAuthority {
  /** A fresh code, which counts once the commit has succeeded: `confirm` is called then. */
  issue(tx: Tx, request: CodeRequest): { readonly code: string; readonly confirm: () => void }
  /** False for a code of this registrar whose checksum is wrong; true for every other text, of which it cannot tell. */
  mayBeRight(code: string): boolean
}

const saltBytes = 8

export interface RegistrarNumber {
  /** The number that the registrar was given (ARSP): 1 to 6 of 0-9 and A-Z. */
  readonly number: string
  /** In hexadecimal: with what this node's own agents, which nobody registered, have their checksums under the same number. */
  readonly localSalt?: string
}

export function openRegistrar(
  store: Store,
  clock: Clock,
  declare: Declare,
  { number, localSalt }: RegistrarNumber,
): RegistrarAuthority {
  const records = openRecords(store, registrarKind)
  const id = `arsp-${number.toLowerCase()}`

  function ensure(tx: Tx): Registrar {
    const known = records.get(id)
    if (known !== undefined) return known
    const opened: Registrar = {
      id,
      number,
      salt: randomBytes(saltBytes).toString("hex"),
      openedAt: clock.now(),
    }
    records.put(tx, opened)
    declare(tx, {
      fact: "registrar.opened",
      subject: "node",
      refs: { registrar: id, at: saidTime(opened.openedAt) },
      content: { number, salt: opened.salt },
    })
    return opened
  }

  function issue(tx: Tx, { form, owner, ontology }: CodeRequest) {
    const registrar = ensure(tx)
    const { salt } = registrar
    const code = formatAic(makeAic(levelsOf(), Buffer.from(salt, "hex")))
    return { code, confirm: () => records.set(registrar) }

    function levelsOf(): Omit<Aic, "checksum"> {
      const instance = form === "ontology" ? "0" : serial(9, randomBytes(9))
      if (ontology === null)
        return {
          version: "1",
          registrar: number,
          // The same for all that one person supplies, and nobody else can tell whose it is.
          vendor: serial(6, digestOf(`hufu-vendor/1\0${salt}\0${owner}`)),
          ontology: serial(9, randomBytes(9)),
          instance,
        }
      const above = parseAic(ontology)
      if (above === undefined)
        throw new Failure("invalid_input", `\`${ontology}\` is no code of a class: give that of an ontology`)
      return { ...above, instance }
    }
  }

  return {
    issue,
    mayBeRight(code) {
      const aic = parseAic(code)
      const ours = aic && records.get(`arsp-${aic.registrar.toLowerCase()}`)
      if (aic === undefined || ours === undefined || aic.checksum === null) return true
      const salts = [ours.salt, ...(localSalt === undefined || aic.registrar !== number ? [] : [localSalt])]
      return salts.some((salt) => checkAic(aic, Buffer.from(salt, "hex")))
    },
  }
}

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/** A serial number of some length that does not begin with 0, and so is not 0. */
function serial(length: number, bytes: Uint8Array): string {
  let text = ""
  for (const byte of bytes.subarray(0, length))
    text += text === "" ? base36.charAt(1 + (byte % 35)) : base36.charAt(byte % 36)
  return text
}
