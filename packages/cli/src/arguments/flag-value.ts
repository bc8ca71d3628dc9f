import type { FlagValues } from "../command/command.ts"

/** The text of a flag that takes one value. */
export function textFlag(flags: FlagValues, name: string): string | undefined {
  const value = flags[name]
  return typeof value === "string" ? value : undefined
}

/** The texts of a flag that may be repeated. */
export function textFlags(flags: FlagValues, name: string): string[] {
  const value = flags[name]
  return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : []
}
