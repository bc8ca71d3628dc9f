import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { levelsOf, parseTilePath, partialTile, type TileName, tilePath } from "./tile-path.ts"

const tiles: fc.Arbitrary<TileName> = fc.record({
  level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant("entries" as const)),
  n: fc.oneof(fc.nat(2_000_000), fc.integer({ min: 0, max: 2 ** 45 - 2 })),
  width: fc.integer({ min: 1, max: 256 }),
})

describe("the path of a tile", () => {
  it.each([
    [{ level: 0, n: 1_234_067, width: 256 }, "tile/0/x001/x234/067"],
    [{ level: 63, n: 0, width: 1 }, "tile/63/000.p/1"],
    [{ level: "entries", n: 273, width: 112 }, "tile/entries/273.p/112"],
    [{ level: 1, n: 1000, width: 255 }, "tile/1/x001/000.p/255"],
  ] as const)("of %o is %s", (tile, path) => {
    expect(tilePath(tile)).toBe(path)
    expect(parseTilePath(path)).toEqual(tile)
  })

  it("is read back as what it names", () => {
    fc.assert(
      fc.property(tiles, (tile) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile)
      }),
    )
  })

  it("has one spelling: whatever is read is written the same", () => {
    const pieces = fc.constantFrom(
      "tile",
      "entries",
      "0",
      "00",
      "1",
      "64",
      "x000",
      "x001",
      "067",
      "000",
      "1000",
    )
    const rests = fc.constantFrom("", ".p/0", ".p/1", ".p/01", ".p/255", ".p/256", ".p/", ".p", "/")
    const texts = fc.oneof(
      fc.tuple(fc.array(pieces, { maxLength: 5 }), rests).map(([parts, rest]) => parts.join("/") + rest),
      tiles.map((tile) => tilePath(tile).replace("tile/", "tile//")),
      fc.string(),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const tile = parseTilePath(text)
        if (tile !== null) expect(tilePath(tile)).toBe(text)
      }),
    )
  })

  it.each([
    "tile/0/x000/067",
    "tile/0/67",
    "tile/0/067.p/256",
    "tile/0/067.p/0",
    "tile/00/067",
    "tile/64/067",
    "tile/0/../067",
    "tile/0/067/",
    "tile/0/067\n",
    "tile/0/x999/x999/x999/x999/x999/999",
    `tile/0/${"x001/".repeat(20)}067`,
  ])("refuses %j", (path) => expect(parseTilePath(path)).toBeNull())

  it("of what is no tile is not made", () => {
    for (const tile of [
      { level: 64, n: 0, width: 1 },
      { level: 0, n: -1, width: 1 },
      { level: 0, n: 0.5, width: 1 },
      { level: 0, n: 0, width: 0 },
      { level: 0, n: 0, width: 257 },
      { level: 0, n: 2 ** 52, width: 1 },
    ])
      expect(() => tilePath(tile)).toThrow(RangeError)
  })
})

it("names the partial tiles of a tree of 70,000, and of one of 256", () => {
  expect(levelsOf(70_000)).toEqual([0, 1, 2])
  expect(levelsOf(70_000).map((level) => partialTile(level, 70_000))).toEqual([
    { level: 0, n: 273, width: 112 },
    { level: 1, n: 1, width: 17 },
    { level: 2, n: 0, width: 1 },
  ])
  expect(levelsOf(256).map((level) => partialTile(level, 256))).toEqual([null, { level: 1, n: 0, width: 1 }])
  expect(partialTile("entries", 70_000)).toEqual({ level: "entries", n: 273, width: 112 })
  expect(levelsOf(0)).toEqual([])
})
