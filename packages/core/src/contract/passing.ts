import { z } from "zod"
import { Mandate } from "../mandate/mandate.ts"
import { Ed25519Jwk } from "../token/ed25519-jwk.ts"
import { StopReport } from "./records.ts"

/** A mandate that ended, and what ended with it. */
export const RevokedMandate = z.object({
  ...Mandate.shape,
  /** What was passed on from it, directly or further down: it ended with it. */
  below: z.array(z.string()),
  cancelledHolds: z.array(z.string()),
  /** Calls under these that had left already: cancelled as best possible. */
  inFlight: StopReport.shape.inFlight,
})
export type RevokedMandate = z.infer<typeof RevokedMandate>

/** Why a mandate in a chain does not hold now. */
export const LinkState = z.enum(["holds", "not_yet", "expired", "agent_out_of_service", "above"])
export type LinkState = z.infer<typeof LinkState>

/** One mandate of a chain. */
export const ChainLink = z.object({
  mandate: Mandate,
  agentName: z.string(),
  /** `above`: it would hold, but something above it does not. */
  state: LinkState,
  /** Of each grant with a budget (-1: of the whole): what may still be spent, and how much of the budget others below have set aside. */
  budgets: z.array(
    z.object({
      grant: z.int(),
      spent: z.object({ count: z.int(), amount: z.int() }),
      setAside: z.object({ count: z.int(), amount: z.int() }),
    }),
  ),
})
export type ChainLink = z.infer<typeof ChainLink>

/** Who passed what on to whom: the mandate that the principal gave, and everything below it. */
export const Chain = z.object({
  /** The principal's own first; each one after the one that it was passed from. */
  items: z.array(ChainLink),
})
export type Chain = z.infer<typeof Chain>

/** A mandate that is verified without the node, and what a verifier needs to know. */
export const MandateToken = z.object({
  token: z.string(),
  expiresAt: z.int(),
  issuer: z.string(),
  /** Where the status list is. */
  status: z.string(),
  /** The issuer's key. */
  key: Ed25519Jwk,
})

/** What an agent may know of a mandate that it holds. */
export const HeldMandate = z.object({
  mandate: Mandate,
  /** Whether all that it hangs on holds. */
  holds: z.boolean(),
})
