import {
  type CodePoints,
  charactersOf,
  complementOf,
  digits,
  unionOf,
  whiteSpace,
  wordCharacters,
} from "../pattern/code-points.ts"
import {
  anyText,
  character,
  choice,
  type Expression,
  literal,
  literalInAnyCase,
  optional,
  repeat,
  sequence,
} from "../pattern/expression.ts"
import { type Language, languageOf } from "../pattern/language.ts"
import { isAddress, readHostEntry } from "./host-entry.ts"

/**
 * The only URLs that a host limit reads. UNTRUSTED: readers of URLs disagree on user information, backslashes,
 * percent-escapes and spaces in front of the host, and after `?` or `#` on `@`; such a URL could mean one host here
 * and another where it is used.
 */
const hostCharacter: CodePoints = complementOf(
  unionOf([...whiteSpace, [0, 0x1f], [0x7f, 0x9f], ...charactersOf('/\\?#@:[]%<>^|"`{}')]),
)
const hexDigits: CodePoints = unionOf([...digits, [0x41, 0x46], [0x61, 0x66]])
const bracketed = sequence(
  literal("["),
  repeat(character(unionOf([...hexDigits, ...charactersOf(":.")])), 1),
  literal("]"),
)
const afterHost = choice(
  sequence(),
  sequence(literal("/"), anyText),
  sequence(character(charactersOf("?#")), repeat(character(complementOf(charactersOf("@\\"))))),
)

/** `http` and `https` URLs with a plain host and perhaps a port. */
export const urls: Language = languageOf(
  urlWith(optional(sequence(literal(":"), repeat(character(digits), 1, 5)))),
)

/** All URLs with a port that one of these hosts allows: every one that satisfies the limit, and others. */
export function urlsOnPortsOf(hosts: readonly string[]): Expression {
  const ports = new Set(hosts.map((host) => readHostEntry(host)?.port))
  return urlWith(choice(...Array.from(ports, portExpression)))
}

function urlWith(port: Expression): Expression {
  return sequence(
    literalInAnyCase("http"),
    optional(literalInAnyCase("s")),
    literal("://"),
    choice(repeat(character(hostCharacter), 1), bracketed),
    port,
    afterHost,
  )
}

function portExpression(port: number | undefined): Expression {
  const written = (value: number) => sequence(literal(":"), repeat(literal("0")), literal(String(value)))
  if (port === undefined) return optional(choice(written(80), written(443)))
  return port === 80 || port === 443 ? optional(written(port)) : written(port)
}

const letters: CodePoints = [
  [0x41, 0x5a],
  [0x61, 0x7a],
]
const word = repeat(character(wordCharacters), 1)
const dots = repeat(literal("."), 1)
/** Never two hyphens in a row, so it is never taken for Punycode. */
const label = sequence(word, repeat(sequence(literal("-"), word)))

/**
 * URLs with a plain ASCII name that no reader of URLs rewrites but for its case: of these, `canonicalUrl` gives all
 * that name a host. A last label that starts with a digit could be part of an address.
 */
export const plainUrls: Language = languageOf(
  sequence(
    literalInAnyCase("http"),
    optional(literalInAnyCase("s")),
    literal("://"),
    choice(
      dots,
      sequence(
        repeat(sequence(optional(label), literal("."))),
        character(letters),
        optional(word),
        repeat(sequence(literal("-"), word)),
        optional(dots),
      ),
    ),
    optional(sequence(literal(":"), character([[0x31, 0x39]]), repeat(character(digits), 0, 4))),
    afterHost,
  ),
)

/** URLs of these hosts as they are usually written: every one of them satisfies the limit, though not only they. */
export function canonicalUrl(hosts: readonly string[]): Expression {
  return choice(...hosts.map(canonicalUrlOf))
}

function canonicalUrlOf(host: string): Expression {
  const entry = readHostEntry(host)
  if (!entry) return choice()
  const name = sequence(
    ...(entry.wildcard ? [repeat(sequence(label, literal(".")), 1)] : []),
    literalInAnyCase(entry.name),
    ...(isAddress(entry.name) ? [] : [optional(literal("."))]),
  )
  const withScheme = (scheme: string, usual: number): Expression => {
    const port = entry.port ?? usual
    const written = literal(`:${port}`)
    return sequence(
      literalInAnyCase(scheme),
      literal("://"),
      name,
      port === usual ? optional(written) : written,
      afterHost,
    )
  }
  return choice(withScheme("http", 80), withScheme("https", 443))
}
