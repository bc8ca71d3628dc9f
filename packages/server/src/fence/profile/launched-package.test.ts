import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { launchedPackage } from "./launched-package.ts"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-launch-"))
  mkdirSync(join(folder, "node_modules/@scope/server/dist"), { recursive: true })
  writeFileSync(
    join(folder, "node_modules/@scope/server/package.json"),
    JSON.stringify({ name: "@scope/server" }),
  )
  writeFileSync(join(folder, "node_modules/@scope/server/dist/index.js"), "")
  mkdirSync(join(folder, "node_modules/.bin"))
  symlinkSync("../@scope/server/dist/index.js", join(folder, "node_modules/.bin/server"))
})

afterEach(() => rmSync(folder, { recursive: true }))

describe("the package that a command starts", () => {
  it.each([
    [["-y", "@scope/server", "/data"], "@scope/server"],
    [["@scope/server@1.2.3"], "@scope/server"],
    [["--yes", "plain-name@latest"], "plain-name"],
  ])("is what npx is told: %j", (args, name) => {
    expect(launchedPackage({ command: "npx", args })).toBe(name)
    expect(launchedPackage({ command: "/usr/bin/npx.cmd", args })).toBe(name)
  })

  it.each([
    [["-p", "@scope/other", "server"]],
    [["--registry=https://example.com", "@scope/server"]],
    [["github:someone/server"]],
    [["./server"]],
    [["https://example.com/server.tgz"]],
    [[]],
  ])("is unknown when npx could fetch it from elsewhere: %j", (args) => {
    expect(launchedPackage({ command: "npx", args })).toBeUndefined()
  })

  it("is the installed one that a program belongs to, through links", () => {
    const script = join(folder, "node_modules/@scope/server/dist/index.js")
    expect(launchedPackage({ command: "node", args: [script, "/data"] })).toBe("@scope/server")
    expect(launchedPackage({ command: join(folder, "node_modules/.bin/server"), args: [] })).toBe(
      "@scope/server",
    )
  })

  it("is unknown when other code is loaded first, or the folder is not what it is called", () => {
    const script = join(folder, "node_modules/@scope/server/dist/index.js")
    expect(launchedPackage({ command: "node", args: ["--import", "./evil.js", script] })).toBeUndefined()
    writeFileSync(join(folder, "node_modules/@scope/server/package.json"), JSON.stringify({ name: "evil" }))
    expect(launchedPackage({ command: "node", args: [script] })).toBeUndefined()
    expect(launchedPackage({ command: "node", args: [join(folder, "none.js")] })).toBeUndefined()
    expect(launchedPackage({ command: "python", args: ["-m", "server"] })).toBeUndefined()
  })
})
