import { describe, expect, it } from "vitest"
import { addressOwner, canonicalAddress } from "./ip-address.ts"

describe("an address", () => {
  it.each([
    // RFC 5952 §4 and §5.
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["0:0:0:0:0:FFFF:C000:0201", "192.0.2.1"],
    ["[::1]", "::1"],
    ["fe80::0001%eth0", "fe80::1%eth0"],
    ["192.0.2.1", "192.0.2.1"],
    ["localhost", "localhost"],
    ["::zz", "::zz"],
  ])("%s has one spelling", (given, canonical) => {
    expect(canonicalAddress(given)).toBe(canonical)
  })

  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
    ["2001:db8:1:2::", "2001:db8:1:2::"],
    ["2001:db8::5", "2001:db8::"],
    ["::1", "::"],
    ["fe80::1%eth0", "fe80::"],
  ])("%s is of one owner", (given, owner) => {
    expect(addressOwner(given)).toBe(owner)
  })
})
