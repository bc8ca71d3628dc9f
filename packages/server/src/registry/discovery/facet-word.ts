import type { JsonObject } from "@hufu/core/json/json-value"
import { type AgentInterface, interfaceProtocols } from "@hufu/core/registration/agent-interface"
import { grades } from "@hufu/core/registration/certification"
import type { Registration } from "@hufu/core/registration/registration"

/**
 * What search results are counted and narrowed by, of one registration, in one number: a million of them are looked at in a few
 * milliseconds. A facet has a field of bits; a field of marks has one bit for each value, so that several hold at once.
 */
export const facetNames = [
  "protocol",
  "grade",
  "certificate",
  "price",
  "developer",
  "form",
  "verified",
  "streaming",
  "country",
] as const
export type FacetName = (typeof facetNames)[number]

interface Field {
  readonly shift: number
  readonly bits: number
  readonly marks: boolean
  /** Of a field that is no marks: what each number means, 0 being that nothing is known. */
  readonly values: readonly string[]
}

const certificates = ["filing", "test", "certificate", "licence"] as const
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("")
const fields: Readonly<Record<FacetName, Field>> = {
  protocol: { shift: 0, bits: 4, marks: true, values: interfaceProtocols },
  certificate: { shift: 4, bits: 4, marks: true, values: certificates },
  grade: { shift: 8, bits: 3, marks: false, values: grades },
  price: {
    shift: 11,
    bits: 3,
    marks: false,
    values: ["free", "per-call", "per-task", "per-month", "quoted"],
  },
  developer: { shift: 14, bits: 2, marks: false, values: ["person", "organisation"] },
  form: { shift: 16, bits: 2, marks: false, values: ["agent", "ontology", "entity"] },
  verified: { shift: 18, bits: 1, marks: true, values: ["yes"] },
  streaming: { shift: 19, bits: 1, marks: true, values: ["yes"] },
  country: {
    shift: 20,
    bits: 10,
    marks: false,
    values: letters.flatMap((first) => letters.map((second) => first + second)),
  },
}

/** The values that a facet may have, in their order. */
export function facetValues(name: FacetName): readonly string[] {
  return fields[name].values
}

/** The facets of a registration in one number. */
export function facetWord(registration: Pick<Registration, "content" | "grade" | "proofs">): number {
  const { content, grade, proofs } = registration
  const { developer } = content
  return (
    marks(
      "protocol",
      content.interfaces.map(({ protocol }: AgentInterface) => protocol),
    ) |
    marks(
      "certificate",
      content.certifications.map(({ kind }) => kind),
    ) |
    one("grade", grade) |
    one("price", content.price?.model) |
    one("developer", developer.kind) |
    one("form", content.form) |
    marks(
      "verified",
      // What another registry says that it verified is not verified here.
      proofs.some(({ of, how }) => (of === "developer" || of === "domain") && how !== "import")
        ? ["yes"]
        : [],
    ) |
    marks("streaming", content.capabilities.streaming ? ["yes"] : []) |
    one("country", developer.country)
  )
}

/** What a search is narrowed to: of each facet that is named, one of the values. */
export type FacetFilter = Partial<Readonly<Record<FacetName, readonly string[]>>>

/** Whether a number has all that a filter asks for; made once for a search. */
export function facetTest(filter: FacetFilter): ((word: number) => boolean) | undefined {
  const tests = facetNames.flatMap((name) => {
    const values = filter[name]
    if (values === undefined) return []
    const field = fields[name]
    const at = values.map((value) => field.values.indexOf(value)).filter((index) => index >= 0)
    if (field.marks) {
      const mask = at.reduce((sum, index) => sum | (1 << (field.shift + index)), 0)
      return [(word: number) => (word & mask) !== 0]
    }
    const wanted = new Set(at.map((index) => index + 1))
    return [(word: number) => wanted.has(numberIn(word, field))]
  })
  return tests.length === 0 ? undefined : (word) => tests.every((test) => test(word))
}

/** Counts the facets of many registrations. */
export class FacetCounts {
  readonly #counts = facetNames.map((name) => ({
    name,
    field: fields[name],
    counts: new Uint32Array(fields[name].values.length + 1),
  }))

  add(word: number): void {
    for (const { field, counts } of this.#counts) {
      if (!field.marks) {
        const at = numberIn(word, field)
        counts[at] = (counts[at] ?? 0) + 1
        continue
      }
      for (let bit = 0; bit < field.bits; bit += 1)
        if ((word & (1 << (field.shift + bit))) !== 0) counts[bit + 1] = (counts[bit + 1] ?? 0) + 1
    }
  }

  /** Of each facet the values that there are, the commonest first. */
  counted(most = 20): { facet: FacetName; values: { value: string; count: number }[] }[] {
    return this.#counts.flatMap(({ name, field, counts }) => {
      const values = field.values
        .map((value, at) => ({ value, count: counts[at + 1] ?? 0 }))
        .filter(({ count }) => count > 0)
        .toSorted((one, other) => other.count - one.count)
        .slice(0, most)
      return values.length === 0 ? [] : [{ facet: name, values }]
    })
  }
}

/** The fields of ACS that facets say whole. */
export const cardPartFields: ReadonlySet<string> = new Set(["capabilities.streaming", "provider.countryCode"])
/** The bits of a number that say them. */
export const cardPartBits = bitsOf(fields.streaming) | bitsOf(fields.country)

/** What the facets say of a card, as the card says it. */
export function cardPart(word: number): JsonObject {
  const country = fields.country.values[numberIn(word, fields.country) - 1]
  return {
    capabilities: { streaming: numberIn(word, fields.streaming) === 1 },
    provider: country === undefined ? {} : { countryCode: country },
  }
}

function bitsOf({ shift, bits }: Field): number {
  return ((1 << bits) - 1) << shift
}

function marks(name: FacetName, values: readonly string[]): number {
  const { shift, values: known } = fields[name]
  return values.reduce((sum, value) => sum | (1 << (shift + known.indexOf(value))), 0)
}

function one(name: FacetName, value: string | null | undefined): number {
  const { shift, values } = fields[name]
  return value === null || value === undefined ? 0 : (values.indexOf(value) + 1) << shift
}

function numberIn(word: number, { shift, bits }: Field): number {
  return (word >>> shift) & ((1 << bits) - 1)
}
