/** Faults that the planted gateway can be started with; each breaks one promise that the kill run checks. */
export const plantedFaults = [
  /** Forwards first and writes the intent afterwards. */
  "forward-first",
  /** Writes intents in batches that nobody waits for. */
  "lazy-intents",
  /** Performs again what it finds without an outcome after a restart. */
  "repeat-unknown",
  /** Leaves what it finds without an outcome as it is. */
  "leave-unmarked",
  /** Keeps held calls in memory alone. */
  "forget-holds",
  /** Keeps the budget in memory alone. */
  "forget-budget",
  /** Drops the end of its ledger when it starts. */
  "drop-tail",
] as const
export type PlantedFault = (typeof plantedFaults)[number]
