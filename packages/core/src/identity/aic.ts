import { z } from "zod"
import { Failure } from "../failure.ts"

/**
 * An agent identity code 智能体身份码: the levels below the node 1.2.156.3088, in base 36 and upper case. With a checksum it is the
 * ten-level AIC of ACPs (spec 02), without one the nine-level code of GB/Z 185.2; the first nine levels are the same.
 */
export interface Aic {
  /** Level 5: the version of the code itself. */
  readonly version: string
  /** Level 6: the registrar (ARSP) that issued it. */
  readonly registrar: string
  /** Level 7: who supplies the agent. */
  readonly vendor: string
  /** Level 8: the ontology, the class of which the agent is an instance. */
  readonly ontology: string
  /** Level 9: the instance; zeros alone for an ontology itself. */
  readonly instance: string
  /** Level 10. It finds mistyped codes and proves nothing: whoever knows one code can compute the salt. */
  readonly checksum: string | null
}

/**
 * The number of whoever was given none: the highest of the range. Codes under it are for trials. Another registry may issue the same
 * ones, and no registration centre stands behind them.
 */
export const trialRegistrar = "ZZZZZZ"

const node = "1.2.156.3088"
const shape =
  /^1\.2\.156\.3088\.([1-9A-Z])\.([0-9A-Z]{1,6})\.([0-9A-Z]{1,6})\.([0-9A-Z]{1,9})\.([0-9A-Z]{1,9})(?:\.([0-9A-Z]{4}))?$/i
const onlyZeros = /^0+$/
/** The longest code: four fixed levels, six more, and their dots. */
const maxLength = 64
/** A registrar's salt has at least two bytes; more than these nobody needs. */
const saltBytes = { min: 2, max: 64 }

/** Reads a code in any case; undefined for whatever is none. UNTRUSTED input. */
export function parseAic(text: string): Aic | undefined {
  if (text.length > maxLength) return undefined
  // In upper case only now: there are letters beyond ASCII whose upper case is within it.
  const levels = shape.exec(text)?.map((level) => (level as string | undefined)?.toUpperCase())
  if (levels === undefined) return undefined
  const [, version = "", registrar = "", vendor = "", ontology = "", instance = "", checksum = null] = levels
  if ([registrar, vendor, ontology].some((level) => onlyZeros.test(level))) return undefined
  // Four characters of base 36 hold more than the 16 bits of a checksum.
  if (checksum !== null && Number.parseInt(checksum, 36) > 0xffff) return undefined
  return { version, registrar, vendor, ontology, instance, checksum }
}

/** A code in its one spelling. */
export function formatAic(aic: Aic): string {
  return aic.checksum === null ? uncheckedText(aic) : `${uncheckedText(aic)}.${aic.checksum}`
}

/** The nine levels of GB/Z 185.2, whichever of the two codes it is. */
export function gbz185Code(aic: Aic): string {
  return uncheckedText(aic)
}

/** Whether the checksum of a ten-level code is that which its registrar's salt gives; `false` for nine levels too, which have none. */
export function checkAic(aic: Aic, salt: Uint8Array): boolean {
  return aic.checksum !== null && aic.checksum === checksumOf(aic, salt)
}

/** A code with its checksum. */
export function makeAic(levels: Omit<Aic, "checksum">, salt: Uint8Array): Aic {
  const aic = parseAic(uncheckedText(levels))
  if (aic === undefined)
    throw new Failure(
      "invalid_input",
      `\`${uncheckedText(levels).slice(0, maxLength)}\` is no agent identity code: each level is of 0-9 and A-Z, and registrar, vendor and ontology are not 0`,
    )
  return { ...aic, checksum: checksumOf(aic, salt) }
}

/** Whether a code names a class of agents (an ontology 本体) and no agent (an entity 实体). */
export function isOntology(aic: Aic): boolean {
  return onlyZeros.test(aic.instance)
}

/** Whether a code was issued by nobody who was given a number for it. */
export function isTrialCode({ registrar }: Pick<Aic, "registrar">): boolean {
  return registrar === trialRegistrar
}

/** A code of ten or nine levels in its one spelling. UNTRUSTED input: whether it was ever issued is not said. */
export const AicText = z
  .string()
  .max(maxLength)
  .transform((text, context) => {
    const aic = parseAic(text)
    if (aic !== undefined) return formatAic(aic)
    context.addIssue("give an agent identity code such as 1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4")
    return z.NEVER
  })

function uncheckedText({ version, registrar, vendor, ontology, instance }: Omit<Aic, "checksum">): string {
  return [node, version, registrar, vendor, ontology, instance].join(".")
}

function checksumOf(aic: Aic, salt: Uint8Array): string {
  if (salt.length < saltBytes.min || salt.length > saltBytes.max)
    throw new Failure(
      "invalid_input",
      `a registrar's salt has ${saltBytes.min} to ${saltBytes.max} bytes; this one has ${salt.length}`,
    )
  let crc = 0xffff
  for (const byte of new TextEncoder().encode(uncheckedText(aic))) crc = crcStep(crc, byte)
  for (const byte of salt) crc = crcStep(crc, byte)
  return crc.toString(36).toUpperCase().padStart(4, "0")
}

/** CRC-16/CCITT-FALSE (polynomial 0x1021, from 0xFFFF, nothing reflected), one byte on. */
function crcStep(crc: number, byte: number): number {
  let next = crc ^ (byte << 8)
  for (let bit = 0; bit < 8; bit += 1) next = (next & 0x8000 ? (next << 1) ^ 0x1021 : next << 1) & 0xffff
  return next
}

/** Whether two texts are the same code, however they are spelled. */
export function isSameAic(one: string, other: string): boolean {
  return one === other || oneSpelling(one) === oneSpelling(other)
}

function oneSpelling(text: string): string {
  const aic = parseAic(text)
  return aic === undefined ? text : formatAic(aic)
}
