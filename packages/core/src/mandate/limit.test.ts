import { describe, expect, it } from "vitest"
import type { JsonObject } from "../json/json-value.ts"
import { Limit } from "./limit.ts"
import { limitContains } from "./limit-contains.ts"
import { limitCovers, limitTouches } from "./limit-covers.ts"

const limitOf = (parts: object): Limit => Limit.parse({ argument: "/a", ...parts })
const path = (under: string) => limitOf({ kind: "path", under })
const host = (...hosts: string[]) => limitOf({ kind: "host", hosts })
const prefix = (text: string) => limitOf({ kind: "prefix", prefix: text })
const pattern = (text: string) => limitOf({ kind: "pattern", pattern: text })
const equal = (value: unknown) => limitOf({ kind: "equal", value })
const oneOf = (...values: unknown[]) => limitOf({ kind: "oneOf", values })
const range = (min?: number, max?: number) => limitOf({ kind: "range", min, max })
const covers = (limit: Limit, a: unknown) => limitCovers(limit, { a } as JsonObject)
const touches = (limit: Limit, a: unknown) => limitTouches(limit, { a } as JsonObject)

describe("limits on one value", () => {
  it.each<[string, Limit, unknown[], unknown[]]>([
    ["equal", equal("x"), ["x"], ["X", "x ", 0, null, ["x"], { x: "x" }]],
    ["equal to a number", equal(1), [1, 1.0], ["1", true, 1.5]],
    ["equal to null", equal(null), [null], ["null", 0, ""]],
    ["one of", oneOf("x", 2, true), ["x", 2, true], ["true", "2", false, "y"]],
    ["range", range(1, 3), [1, 2.5, 3], [0.999, 3.001, "2", null, [2]]],
    ["range without an end", range(1), [1, 1e300], [0, Number.NaN, Infinity]],
    ["prefix", prefix("draft:"), ["draft:", "draft: x"], ["Draft:", " draft:", 5]],
    ["pattern", pattern("[a-z]{2}"), ["ab"], ["abc", "AB", 12, "a\ud800"]],
    [
      "path",
      path("/home/a"),
      [
        "/home/a",
        "/home/a/",
        "/home/a/x",
        "/home/a/x/y.txt",
        "/home/a/.config",
        "/home/a/..x",
        "/home/a/文件",
      ],
      [
        "/home/ab",
        "/home",
        "/home/A",
        "home/a/x",
        "./x",
        "/home/a/../b",
        "/home/a/..",
        "/home/a/./x",
        "/home/a//x",
        "//home/a",
        "/home/a/x\0",
        "/home/a\\..\\b",
        "~/x",
        "/home/a/~",
        "/home/a/%2e%2e/b",
        "/home/a/\n",
        "file:///home/a",
        "",
        5,
      ],
    ],
    ["path from the root", path("/"), ["/", "/x"], ["", "//", "/.."]],
    [
      "host",
      host("example.com"),
      [
        "https://example.com",
        "http://example.com/",
        "HTTPS://EXAMPLE.com./x",
        "https://example.com:443/",
        "http://example.com:80/x",
        "https://example.com/@evil.com",
        "https://example.com?q=1",
        "https://example.com#x",
        "https://ｅxample.com/",
        "https://example。com/",
      ],
      [
        "https://example.com:8443/",
        "https://example.com.evil.com/",
        "https://evil.com/example.com",
        "https://www.example.com/",
        "https://user@example.com/",
        "https://example.com@evil.com/",
        "https://evil.com\\@example.com/",
        "https://example.com\\.evil.com/",
        "https://evil.com?@example.com/",
        "https://example.com?@evil.com/",
        "https://example.com#@evil.com",
        "ftp://example.com/",
        "https:example.com",
        "https:/example.com",
        "//example.com/",
        "example.com",
        " https://example.com/",
        "https://exa\tmple.com/",
        "https://ex%61mple.com/",
        "https://example.com:/",
        "https://example.com:99999/",
        "http://example.com:443/",
        "",
        5,
        null,
      ],
    ],
    [
      "host with a wildcard",
      host("*.example.com"),
      ["https://a.example.com/", "https://a.b.example.com./"],
      [
        "https://example.com/",
        "https://aexample.com/",
        "https://a.example.com.evil.com/",
        "https://.example.com/",
        "https://a..example.com/",
        "https://a.example.com../",
      ],
    ],
    [
      "host with a port",
      host("localhost:3000"),
      ["http://localhost:3000/x", "https://localhost:3000"],
      ["http://localhost/", "http://localhost:3001/"],
    ],
    [
      "host on the usual port by name",
      host("example.com:443"),
      ["https://example.com/", "http://example.com:443/"],
      ["http://example.com/"],
    ],
    [
      "address",
      host("127.0.0.1"),
      ["http://127.0.0.1/", "http://0x7f.1/", "http://2130706433/"],
      ["http://127.0.0.2/", "http://1270.0.0.1/"],
    ],
    [
      "address of version 6",
      host("[::1]"),
      ["http://[::1]/", "http://[0:0:0:0:0:0:0:1]/"],
      ["http://[::2]/", "http://::1/"],
    ],
    [
      "international name",
      host("例子.中国"),
      ["https://例子.中国/", "https://xn--fsqu00a.xn--fiqs8s/"],
      ["https://例.中国/"],
    ],
  ])("%s", (_, limit, good, bad) => {
    for (const value of good) expect([value, covers(limit, value)]).toEqual([value, true])
    for (const value of bad) expect([value, covers(limit, value)]).toEqual([value, false])
  })

  it("reads no text without end", () => {
    expect(covers(prefix("x"), "x".repeat(16_384))).toBe(true)
    expect(covers(prefix("x"), "x".repeat(16_385))).toBe(false)
  })

  it("takes no argument from a prototype, and survives whatever stands there", () => {
    for (const argument of ["/constructor", "/__proto__", "/toString/name"])
      expect(limitCovers({ argument, kind: "pattern", pattern: ".*" }, {})).toBe(false)
    const odd: unknown[] = [undefined, Symbol("x"), 1n, () => 1, new Date(0), [undefined]]
    for (const value of odd)
      for (const limit of [equal("x"), range(0), prefix("x"), path("/"), pattern(".*"), host("x.org")]) {
        expect(covers(limit, value)).toBe(false)
        expect(() => touches(limit, value)).not.toThrow()
      }
  })
})

