import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { parseExactJson } from "./exact-json.ts"
import { Case, runCase } from "./run-case.ts"

const slice = await readFile(new URL("./corpus-slice.jsonl", import.meta.url), "utf8")
const cases = slice
  .split("\n")
  .filter(Boolean)
  .map((line) => Case.parse(parseExactJson(line)))

test("every case of the slice of Cedar's corpus agrees in decision, reasons and errors", () => {
  const results = cases.map(runCase)
  expect(results.filter((result) => result.kind === "unsupported")).toEqual([])
  expect(results.flatMap((result) => (result.kind === "run" ? result.mismatches : []))).toEqual([])
})

test("the slice holds allowed, denied and failing requests", () => {
  const requests = cases.flatMap((one) => one.requests)
  expect(requests.filter((request) => request.decision === "allow").length).toBeGreaterThan(50)
  expect(requests.filter((request) => request.decision === "deny").length).toBeGreaterThan(50)
  expect(requests.filter((request) => request.errors.length > 0).length).toBeGreaterThan(50)
})

test("a wrong answer is reported as a mismatch", () => {
  const [first] = cases
  if (first === undefined) throw new Error("the slice is empty")
  const turned = first.requests.map((request) => ({
    ...request,
    decision: request.decision === "allow" ? ("deny" as const) : ("allow" as const),
  }))
  const result = runCase({ ...first, requests: turned })
  expect(result).toMatchObject({ kind: "run", agreed: 0 })
})
