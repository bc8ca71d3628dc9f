import { z } from "zod"
import { HeaderField } from "./agent-interface.ts"
import { lineOf, proseOf, WebUrl } from "./registration-text.ts"

/** Where a copy of the agent can be had, to run it oneself. */
export const AgentPackage = z.strictObject({
  registry: z.enum(["npm", "pypi", "cargo", "oci", "nuget", "mcpb", "helm", "source", "binary"]),
  identifier: z.string().regex(/^[!-~]{1,500}$/),
  version: lineOf(64).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** What starts it, such as `npx`. It is told to people and never run by Hufu. */
  runtime: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/)
    .optional(),
  transport: z.enum(["stdio", "streamable-http", "sse"]).optional(),
  /** Where it listens, unless it speaks over standard input and output. */
  url: WebUrl.optional(),
  environment: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/),
        description: proseOf(1000).optional(),
        required: z.boolean().default(false),
        secret: z.boolean().default(false),
      }),
    )
    .max(64)
    .default([]),
  headers: z.array(HeaderField).max(32).default([]),
})
export type AgentPackage = z.infer<typeof AgentPackage>
