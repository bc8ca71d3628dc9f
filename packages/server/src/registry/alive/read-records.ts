import { AmpError } from "./amp-error.ts"
import { type AmpRecord, readRecord } from "./log-record.ts"

/** The lines of a log that may come at once. */
export const mostRecords = 200
export const maxIntakeBytes = 256 * 1024
const maxLine = 16 * 1024

/** A record, or the lines of a log as AMP writes it: one record each. UNTRUSTED: the body, which is bounded already. */
export function readRecords(type: string, body: string): AmpRecord[] {
  if (type === "application/json") return [readRecord(body)]
  if (type !== "application/x-ndjson")
    throw new AmpError(
      "AMP_INVALID_RECORD",
      "send one record as `application/json`, or one on each line as `application/x-ndjson`",
    )
  const lines = body.split("\n").filter((line) => line.trim() !== "")
  if (lines.length === 0) throw new AmpError("AMP_INVALID_RECORD", "there is no record in this")
  if (lines.length > mostRecords)
    throw new AmpError("AMP_REQUEST_TOO_LARGE", `at most ${mostRecords} records are taken at once`)
  return lines.map((line, at) => {
    if (line.length > maxLine)
      throw new AmpError("AMP_REQUEST_TOO_LARGE", `line ${at + 1} is longer than ${maxLine} characters`)
    try {
      return readRecord(line)
    } catch (error) {
      if (error instanceof AmpError) throw new AmpError(error.code, `line ${at + 1}: ${error.message}`)
      throw error
    }
  })
}
