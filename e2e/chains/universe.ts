import type { Effect } from "@hufu/core/words"

/** One concrete call of the small world in which chains are tried. */
export interface PlainCall {
  readonly tool: string
  readonly n: number
  readonly p: string
}

/** The tools, with the effect that each has. */
export const tools = {
  write_item: "write",
  send_item: "send",
  delete_item: "delete",
} as const satisfies Record<string, Effect>

export const toolNames = Object.keys(tools)
export const numbers = [1, 2, 5] as const
export const paths = ["/a/x", "/a/y", "/b/x"] as const

/** Every call that there is. */
export const universe: readonly PlainCall[] = toolNames.flatMap((tool) =>
  numbers.flatMap((n) => paths.map((p) => ({ tool, n, p }))),
)

export function effectOf(tool: string): Effect {
  // Only names of the table are asked for.
  return tools[tool as keyof typeof tools]
}
