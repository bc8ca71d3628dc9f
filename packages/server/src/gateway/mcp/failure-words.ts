import type { Failure } from "@hufu/core/failure"

/** What a client is told of a failure: in both languages where the reason has both. */
export function failureWords({ message, extra }: Failure): string {
  const { zh } = extra
  return typeof zh === "string" ? `${message}. ${zh}。` : message
}