describe("what prohibitions catch", () => {
  it.each<[string, Limit, unknown[], unknown[]]>([
    [
      "spellings of a text",
      equal("bob@x.org"),
      ["bob@x.org", "Bob@X.org", " bob@x.org\n", ["bob@x.org"], { to: "bob@x.org" }],
      ["bob@x.organ", "alice@x.org"],
    ],
    ["a number in a text", equal(5), [5, "5", " 5.0", "５"], [6, "five", null]],
    ["a flag in a text", equal(true), [true, "true", "TRUE"], [false, null, "no"]],
    [
      "texts that could be numbers in a range",
      range(100),
      [100, 1e9, "150", "$1,000"],
      [99, "some", null, false],
    ],
    ["prefixes in any case", prefix("rm "), ["rm -rf", " RM -rf"], ["arm x", null]],
    ["digits of a number", pattern("62\\d+"), ["6212", 6212], ["512", 512]],
    [
      "paths that cannot be told apart",
      path("/etc"),
      ["/etc/passwd", "/ETC/passwd", "/x/../etc", "etc", "~/x", "C:\\etc"],
      ["/home/x", "/etcetera", null, 5],
    ],
    [
      "URLs that cannot be told apart",
      host("evil.com"),
      [
        "https://evil.com/",
        "http://EVIL.com.",
        "https://user@evil.com/",
        "evil.com",
        "https://ok.com\\@evil.com",
      ],
      ["https://ok.com/", null],
    ],
    ["texts that cannot be read", pattern("x"), ["x", "\ud800", "y".repeat(20_000)], ["y"]],
  ])("%s", (_, limit, caught, free) => {
    for (const value of caught) expect([value, touches(limit, value)]).toEqual([value, true])
    for (const value of free) expect([value, touches(limit, value)]).toEqual([value, false])
  })

  it("catch any element where a limit must hold for every one", () => {
    const every: Limit = { argument: "/to/-", kind: "equal", value: "bob" }
    expect([limitCovers(every, { to: ["bob", "eve"] }), limitTouches(every, { to: ["eve", "bob"] })]).toEqual(
      [false, true],
    )
    expect([limitCovers(every, { to: "bob" }), limitTouches(every, { to: "bob" })]).toEqual([false, true])
    expect([limitCovers(every, {}), limitTouches(every, {})]).toEqual([false, false])
  })
})

describe("arguments that a pointer names", () => {
  const x = (argument: string): Limit => Limit.parse({ argument, kind: "equal", value: "x" })
  it.each<[string, JsonObject, boolean]>([
    ["/a", {}, false],
    ["/a/b", { a: { b: "x" } }, true],
    ["/a/b", { a: "x" }, false],
    ["/to/0", { to: ["x"] }, true],
    ["/to/0", { to: { 0: "x" } }, true],
    ["/to/1", { to: ["x"] }, false],
    ["/to/00", { to: ["x"] }, false],
    ["/to/length", { to: ["x"] }, false],
    ["/to/-", { to: [] }, false],
    ["/to/-", { to: ["x", "x"] }, true],
    ["/to/-", { to: ["x", "y"] }, false],
    ["/to/-", { to: { "-": "x" } }, false],
    ["/items/-/id", { items: [{ id: "x" }, { id: "x", n: 1 }] }, true],
    ["/items/-/id", { items: [{ id: "x" }, {}] }, false],
    ["/a~1b/c~0", { "a/b": { "c~": "x" } }, true],
  ])("%s in %j: %s", (argument, args, expected) => {
    expect(limitCovers(x(argument), args)).toBe(expected)
  })
})

