/** The keys of the log, as a verifier takes them: a second one asks for its signature. */
export function logKeysOf({
  key,
  mlDsaKey,
}: {
  readonly key: string
  readonly mlDsaKey: string | null
}): string[] {
  return mlDsaKey === null ? [key] : [key, mlDsaKey]
}

/** The command that checks a file of evidence by these keys. */
export function verifyLine(file: string, keys: readonly string[]): string {
  return ["hufu verify", file, ...keys.map((key) => `--key '${key}'`)].join(" ")
}
