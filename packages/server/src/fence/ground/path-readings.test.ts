import { describe, expect, it } from "vitest"
import { looksLikePath, normalizePath, pathKey, readPath } from "./path-readings.ts"
import { stripEnds } from "./strip-ends.ts"

const linux = { platform: "linux", home: "/home/u" } as const
const windows = { platform: "win32", home: "C:\\Users\\u" } as const

describe("the readings of a path", () => {
  it.each([
    ["/a/b", "/a/b"],
    ["~/x", "/home/u/x"],
    ["~", "/home/u"],
    ["$HOME/x", "/home/u/x"],
    ["${HOME}/x", "/home/u/x"],
    ["file:///a%20b", "/a b"],
    ["FILE:/a", "/a"],
    ["file://localhost/a", "/a"],
    ["%2Fa%2Fb", "/a/b"],
    ["%252Fa", "/a"],
    ["'/a/b'", "/a/b"],
    ["  /a/b\n", "/a/b"],
    ["/a/b\0.txt", "/a/b"],
  ])("of %j include %s", (text, path) => {
    expect(readPath(text, linux).absolute).toContain(path)
    expect(looksLikePath(text)).toBe(true)
  })

  it("of a relative one are relative, also where it is escaped", () => {
    expect(readPath("..%2fx", linux)).toMatchObject({ absolute: [], relative: ["..%2fx", "../x"] })
    expect(looksLikePath("notes/today.md")).toBe(false)
  })

  it.each(["file://elsewhere/a", "~root/x", "/a\0b", "file:///a%2Fb"])(
    "of %j are not all readable",
    (text) => {
      expect(readPath(text, linux).unreadable).toBe(true)
    },
  )

  it("strips long runs of blanks and quotes in one pass", () => {
    expect(stripEnds(`${"'".repeat(500_000)}a${" ".repeat(500_000)}b`).length).toBe(500_002)
    expect(stripEnds(" ' ")).toBe("")
  })
})

describe("a path by its letters", () => {
  it.each([
    ["/a/./b/../c//d/", "/a/c/d"],
    ["/../..", "/"],
  ])("on Linux %s is %s", (path, normal) => {
    expect(normalizePath(path, linux)).toBe(normal)
  })

  it.each([
    ["C:/Users/u/.hufu/db", "C:\\Users\\u\\.hufu\\db"],
    ["\\\\?\\C:\\Users\\u", "C:\\Users\\u"],
    ["C:\\Users\\u\\.hufu.\\db. . ", "C:\\Users\\u\\.hufu\\db"],
    ["C:\\Users\\u\\.hufu\\db::$DATA", "C:\\Users\\u\\.hufu\\db"],
    ["\\\\?\\UNC\\host\\share\\x", "\\\\host\\share\\x"],
  ])("on Windows %s is %s", (path, normal) => {
    expect(normalizePath(path, windows)).toBe(normal)
  })

  it("has one key for each spelling that the file system takes as equal", () => {
    expect(pathKey("/Users/U/E\u0301", { platform: "darwin", home: "/Users/u" })).toBe("/users/u/\u00e9")
    expect(pathKey("C:\\X", windows)).toBe("c:\\x")
    expect(pathKey("/X", linux)).toBe("/X")
  })
})