describe("limits within limits", () => {
  it.each<[Limit, Limit, boolean]>([
    [equal("a"), oneOf("a", "b"), true],
    [oneOf("a", "b"), equal("a"), false],
    [oneOf("a"), equal("a"), true],
    [equal(2), range(1, 3), true],
    [oneOf(1, 4), range(1, 3), false],
    [range(1, 2), range(1, 3), true],
    [range(1), range(1, 3), false],
    [range(2, 2), equal(2), true],
    [range(2, 1), equal("nothing satisfies the first"), true],
    [equal("/home/a/x"), path("/home/a"), true],
    [path("/home/a/b"), path("/home/a"), true],
    [path("/home/ab"), path("/home/a"), false],
    [path("/home/a"), prefix("/home/a"), true],
    [prefix("/home/a/"), path("/home/a"), false],
    [path("/home/a"), pattern("/home/a(/[^%]*)?"), true],
    [path("/home/a"), pattern("/home/a/.*"), false],
    [prefix("abc"), prefix("ab"), true],
    [prefix("ab"), prefix("abc"), false],
    [pattern("ab[a-z]"), prefix("ab"), true],
    [pattern("a|b"), oneOf("a", "b", "c"), true],
    [pattern("a|d"), oneOf("a", "b", "c"), false],
    [prefix("https://example.com/"), host("example.com"), true],
    [prefix("https://example.com"), host("example.com"), false],
    [pattern("https://[a-z]+\\.example\\.com/[a-z]*"), host("*.example.com"), true],
    [pattern("https://[a-z.]+/"), host("*.example.com"), false],
    [host("a.example.com"), host("*.example.com"), true],
    [host("*.a.example.com"), host("*.example.com", "x.org"), true],
    [host("*.example.com"), host("a.example.com"), false],
    [host("example.com:8080"), host("example.com"), false],
    [host("example.com:443"), host("example.com"), false],
    [host("127.0.0.1"), host("127.0.0.1", "x.org"), true],
    [host("example.com"), pattern("[hH][\\s\\S]*"), true],
    [host("example.com"), prefix("https://"), false],
    [equal("https://a.org/x"), host("a.org"), true],
    [equal("x"), Limit.parse({ argument: "/b", kind: "equal", value: "x" }), false],
  ])("%j is within %j: %s", (inner, outer, expected) => {
    expect(limitContains(outer, inner)).toBe(expected)
  })
})

describe("limits as they are written", () => {
  it.each([
    { kind: "equal", value: { x: 1 } },
    { kind: "oneOf", values: [] },
    { kind: "oneOf", values: Array.from({ length: 257 }, (_, i) => i) },
    { kind: "range" },
    { kind: "range", min: Number.NaN },
    { kind: "prefix", prefix: "" },
    { kind: "prefix", prefix: "\ud800" },
    { kind: "path", under: "home" },
    { kind: "path", under: "/home/../etc" },
    { kind: "pattern", pattern: "(a" },
    { kind: "host", hosts: ["https://example.com"] },
    { kind: "host", hosts: ["*"] },
    { kind: "host", hosts: ["*.127.0.0.1"] },
    { kind: "host", hosts: ["a.*.org"] },
    { kind: "host", hosts: ["a..org"] },
    { kind: "host", hosts: ["example.com:0"] },
    { kind: "host", hosts: ["user@example.com"] },
    { kind: "equal", value: "x", argument: "a" },
    { kind: "equal", value: "x", argument: "/a//b" },
    { kind: "equal", value: "x", more: 1 },
    { kind: "like", value: "x" },
  ])("refuses %j", (limit) => {
    expect(Limit.safeParse({ argument: "/a", ...limit }).success).toBe(false)
  })

  it("keeps hosts and paths as they are compared", () => {
    expect(host("EXAMPLE.com.", "*.例子.中国:8443", "0x7f.1")).toMatchObject({
      hosts: ["example.com", "*.xn--fsqu00a.xn--fiqs8s:8443", "127.0.0.1"],
    })
    expect(path("/home/a/")).toMatchObject({ under: "/home/a" })
  })
})
