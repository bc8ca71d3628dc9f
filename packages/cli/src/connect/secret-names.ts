const secretWords = new Set(
  "token tokens secret secrets password passwords passwd passphrase pwd pass pat key keys apikey accesskey credential credentials auth authorization bearer cookie jwt dsn".split(
    " ",
  ),
)
const secretEndings = /(?:token|secret|password|passwd|apikey|accesskey)$/
/** How well-known services begin their keys; and an address with a password in it. */
const secretValues =
  /^(?:bearer |basic |sk-|sk_|rk_|gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|xapp-|akia[0-9a-z]{12}|aiza|ya29\.|eyj[\w-]+\.|npm_|hf_|pypi-|[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^@\s/]+@)/i
const plainValue = /^(?:|true|false|yes|no|on|off|\d{1,4})$/i

/** Whether a variable or a header looks like a secret, by its name or by what its value looks like. */
export function isSecret(name: string, value: string, named: readonly string[] = []): boolean {
  if (named.some((each) => each.toLowerCase() === name.toLowerCase())) return true
  if (plainValue.test(value)) return false
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
  return words.some((word) => secretWords.has(word) || secretEndings.test(word)) || secretValues.test(value)
}
