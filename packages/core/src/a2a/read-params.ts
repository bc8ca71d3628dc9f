import type { z } from "zod"
import { Failure } from "../failure.ts"
import type { JsonObject } from "../json/json-value.ts"

/** What a client asks for, as its method has it. UNTRUSTED. Throws Failure("invalid_input") with the place that is not acceptable. */
export function readParams<S extends z.ZodType>(schema: S, params: JsonObject): z.output<S> {
  const found = schema.safeParse(params)
  if (found.success) return found.data
  const [issue] = found.error.issues
  const at = (issue?.path ?? []).join(".").slice(0, 200)
  throw new Failure(
    "invalid_input",
    `\`${at === "" ? "params" : at}\` is not acceptable: ${issue?.message ?? "correct it"}`,
  )
}
