import { UsageError } from "../arguments/usage-error.ts"

/** The one path that a command takes. */
export function oneFile(positionals: readonly string[], what: string): string {
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new UsageError(`this takes one file: hufu ${what}`)
  return file
}
