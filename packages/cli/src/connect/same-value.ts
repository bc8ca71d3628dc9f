import { isDeepStrictEqual } from "node:util"
import { scanJsonc, valueOf } from "./scan-jsonc.ts"

/** Whether two JSON texts mean the same: clients write their configs anew in a layout of their own. */
export function meansTheSame(a: string, b: string): boolean {
  if (a === b) return true
  const [left, right] = [scanJsonc(a), scanJsonc(b)]
  return left !== undefined && right !== undefined && isDeepStrictEqual(valueOf(left), valueOf(right))
}
