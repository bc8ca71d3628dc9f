/** Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256

/** One file of a published log: so many hashes of a level of tiles, or so many entries. */
export interface TileName {
  readonly level: number | "entries"
  /** Its place in its level. */
  readonly n: number
  /** How many it holds: 256, or fewer at the growing edge. */
  readonly width: number
}

const maxLevel = 63
const maxPathLength = 64
const pattern = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** Where a tile or bundle is, below the log's prefix: `tile/0/x001/x234/067`, and `.p/112` where it is partial. */
export function tilePath({ level, n, width }: TileName): string {
  if (!isTile({ level, n, width })) throw new RangeError("a log has no such tile")
  const whole = `tile/${level}/${numberPath(n)}`
  return width === TILE_WIDTH ? whole : `${whole}.p/${width}`
}

/** The tile that a path names; null for any other path, and for another spelling of one. UNTRUSTED input. */
export function parseTilePath(path: string): TileName | null {
  const match = path.length > maxPathLength ? null : pattern.exec(path)
  if (!match) return null
  const [, level = "", number = "", width] = match
  const tile = {
    level: level === "entries" ? level : Number(level),
    n: Number(number.replaceAll(/[x/]/g, "")),
    width: width === undefined ? TILE_WIDTH : Number(width),
  } as const
  const isWhole = width === undefined
  return isTile(tile) && isWhole === (tile.width === TILE_WIDTH) && tilePath(tile) === path ? tile : null
}

/** The tile of a level that a log of so many entries ends in; null where none is partial there. */
export function partialTile(level: TileName["level"], size: number): TileName | null {
  const count = countAt(level, size)
  const width = count % TILE_WIDTH
  return width === 0 ? null : { level, n: Math.floor(count / TILE_WIDTH), width }
}

/** How many hashes, or entries, a level holds in a log of so many entries. */
export function countAt(level: TileName["level"], size: number): number {
  return level === "entries" ? size : Math.floor(size / TILE_WIDTH ** level)
}

/** The levels of tiles of a log of so many entries, lowest first. */
export function levelsOf(size: number): number[] {
  const levels: number[] = []
  for (let level = 0; countAt(level, size) > 0; level += 1) levels.push(level)
  return levels
}

function numberPath(n: number): string {
  let path = group(n % 1000)
  for (let left = Math.floor(n / 1000); left > 0; left = Math.floor(left / 1000))
    path = `x${group(left % 1000)}/${path}`
  return path
}

function group(value: number): string {
  return String(value).padStart(3, "0")
}

function isTile({ level, n, width }: TileName): boolean {
  const isLevel = level === "entries" || (Number.isInteger(level) && level >= 0 && level <= maxLevel)
  // Every hash of it has an index that a number holds exactly.
  const isPlace = Number.isSafeInteger(n) && n >= 0 && Number.isSafeInteger((n + 1) * TILE_WIDTH)
  return isLevel && isPlace && Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH
}
