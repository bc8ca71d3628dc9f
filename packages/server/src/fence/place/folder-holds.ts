import { normalizePath, pathKey, type PathRules } from "../ground/path-readings.ts"
import { realPath } from "../ground/real-path.ts"

/** The paths that an action leads to. */
export interface PathReading {
  /** After links are resolved, in each of its readings. */
  readonly places: readonly string[]
  /** It may lead to others: a command, or a path that nobody can read. */
  readonly isUnclear: boolean
  readonly rules: PathRules
}

/** Whether a path leads into a folder, or to one above it, with which it may take the folder along. */
export function folderHolds(folder: string, { places, rules }: PathReading): boolean {
  if (places.length === 0) return false
  const separator = rules.platform === "win32" ? "\\" : "/"
  const written = normalizePath(folder, rules)
  // Where the folder itself is a link, what it points to counts, as it is at this moment.
  const real = realPath(written)
  const keys = [written, ...(real === undefined ? [] : [normalizePath(real, rules)])].map((each) =>
    within(pathKey(each, rules), separator),
  )
  return places.some((path) => {
    const key = within(pathKey(path, rules), separator)
    return keys.some((each) => key.startsWith(each) || each.startsWith(key))
  })
}

function within(key: string, separator: string): string {
  return key.endsWith(separator) ? key : `${key}${separator}`
}
