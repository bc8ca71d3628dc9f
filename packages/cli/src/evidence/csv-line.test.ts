import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { csvLine } from "./csv-line.ts"

/** A reader of RFC 4180, character by character. */
function readCsv(text: string): string[][] {
  const records: string[][] = [[""]]
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const record = records.at(-1) ?? []
    const [one = "", two] = [text[at], text[at + 1]]
    if (isQuoted && one === '"' && two === '"') {
      record[record.length - 1] += '"'
      at += 1
    } else if (one === '"') isQuoted = !isQuoted
    else if (!isQuoted && one === ",") record.push("")
    else if (!isQuoted && one === "\r" && two === "\n") {
      records.push([""])
      at += 1
    } else record[record.length - 1] += one
  }
  return records.slice(0, -1)
}

describe("a line of CSV", () => {
  it("reads back as the cells that were written, whatever is in them", () => {
    const cell = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('a","b', "x\r\ny", ",;\t", ""))
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 }), (records) => {
        const read = readCsv(records.map((each) => csvLine(each)).join(""))
        expect(read.map((each) => each.map((text) => text.replace(/^'/, "")))).toEqual(
          records.map((each) => each.map((text) => text.replace(/^'/, ""))),
        )
      }),
      { numRuns: 50 },
    )
  })

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠a"])(
    "makes %j a text for a spreadsheet",
    (cell) => {
      expect(csvLine([cell])).toBe(`"'${cell}"\r\n`)
    },
  )

  it("quotes what another separator would part, and leaves ids, numbers and nothing bare", () => {
    expect(csvLine(["a;=1", "b\t=1", 'c"=1'])).toBe('"a;=1","b\t=1","c""=1"\r\n')
    expect(csvLine(["act_1", -7, null, undefined, "2026-01-01T00:00:00.000Z"])).toBe(
      "act_1,-7,,,2026-01-01T00:00:00.000Z\r\n",
    )
  })
})
