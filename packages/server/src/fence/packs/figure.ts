import { FigureMark, type FigureUnit, FigureUnit as Unit } from "@hufu/core/contract/protection"
import { z } from "zod"

const Said = z.strictObject({ en: z.string().min(1).max(500), zh: z.string().min(1).max(500) })
const FigureValue = z.union([z.int().min(0).max(1_000_000_000), z.string().max(5), z.boolean()])

/** A figure as a pack writes it. INVARIANT: only one whose text was read in its source is marked as verified. */
export const Figure = z
  .strictObject({
    value: FigureValue,
    unit: Unit,
    mark: FigureMark.exclude(["operator"]),
    about: Said,
    /** Where it comes from; of an unverified one, why it stands here all the same. */
    source: Said,
  })
  .refine(({ value, unit }) => factOfFigure(value, unit) !== undefined, "its value does not fit its unit")
export type Figure = z.infer<typeof Figure>
type FigureValue = z.infer<typeof FigureValue>

/** A figure that is in force, whoever set it. */
export interface FigureInForce extends Omit<Figure, "mark"> {
  readonly mark: FigureMark
}

const timeForm = /^([01]\d|2[0-3]):([0-5]\d)$/

/** As rules find it: minutes in seconds, a time of day in minutes since midnight; undefined for what does not fit. */
export function factOfFigure(value: FigureValue, unit: FigureUnit): number | boolean | undefined {
  if (unit === "switch") return typeof value === "boolean" ? value : undefined
  if (unit === "time") {
    const [, hours, minutes] = timeForm.exec(typeof value === "string" ? value : "") ?? []
    return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
  }
  if (typeof value !== "number") return undefined
  return unit === "minutes" ? value * 60 : value
}
