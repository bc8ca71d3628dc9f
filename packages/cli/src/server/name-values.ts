import { UsageError } from "../arguments/usage-error.ts"

/** `Name: value` pairs, as `--header` takes them. */
export function readHeaders(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf(":")
      if (at < 1) throw new UsageError("--header takes `Name: value`")
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}

/** Headers whose values stand in variables of this environment, as `Name: VARIABLE`. */
export function readHeadersFrom(
  pairs: readonly string[],
  environment: NodeJS.ProcessEnv,
): Record<string, string> {
  const named = Object.entries(readHeaders(pairs))
  const values = readEnvironment(
    named.map(([, variable]) => variable),
    environment,
    "--header-env",
  )
  return Object.fromEntries(named.map(([name, variable]) => [name, (values[variable] ?? "").trim()]))
}

/** Variables by name, from this environment: a value in a command line would be seen by every process. */
export function readEnvironment(
  names: readonly string[],
  environment = process.env,
  flag = "--env",
): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = environment[name]
      if (value === undefined)
        throw new UsageError(`${flag} ${name.slice(0, 80)}: there is no such variable here; set it first`)
      return [name, value]
    }),
  )
}
