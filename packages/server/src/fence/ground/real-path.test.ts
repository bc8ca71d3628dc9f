import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { realPath } from "./real-path.ts"

let root: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "hufu-real-")))
  mkdirSync(join(root, "own"))
  mkdirSync(join(root, "work"))
  writeFileSync(join(root, "own/db"), "")
})

afterEach(() => rmSync(root, { recursive: true }))

describe("where a path really leads", () => {
  it("is the path itself when there are no links", () => {
    expect(realPath(join(root, "own/db"))).toBe(join(root, "own/db"))
    expect(realPath("/")).toBe("/")
  })

  it("follows links to files and to folders, also in a chain", () => {
    symlinkSync(join(root, "own"), join(root, "work/a"))
    symlinkSync("a", join(root, "work/b"))
    expect(realPath(join(root, "work/b/db"))).toBe(join(root, "own/db"))
    expect(realPath(join(root, "work/b/new/file"))).toBe(join(root, "own/new/file"))
  })

  it("follows a link that points to nothing yet", () => {
    symlinkSync("../own/new", join(root, "work/dangling"))
    expect(realPath(join(root, "work/dangling"))).toBe(join(root, "own/new"))
    expect(realPath(join(root, "work/dangling/below"))).toBe(join(root, "own/new/below"))
  })

  it("takes `..` after a link as the operating system does", () => {
    mkdirSync(join(root, "own/sub"))
    symlinkSync(join(root, "own/sub"), join(root, "work/link"))
    expect(realPath(`${root}/work/link/../db`)).toBe(join(root, "own/db"))
  })

  it("is unknown in a loop of links and below a file", () => {
    symlinkSync("two", join(root, "work/one"))
    symlinkSync("one", join(root, "work/two"))
    expect(realPath(join(root, "work/one"))).toBeUndefined()
    expect(realPath(join(root, "work/a".repeat(3_000)))).toBeUndefined()
  })
})
