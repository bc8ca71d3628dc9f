import { describe, expect, it } from "vitest"
import { isThisMachine, looksLikeWebAddress, readAddress } from "./read-address.ts"

describe("an address", () => {
  it.each([
    ["https://Example.com./a?b", "example.com", 443],
    ["http://2130706433/", "127.0.0.1", 80],
    ["http://0x7f.1:7070", "127.0.0.1", 7070],
    ["http://0177.0.0.1:7070", "127.0.0.1", 7070],
    ["http://0:7070", "0.0.0.0", 7070],
    ["http://[::ffff:127.0.0.1]:7070", "127.0.0.1", 7070],
    ["http://[0:0:0:0:0:0:0:1]:7070", "::1", 7070],
    ["http:\\\\127.0.0.1:7070\\x", "127.0.0.1", 7070],
    ["http:127.0.0.1:7070", "127.0.0.1", 7070],
    ["ht\ntp://127.0.0.1:7070", "127.0.0.1", 7070],
    ["  'http://127.0.0.1:7070'", "127.0.0.1", 7070],
    ["http://user:pass@127.0.0.1:7070/", "127.0.0.1", 7070],
    ["http://127。0。0。1:7070", "127.0.0.1", 7070],
    ["http://LOCALHOST:7070", "localhost", 7070],
    ["ws://localhost:7070/x", "localhost", 7070],
    ["redis://0x7f.0.0.1:7070", "127.0.0.1", 7070],
    ["localhost:7070/x", "localhost", 7070],
    ["127.1:7070", "127.0.0.1", 7070],
    ["//127.0.0.1:7070/x", "127.0.0.1", 7070],
    ["localhost", "localhost", undefined],
    ["example.com", "example.com", undefined],
  ])("%s is %s port %s", (text, host, port) => {
    expect(readAddress(text)).toMatchObject({ host, port })
  })

  it.each(["", "http://", "http://a b/", "http://[::1", "a b"])("`%s` is none", (text) => {
    expect(readAddress(text)).toBeUndefined()
  })

  it("is read from the start of a very long text", () => {
    expect(readAddress(`http://127.0.0.1:7070/${"a".repeat(1_000_000)}`)).toMatchObject({ host: "127.0.0.1" })
    expect(looksLikeWebAddress(" ".repeat(1_000_000))).toBe(false)
  })
})

describe("this machine", () => {
  it.each(["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "localhost", "a.localhost"])("is %s", (host) => {
    expect(isThisMachine(host)).toBe(true)
  })
  it.each(["128.0.0.1", "10.0.0.1", "localhost.example.com", "1270.0.0.1", ""])("is not %s", (host) => {
    expect(isThisMachine(host)).toBe(false)
  })
})
