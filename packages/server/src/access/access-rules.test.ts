import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openAccessRules } from "./access-rules.ts"
import { accessAnswers } from "./answer-access.ts"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-access-"))
  writeFileSync(
    join(folder, "access.cedarschema"),
    "entity user; entity record; action read appliesTo { principal: [user], resource: [record] };",
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function rulesOf(text: string) {
  writeFileSync(join(folder, "access.cedar"), text)
  return openAccessRules({ schema: "access.cedarschema", rules: ["access.cedar"] }, folder)
}

test("a rule that wants something taken out of a result, or done beside it, is refused with its place", () => {
  const permit = "permit (principal, action, resource);"
  expect(rulesOf(`@id("own/read") ${permit}`)).toBeDefined()
  expect(() => rulesOf(`@id("own/read")\n@redact("secret")\n${permit}`)).toThrow(
    /access\.cedar:1: rule `own\/read`: take `@redact` away/,
  )
  expect(() => rulesOf(`@id("own/read")\n@oblige("rest")\n@why("rest")\n@why_zh("休息")\n${permit}`)).toThrow(
    /take `@oblige` away/,
  )
})

test("what is allowed only with parts of its result taken out is denied to whoever takes nothing out", async () => {
  const said = {
    verdict: "allow" as const,
    effect: "read" as const,
    reasons: [],
    mandate: null,
    words: null,
    facts: {},
    policy: "0".repeat(64),
    visible: true,
  }
  const decide = async (redacts: string[]) => {
    const answers = accessAnswers({
      rules: undefined,
      explain: async () => ({ ...said, redacts }),
      agentOf: () => ({ id: "agt_00000000" }),
    })
    const question = {
      subject: { type: "agent", id: "ann" },
      action: { name: "tools/call" },
      resource: { type: "tool", id: "notes/read_note" },
    }
    return answers.evaluation(question, { requestId: "r", transport: "socket" })
  }
  expect(await decide([])).toMatchObject({ decision: true })
  expect(await decide(["secret"])).toMatchObject({
    decision: false,
    context: { verdict: "allow", redacts: ["secret"] },
  })
})
