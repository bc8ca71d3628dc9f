import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { calledAs } from "./called-as.ts"

let clone = ""
beforeEach(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), "hufu clone-")))
  mkdirSync(join(clone, "node_modules", ".bin"), { recursive: true })
  writeFileSync(join(clone, "hufu.js"), "")
  symlinkSync(join(clone, "hufu.js"), join(clone, "node_modules", ".bin", "hufu"))
})
afterEach(() => rmSync(clone, { recursive: true, force: true }))

const bin = () => join(clone, "node_modules", ".bin")
const called = (folder: string, environment: NodeJS.ProcessEnv) =>
  calledAs({ program: join(clone, "hufu.js"), clone, folder, environment })

it("is npx in the folder of the clone, where npx fetches nothing", () => {
  expect(called(clone, { PATH: "/usr/bin" })).toBe("npx hufu")
  // What npx itself puts there is in no terminal.
  expect(called(clone, { PATH: `${bin()}:/usr/bin`, npm_execpath: "/usr/bin/npm" })).toBe("npx hufu")
})

it("is the whole path elsewhere, fit to be typed", () => {
  expect(called("/", { PATH: "/usr/bin" })).toBe(`'${join(bin(), "hufu")}'`)
})

it("is the plain name where that leads to this very program", () => {
  expect(called("/", { PATH: `/usr/bin:${bin()}` })).toBe("hufu")
})

it("is not the plain name where that leads to another program", () => {
  const other = join(clone, "other")
  mkdirSync(other)
  writeFileSync(join(other, "hufu"), "")
  expect(called("/", { PATH: `${other}:${bin()}` })).toBe(`'${join(bin(), "hufu")}'`)
})
