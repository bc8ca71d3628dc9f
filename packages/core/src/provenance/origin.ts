/**
 * Where a value of an action first came from, from what counts most to what counts least:
 * - `named`: the user's words, a limit of the mandate, or an answer that the user gave;
 * - `own`: the user's own records (a contact book, their settings, whom they paid before);
 * - `wrote`: whoever wrote what was read inside, as the tool server names them;
 * - `linked`: a web address that stands, whole, in what the user told the agent to read inside;
 * - `unknown`: seen nowhere. A paraphrased or encoded value has no provenance;
 * - `others`: content that others wrote.
 */
export const origins = ["named", "own", "wrote", "linked", "unknown", "others"] as const
export type Origin = (typeof origins)[number]

/** The origin that counts least among some; nothing for none. */
export function weakestOrigin(found: Iterable<Origin>): Origin | undefined {
  let weakest = -1
  for (const origin of found) weakest = Math.max(weakest, origins.indexOf(origin))
  return origins[weakest]
}

/** The origin that counts most among some; nothing for none. */
export function strongestOrigin(found: Iterable<Origin>): Origin | undefined {
  let strongest: number = origins.length
  for (const origin of found) strongest = Math.min(strongest, origins.indexOf(origin))
  return origins[strongest]
}
