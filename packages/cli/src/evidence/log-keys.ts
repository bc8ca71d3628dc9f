import type { SecondKey } from "@hufu/core/evidence/checkpoint"
import { parseVkey, type VerifierKey } from "@hufu/core/evidence/vkey"
import { verifyMlDsa44 } from "@hufu/server/ledger/ml-dsa"
import { textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { FlagValues } from "../command/command.ts"

/** The keys of one log, as `hufu log checkpoint` shows them, from `--key` given once or twice. */
export function logKeys(flags: FlagValues): { key?: VerifierKey; second?: SecondKey } {
  const keys = textFlags(flags, "key").map(parseVkey)
  const [key, ...otherKeys] = keys.filter(({ algorithm }) => algorithm === "ed25519")
  const [second, ...otherSeconds] = keys.filter(({ algorithm }) => algorithm === "ml-dsa-44")
  const isOne = otherKeys.length === 0 && otherSeconds.length === 0
  const isOfLog = keys.every((each) => each === key || each === second)
  if (!isOne || !isOfLog)
    throw new UsageError("--key takes the keys of one log: its Ed25519 key and, with it, its ML-DSA-44 key")
  if (second === undefined) return key === undefined ? {} : { key }
  // A second signature is one beside the first: alone it would say nothing of the log's own.
  if (key === undefined || key.name !== second.name)
    throw new UsageError("an ML-DSA-44 key goes with the Ed25519 key of the same log: give --key twice")
  return { key, second: { key: second, mlDsa44: verifyMlDsa44 } }
}
