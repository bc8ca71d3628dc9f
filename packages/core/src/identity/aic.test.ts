import { array, assert, constantFrom, property, record, uint8Array } from "fast-check"
import { describe, expect, it } from "vitest"
import { AicText, checkAic, formatAic, gbz185Code, isOntology, makeAic, parseAic } from "./aic.ts"

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
/** The example of ACPs spec 02, whose salt the specification gives. */
const vector = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"
const vectorSalt = Uint8Array.of(0x12, 0x34)

const characters = (minLength: number, maxLength: number) =>
  array(constantFrom(...base36.split("")), { minLength, maxLength }).map((some) => some.join(""))
const serial = (maxLength: number) => characters(1, maxLength).filter((text) => !/^0+$/.test(text))
const arbitraryLevels = record({
  version: constantFrom(...base36.slice(1).split("")),
  registrar: serial(6),
  vendor: serial(6),
  ontology: serial(9),
  instance: characters(1, 9),
})
const arbitrarySalt = uint8Array({ minLength: 2, maxLength: 16 })

function read(text: string) {
  const aic = parseAic(text)
  if (aic === undefined) throw new Error(`${text} should be a code`)
  return aic
}

describe("an agent identity code", () => {
  it("has the checksum that the specification gives for its example", () => {
    const aic = read(vector)
    expect(aic).toEqual({
      version: "1",
      registrar: "1",
      vendor: "34C2",
      ontology: "478BDF",
      instance: "3GF546",
      checksum: "0JU4",
    })
    expect(checkAic(aic, vectorSalt)).toBe(true)
    expect(formatAic(makeAic(aic, vectorSalt))).toBe(vector)
    expect(checkAic(aic, Uint8Array.of(0x12, 0x35))).toBe(false)
    expect(checkAic(read(`${vector.slice(0, -4)}0JU5`), vectorSalt)).toBe(false)
  })

  it("comes back from its text, 10,000 times, whatever the case of its letters", () => {
    assert(
      property(arbitraryLevels, arbitrarySalt, (levels, salt) => {
        const aic = makeAic(levels, salt)
        const text = formatAic(aic)
        const small = read(text.toLowerCase())
        const nine = read(gbz185Code(aic))
        return (
          formatAic(read(text)) === text &&
          formatAic(small) === text &&
          checkAic(small, salt) &&
          Object.entries(levels).every(([level, value]) =>
            Object.entries(nine).some(([of, is]) => of === level && is === value),
          ) &&
          nine.checksum === null &&
          formatAic(nine) === text.slice(0, -5)
        )
      }),
      { numRuns: 10_000, seed: 6 },
    )
  })

  it("finds at least 99.99 % of single mistyped characters", () => {
    let [tried, missed, unchecked] = [0, 0, 0]
    assert(
      property(arbitraryLevels, arbitrarySalt, (levels, salt) => {
        const text = formatAic(makeAic(levels, salt))
        for (let at = 0; at < text.length; at += 1)
          for (const character of `${base36}.-`) {
            if (character === text[at]) continue
            const typed = parseAic(`${text.slice(0, at)}${character}${text.slice(at + 1)}`)
            tried += 1
            if (typed !== undefined && checkAic(typed, salt)) missed += 1
            if (typed?.checksum === null) unchecked += 1
          }
      }),
      { numRuns: 500, seed: 6 },
    )
    console.info(
      `AIC: ${tried - missed} of ${tried} single mistyped characters found; ${unchecked} of them, a dot each, make a code of nine levels, which has no checksum`,
    )
    expect(tried).toBeGreaterThan(500_000)
    expect((tried - missed) / tried).toBeGreaterThanOrEqual(0.9999)
  })

  it("takes the nine levels of GB/Z 185.2, which have nothing to check", () => {
    const aic = read("1.2.156.3088.1.A1.REQ001.CALENDAR.1")
    expect(aic.checksum).toBeNull()
    expect(checkAic(aic, vectorSalt)).toBe(false)
    expect(AicText.parse("1.2.156.3088.1.a1.req001.calendar.1")).toBe("1.2.156.3088.1.A1.REQ001.CALENDAR.1")
  })

  it("tells a class of agents from an agent", () => {
    expect(isOntology(read("1.2.156.3088.1.1.34C2.478BDF.0"))).toBe(true)
    expect(isOntology(read("1.2.156.3088.1.1.34C2.478BDF.000000"))).toBe(true)
    expect(isOntology(read(vector))).toBe(false)
  })

  it.each([
    ["another node", vector.replace("3088", "3089")],
    ["a version of 0", "1.2.156.3088.0.1.34C2.478BDF.3GF546.0JU4"],
    ["a registrar of 0", "1.2.156.3088.1.0.34C2.478BDF.3GF546.0JU4"],
    ["a vendor of zeros", "1.2.156.3088.1.1.000.478BDF.3GF546"],
    ["a level too long", "1.2.156.3088.1.1234567.34C2.478BDF.3GF546.0JU4"],
    ["a checksum beyond 16 bits", "1.2.156.3088.1.1.34C2.478BDF.3GF546.1EKG"],
    ["a checksum of three", "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU"],
    ["a level too few", "1.2.156.3088.1.1.34C2.478BDF"],
    ["a level too many", `${vector}.1`],
    ["a trailing dot", `${vector}.`],
    ["a line after it", `${vector}\n`],
    ["letters that only fold to A to Z", vector.replace("34C2", "34ſ2")],
    ["the old code of 32 characters", "10001000011K912345E789ABCDEF2353"],
    ["a very long text", `${vector}${"0".repeat(100_000)}`],
  ])("refuses %s", (_, text) => {
    expect(parseAic(text)).toBeUndefined()
    expect(AicText.safeParse(text).success).toBe(false)
  })

  it("is not made of levels that are none, nor with a salt that is too short", () => {
    const levels = { version: "1", registrar: "1", vendor: "1", ontology: "1", instance: "1" }
    expect(() => makeAic({ ...levels, vendor: "0" }, vectorSalt)).toThrow(/no agent identity code/)
    expect(() => makeAic({ ...levels, vendor: "1.1" }, vectorSalt)).toThrow(/no agent identity code/)
    expect(() => makeAic(levels, Uint8Array.of(1))).toThrow(/salt has 2 to 64 bytes/)
  })
})
