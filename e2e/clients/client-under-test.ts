/** Where a client connects: an address with headers, or a command that it starts. */
export type Target =
  | { readonly kind: "http"; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly kind: "stdio"
      readonly command: string
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string>>
    }

export const eras = ["legacy", "auto"] as const
/** Whether a client starts with 2025-11-25 alone, or asks for 2026-07-28 first and falls back. */
export type Era = (typeof eras)[number]

/** What a call came to, in the same words for every client. */
export type Outcome = {
  /** Whether a result came at all; a protocol error and a broken connection are not results. */
  readonly ok: boolean
  readonly isError: boolean
  readonly text: string
  readonly structured?: unknown
}

/** One client that others wrote, behind one interface. */
export type ClientUnderTest = {
  readonly list: () => Promise<readonly string[]>
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Outcome>
  readonly close: () => Promise<void>
}

/** Opens a client on a target. */
export type Connect = (target: Target, era: Era) => Promise<ClientUnderTest>

/** The outcome of a tool result as MCP defines it. */
export function outcomeOf(result: unknown): Outcome {
  // UNTRUSTED: what the client hands on is what a server wrote
  const raw = result as { content?: unknown; isError?: unknown; structuredContent?: unknown } | null
  if (raw === null || typeof raw !== "object" || !Array.isArray(raw.content)) {
    return { ok: false, isError: true, text: `not a tool result: ${JSON.stringify(result)}` }
  }
  const structured = raw.structuredContent === undefined ? {} : { structured: raw.structuredContent }
  return { ok: true, isError: raw.isError === true, text: textIn(raw.content), ...structured }
}

/** The outcome of a call that threw. */
export function outcomeOfError(error: unknown): Outcome {
  return { ok: false, isError: true, text: error instanceof Error ? error.message : String(error) }
}

/** The texts of a list of content blocks, one per line. */
export function textIn(content: readonly unknown[]): string {
  return content
    .map((block) => (block as { text?: unknown }).text) // only read, and only kept when it is a string
    .filter((text) => typeof text === "string")
    .join("\n")
}
