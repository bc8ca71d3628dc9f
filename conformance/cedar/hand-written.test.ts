import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { cedar } from "@hufu/server/fence/rules/cedar"
import { expect, test } from "vitest"
import { z } from "zod"
import { parseExactJson } from "./exact-json.ts"
import { withSchema } from "./implicit-values.ts"
import { Case, runCase } from "./run-case.ts"

// The cases that the authors of Cedar wrote by hand: https://github.com/cedar-policy/cedar-integration-tests, Apache-2.0.

const folder = fileURLToPath(new URL("../../../shared/data/vectors/cedar/", import.meta.url))
const missing = existsSync(join(folder, "tests")) ? undefined : "Cedar's cases are not in ../shared/data"
const Request = z.looseObject({ action: z.looseObject({ id: z.string() }), context: z.unknown() })
const Written = z.object({
  policies: z.string(),
  entities: z.string(),
  schema: z.string(),
  requests: z.array(Request),
})

test("every case that the authors of Cedar wrote by hand has the decision, the reasons and the errors that they say", (context) => {
  context.skip(missing !== undefined, missing)
  const names = globSync("tests/**/*.json", { cwd: folder })
  const read = (path: string) => readFileSync(join(folder, path), "utf8")
  let agreed = 0
  for (const name of names) {
    const { policies, entities, schema, requests } = Written.parse(parseExactJson(read(name)))
    const parsed = cedar().schemaToJson(read(schema))
    if (parsed.type !== "success") throw new Error(`the schema of ${name} cannot be read`)
    const meant = withSchema(parsed.json)
    const result = runCase(
      Case.parse({
        name,
        policies: read(policies),
        entities: meant.entities(parseExactJson(read(entities))),
        requests: requests.map((each) => ({ ...each, context: meant.context(each.context, each.action.id) })),
      }),
    )
    expect(result).toMatchObject({ kind: "run", mismatches: [] })
    if (result.kind === "run") agreed += result.agreed
  }
  expect(names.length).toBe(22)
  expect(agreed).toBe(74)
})
