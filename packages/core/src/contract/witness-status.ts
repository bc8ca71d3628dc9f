import { z } from "zod"

const Sentence = z.object({ en: z.string(), zh: z.string() })

/**
 * How a witness stands to a ledger. `cosigned`: it saw the latest checkpoint that it was asked about. `unreachable`: it did not answer.
 * `refused`: it will not cosign. `untrusted`: its cosignature does not verify or its clock is wrong. `disputed`: it says that it saw
 * more or something else, and shows no proof. `restored`: it saw the time before the ledger was restored. `contradicted`: it shows a
 * checkpoint of this very ledger that the ledger does not contain.
 */
export const witnessStates = [
  "waiting",
  "cosigned",
  "unreachable",
  "refused",
  "untrusted",
  "disputed",
  "restored",
  "contradicted",
] as const

/** What a node's witnesses have seen of its ledger. */
export const WitnessStatus = z.object({
  /** How many have to cosign before a state is called witnessed. */
  required: z.int(),
  /** How many are configured. */
  of: z.int(),
  /** How many saw the latest state that any of them saw. */
  by: z.int(),
  /** The size of that state. */
  size: z.int().nullable(),
  isWitnessed: z.boolean(),
  /** Why no action is let through, when a witness has shown a fork or a rollback. */
  alarm: Sentence.extend({ code: z.enum(["ledger_rolled_back", "ledger_forked"]) }).nullable(),
  items: z.array(
    z.object({
      name: z.string(),
      url: z.string(),
      state: z.enum(witnessStates),
      says: Sentence,
      size: z.int().nullable(),
      at: z.int().nullable(),
    }),
  ),
})
export type WitnessStatus = z.infer<typeof WitnessStatus>
