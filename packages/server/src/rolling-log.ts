import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { pino } from "pino"

export interface RollingLogOptions {
  /** Size at which the next file is begun. */
  readonly bytes: number
  /** How many files are kept beside the one that is written. */
  readonly files: number
}

/** Where lines go until it is ended. */
export type RollingLog = Pick<ReturnType<typeof pino.destination>, "write" | "end" | "once">

const name = (number: number): string => `hufu.${number}.log`

/** Writes lines into numbered files of a folder, each of about one size, and removes the oldest, of earlier runs too. */
export function openRollingLog(folder: string, { bytes, files }: RollingLogOptions): RollingLog {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fileOf = (number: number) => join(folder, name(number))
  let number = Math.max(1, ...numbersIn(folder))
  let size = statSync(fileOf(number), { throwIfNoEntry: false })?.size ?? 0
  const stream = pino.destination({ dest: fileOf(number), mode: 0o600, sync: false })
  let isTold = false
  // A node that cannot write its log goes on: what must not be lost is in the ledger.
  stream.on("error", (error: Error) => {
    if (!isTold) process.stderr.write(`hufu: the log cannot be written: ${error.message}\n`)
    isTold = true
  })
  stream.on("write", (written: number) => {
    size += written
    if (size < bytes) return
    size = 0
    number += 1
    stream.once("drain", () => {
      stream.reopen(fileOf(number))
      removeBefore(folder, number - files)
    })
  })
  removeBefore(folder, number - files)
  return stream
}

function removeBefore(folder: string, first: number): void {
  for (const number of numbersIn(folder))
    if (number < first) rmSync(join(folder, name(number)), { force: true })
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).flatMap((file) => {
    const number = Number(/^hufu\.(\d{1,9})\.log$/.exec(file)?.[1])
    return Number.isNaN(number) ? [] : [number]
  })
}
