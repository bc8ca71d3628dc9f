import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { array, assert, asyncProperty, constantFrom, integer } from "fast-check"
import { describe, expect, test } from "vitest"
import { toBase64Url } from "../evidence/base64.ts"
import { packList, packStatuses, readPackedList, statusAt } from "./status-list.ts"
import { deflate } from "./zlib.ts"

/** The test vectors of draft-ietf-oauth-status-list (`examples/`), for which a folder may be named; the short ones stand here. */
const folder = process.env["HUFU_STATUS_LIST_VECTORS"] ?? ""
const isThere = existsSync(join(folder, "status_list_encoding1_long_json.md"))

/** Those of the draft's appendix that are not 0, of 2^20 each. */
const long: Record<1 | 2 | 4 | 8, Readonly<Record<number, number>>> = {
  1: Object.fromEntries(
    [0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345].map((idx) => [idx, 1]),
  ),
  2: {
    0: 1,
    1993: 2,
    25460: 1,
    159495: 3,
    495669: 1,
    554353: 1,
    645645: 2,
    723232: 1,
    854545: 1,
    934534: 2,
    1000345: 3,
  },
  4: {
    0: 1,
    1993: 2,
    35460: 3,
    459495: 4,
    595669: 5,
    754353: 6,
    845645: 7,
    923232: 8,
    924445: 9,
    934534: 10,
    1000345: 12,
    1004534: 11,
    1030203: 13,
    1030204: 14,
    1030205: 15,
  },
  // 255 places, each of which has another value: the first and some more.
  8: { 1199: 121, 4520: 213, 6805: 112, 13628: 20, 15080: 156, 19535: 255, 24077: 103, 30949: 201 },
}

describe("the draft's vectors", () => {
  test("of one and of two bits, in both directions", async () => {
    const one = await readPackedList({ bits: 1, lst: "eNrbuRgAAhcBXQ" })
    const two = await readPackedList({ bits: 2, lst: "eNo76fITAAPfAgc" })
    if (!one || !two) throw new Error("they cannot be read")
    const all = (list: typeof one, count: number) =>
      Array.from({ length: count }, (_, idx) => statusAt(list, idx))
    expect(all(one, 16)).toEqual([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1])
    expect(all(two, 12)).toEqual([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])
    expect(packStatuses(2, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]).bytes).toEqual(two.bytes)
    expect(statusAt(two, 12)).toBeUndefined()
  })

  test.skipIf(!isThere)(
    `of 2^20 entries${isThere ? "" : ": name the folder of the draft's examples in HUFU_STATUS_LIST_VECTORS to try them"}`,
    async () => {
      for (const bits of [1, 2, 4, 8] as const) {
        // The draft names those of four and of eight bits without "long".
        const name = `status_list_encoding${bits}${bits < 4 ? "_long" : ""}_json.md`
        const text = readFileSync(join(folder, name), "utf8")
        const json = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1).replaceAll(/\s*\n\s*/g, "")
        const list = await readPackedList(JSON.parse(json))
        if (!list) throw new Error(`the list of ${bits} bits cannot be read`)
        const found = Array.from({ length: 2 ** 20 }, (_, idx) => statusAt(list, idx) ?? -1)
        for (const [idx, value] of Object.entries(long[bits]))
          expect([idx, found[Number(idx)]]).toEqual([idx, value])
        const set = found.filter((value) => value !== 0)
        expect(set).toHaveLength(bits === 8 ? 255 : Object.keys(long[bits]).length)
        if (bits === 8) expect(new Set(set).size).toBe(255)
      }
    },
  )
})

test("what is packed is read again, whatever the statuses", async () => {
  await assert(
    asyncProperty(
      constantFrom(1 as const, 2 as const, 4 as const, 8 as const),
      array(integer({ min: 0, max: 255 }), { maxLength: 200 }),
      async (bits, values) => {
        const fitting = values.map((value) => value % 2 ** bits)
        const list = await readPackedList(await packList(packStatuses(bits, fitting)))
        expect(list && fitting.map((_, idx) => statusAt(list, idx))).toEqual(fitting)
      },
    ),
    { numRuns: 100 },
  )
})

test("what is no list, or is more than a list may be, is none", async () => {
  const bomb = toBase64Url(await deflate(new Uint8Array(2 * 1024 * 1024)))
  for (const member of [
    undefined,
    { bits: 3, lst: "eNrbuRgAAhcBXQ" },
    { bits: 1, lst: "not base64!" },
    { bits: 1, lst: "AAAA" },
    { bits: 1, lst: "eNrbuRgAAhcBX" },
    { bits: 1, lst: bomb },
  ])
    expect(await readPackedList(member)).toBeUndefined()
})
