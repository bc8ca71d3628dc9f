import { randomBytes } from "node:crypto"
import { createWriteStream, lstatSync, renameSync, rmSync } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { Failure } from "@hufu/core/failure"
import { UsageError } from "../arguments/usage-error.ts"

/** Writes texts to a file as they come, or to standard output; the file has its name only once it is whole. */
export async function writeOutput(texts: AsyncIterable<string>, file: string | undefined): Promise<void> {
  if (file === undefined) return pipeline(Readable.from(texts), process.stdout, { end: false })
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false)
    throw new UsageError(`\`${file}\` is not a plain file: name one, or leave -o away for standard output`)
  const part = `${file}.${randomBytes(4).toString("hex")}.part`
  // What it discloses is for whom the person gives it to.
  const out = createWriteStream(part, { mode: 0o600, flags: "wx" })
  let cause: unknown
  out.on("error", (error) => (cause = error))
  try {
    await pipeline(Readable.from(texts), out)
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    if (error !== cause) throw error
    throw new Failure("forbidden", `\`${file}\` cannot be written: name a place where you may write`, {
      cause,
    })
  }
}
