import { lstatSync, readlinkSync, realpathSync } from "node:fs"
import { dirname, join, resolve } from "node:path"

/** Links that are followed by hand at most, as the operating system does. */
const MAX_LINKS = 32
const MAX_LEVELS = 256

/**
 * Where a path really leads: links are followed, also one that points to nothing yet, and what does not exist is
 * kept as it was written below the deepest folder that does. Nothing when the file system does not let us look.
 *
 * The answer holds at this moment. A tool that resolves the path later, or on another machine, may come
 * elsewhere.
 */
export function realPath(path: string, links = 0): string | undefined {
  try {
    return follow(path, links)
  } catch {
    // No right to look, a loop of links, a name that is too long: what cannot be known is not guessed.
    return undefined
  }
}

function follow(path: string, links: number): string | undefined {
  const missing: string[] = []
  let at = path
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const found = lstatSync(at, { throwIfNoEntry: false })
    if (found?.isSymbolicLink() === true) return followLink(at, missing, links)
    if (found) return join(realpathSync.native(at), ...missing)
    const parent = dirname(at)
    if (parent === at) return join(at, ...missing)
    missing.unshift(at.slice(parent.length).replace(/^[\\/]+/, ""))
    at = parent
  }
  return undefined
}

/** A link may point to nothing, and writing through it would create what it points to. */
function followLink(link: string, below: readonly string[], links: number): string | undefined {
  if (links >= MAX_LINKS) return undefined
  const folder = realpathSync.native(dirname(link))
  return realPath(join(resolve(folder, readlinkSync(link)), ...below), links + 1)
}
