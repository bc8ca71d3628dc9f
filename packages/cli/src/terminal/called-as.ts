import { existsSync, realpathSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

const program = realpathSync(fileURLToPath(new URL("../../bin/hufu.js", import.meta.url)))
const clone = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/[/\\]$/, "")

/** Where this program stands, and from where it is called. */
export interface Place {
  readonly program: string
  /** The folder in which `npm ci` ran. */
  readonly clone: string
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
}

/**
 * What a person types to call this very program: `hufu` where it is on their PATH, `npx hufu` in the folder of the clone, else its whole
 * path. Never a name under which something else could be found, or fetched: what is called may ask for a secret.
 */
export function calledAs(place: Place = here()): string {
  const bin = join(place.clone, "node_modules", ".bin")
  const linked = join(bin, "hufu")
  // Under npm that folder is first in PATH, which it is in no terminal.
  const underNpm = place.environment["npm_execpath"] !== undefined
  const folders = (place.environment["PATH"] ?? "").split(delimiter)
  const reached = folders.find(
    (each) => each !== "" && existsSync(join(each, "hufu")) && !(underNpm && each === bin),
  )
  if (reached !== undefined && leadsTo(join(reached, "hufu"), place.program)) return "hufu"
  if (leadsTo(linked, place.program)) return place.folder === place.clone ? "npx hufu" : quoted(linked)
  return `${quoted(process.execPath)} ${quoted(place.program)}`
}

let known: string | undefined

/** The same text with every command of ours in backticks as it can be typed here. */
export function asCalled(text: string): string {
  return text.replace(/`hufu(?= )/g, () => `\`${(known ??= calledAs())}`)
}

function here(): Place {
  return { program, clone, folder: process.cwd(), environment: process.env }
}

function leadsTo(path: string, target: string): boolean {
  try {
    return realpathSync(path) === target
  } catch {
    return false
  }
}

function quoted(path: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(path)) return path
  return process.platform === "win32" ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
