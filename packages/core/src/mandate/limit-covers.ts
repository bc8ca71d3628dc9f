import type { JsonObject } from "../json/json-value.ts"
import { scalarsAt, valuesAt } from "./argument.ts"
import type { Limit } from "./limit.ts"
import { satisfies, touches } from "./limit-value.ts"

/** Whether a call's arguments satisfy a limit: the argument is there and every value that it names fits. */
export function limitCovers(limit: Limit, args: JsonObject): boolean {
  const values = valuesAt(args, limit.argument)
  return values !== undefined && values.every((value) => satisfies(limit, value))
}

/** Whether a call's arguments fall under a limit of a prohibition: any value there that could be meant is enough. */
export function limitTouches(limit: Limit, args: JsonObject): boolean {
  return scalarsAt(args, limit.argument).some(({ value }) => touches(limit, value))
}
