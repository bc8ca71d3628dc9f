import type { Failure, FailureCode } from "@hufu/core/failure"

/** What the exit codes of every command mean. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  waiting: 4,
  nodeUnavailable: 5,
  /** What was compared is not the same. */
  differs: 6,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const denials = new Set<FailureCode>([
  "forbidden",
  "foreign_origin",
  "locked_out",
  "unauthenticated",
  "wrong_secret",
])

/** With which exit code a command ends that could not do its work. */
export function exitCodeOf({ code }: Failure): ExitCode {
  if (code === "node_unavailable") return exitCodes.nodeUnavailable
  return denials.has(code) ? exitCodes.denied : exitCodes.failed
}
