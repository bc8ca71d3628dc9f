import { fileURLToPath } from "node:url"
import { posix, win32 } from "node:path"
import { stripEnds } from "./strip-ends.ts"

/** The machine whose rules a path follows. */
export interface PathRules {
  readonly platform: NodeJS.Platform
  readonly home: string
}

export interface PathReadings {
  /** Absolute, not yet normalised, the most literal one first. */
  readonly absolute: readonly string[]
  /** Relative ones, to be joined to the folder that the tool server works in. */
  readonly relative: readonly string[]
  /** It has no reading that we can follow: a foreign `file:` host, a NUL, another user's home. */
  readonly unreadable: boolean
}

const STARTS_LIKE_PATH =
  /^[\s"'`]*(?:[/\\~]|\$\{?HOME\b|%(?:25)?(?:2f|5c|7e|userprofile%|homepath%)|file:|[a-z]:[\\/])/i

/** Whether a text, wherever it stands, is written as an absolute path or a `file:` address. */
export function looksLikePath(text: string): boolean {
  return STARTS_LIKE_PATH.test(text)
}

/**
 * Every path that a tool could take a text for: as it stands, without quotes, with `~` and `$HOME` filled in,
 * with percent escapes decoded, or as a `file:` address. UNTRUSTED: which of them a tool takes is its own affair,
 * so each is checked.
 */
export function readPath(text: string, rules: PathRules): PathReadings {
  const spellings = new Set([text])
  const bare = stripEnds(text)
  spellings.add(bare)
  // What ends a name in C does not end it in JSON.
  if (text.includes("\0")) spellings.add(text.slice(0, text.indexOf("\0")))
  if (bare.includes("%")) for (const decoded of decodings(bare)) spellings.add(decoded)
  const absolute = new Set<string>()
  const relative = new Set<string>()
  let unreadable = text.includes("\0")
  for (const spelling of spellings) {
    const path = expand(spelling, rules)
    if (path === undefined) unreadable = true
    else if (isAbsolute(path, rules)) absolute.add(path)
    else if (path !== "") relative.add(path)
  }
  return { absolute: [...absolute], relative: [...relative], unreadable }
}

/** Percent escapes decoded once and twice: a tool behind a tool may decode again. */
export function decodings(text: string): string[] {
  const found: string[] = []
  let at = text
  for (let round = 0; round < 2 && at.includes("%"); round += 1) {
    try {
      at = decodeURIComponent(at)
    } catch {
      return found
    }
    found.push(at)
  }
  return found
}

function expand(text: string, rules: PathRules): string | undefined {
  if (/^file:/i.test(text)) return readFileUrl(text, rules)
  const home = /^(?:~|\$HOME\b|\$\{HOME\}|%USERPROFILE%)(?=$|[/\\])/i.exec(text)
  if (home) return `${rules.home}${text.slice(home[0].length)}`
  // `~name` is another user's home to a shell and a plain name to most tools; only the shell's reading is absolute.
  return /^~[a-z_]/i.test(text) ? undefined : text
}

function readFileUrl(text: string, { platform }: PathRules): string | undefined {
  try {
    return fileURLToPath(new URL(text), { windows: platform === "win32" })
  } catch {
    return undefined
  }
}

function isAbsolute(path: string, { platform }: PathRules): boolean {
  return platform === "win32" ? win32.isAbsolute(path) || /^[a-z]:/i.test(path) : posix.isAbsolute(path)
}

/** `.` and `..` resolved by the letters alone, without a trailing separator. */
export function normalizePath(path: string, { platform }: PathRules): string {
  if (platform !== "win32") return posix.resolve("/", path)
  // Device prefixes, streams, and the dots and spaces that Windows drops are other names of the same file.
  const plain = path
    .replaceAll("/", "\\")
    .replace(/^\\\\[?.]\\(?:UNC\\)?/i, (prefix) => (/unc/i.test(prefix) ? "\\\\" : ""))
  const parts = win32.resolve("C:\\", plain).split("\\")
  return parts
    .map((part, index) => (index === 0 ? part : (part.split(":")[0] ?? "").replace(/(?<=[^. ])[. ]+$/, "")))
    .join("\\")
}

/** What two spellings of one path have in common, on a file system that folds case or composes letters. */
export function pathKey(path: string, { platform }: PathRules): string {
  // oxlint-disable-next-line no-control-regex -- the range is ASCII
  const composed = /[^\u0000-\u007f]/.test(path) ? path.normalize("NFC") : path
  return platform === "win32" || platform === "darwin" ? composed.toLowerCase() : composed
}
