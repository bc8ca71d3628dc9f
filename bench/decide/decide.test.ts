import { expect, test } from "vitest"
import { openCedar } from "./cedar-engine.ts"
import { openHufu } from "./hufu-engine.ts"
import { madeActions, madeRules } from "./made-rules.ts"

test("Hufu and Cedar answer the same on the bench's rules, and some of them speak", () => {
  const rules = madeRules(40)
  const [ours, theirs] = [openHufu(rules), openCedar(rules)]
  const answers = madeActions(rules, 80).map((action) => [ours.prepare(action)(), theirs.prepare(action)()])
  expect(answers.filter(([our, their]) => our !== their)).toEqual([])
  const allowed = answers.filter(([our]) => our).length
  expect(allowed).toBeGreaterThan(10)
  expect(allowed).toBeLessThan(70)
})
