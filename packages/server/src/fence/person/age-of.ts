import type { AgeBand, AgeGroup, ProtectionRecord } from "@hufu/core/contract/protection"

/** Whoever is younger is a minor: Law on the Protection of Minors, article 2. */
const adultFrom = 18
/** Whoever is as old is elderly: Law on the Protection of the Rights and Interests of the Elderly, article 2. */
const elderlyFrom = 60

const lowest: Readonly<Record<AgeBand, number>> = {
  "under-3": 0,
  "3-to-8": 3,
  "8-to-12": 8,
  "12-to-16": 12,
  "16-to-18": 16,
  adult: adultFrom,
  elderly: elderlyFrom,
}

/**
 * The age to go by, in whole years: of a band its lowest, so that who may be too young counts as too young; undefined where nobody
 * said.
 *
 * @param day a day like `2026-11-30`, where the person is
 */
export function ageOf(
  { born, band }: Pick<ProtectionRecord, "born" | "band">,
  day: string,
): number | undefined {
  if (born === null) return band === null ? undefined : lowest[band]
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4))
  // Who is said to be born in the future is the youngest that there is.
  return Math.max(0, day.slice(5) >= born.slice(5) ? years : years - 1)
}

export function groupOf(age: number): AgeGroup {
  if (age < adultFrom) return "minor"
  return age < elderlyFrom ? "adult" : "elderly"
}
