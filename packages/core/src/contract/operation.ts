import type { z } from "zod"

/**
 * Who may call an operation.
 * `public`: anyone who reaches the node. `local`: this operating-system user, over the local socket or by a browser that a sign-in
 * link let in: may look and may narrow, never widen. `person`: somebody who has proved within the last minute to be the person
 * (INVARIANT 4). `hook`: a hook credential, or a person. `agent`: an agent's own credential, for what concerns that agent, or a person.
 * `developer`: an organisation that signed in at its own issuer, for its own registrations and nothing else, or a person. A person may do whatever `local` may.
 */
export type Scope = "public" | "local" | "person" | "hook" | "agent" | "developer"

export interface Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Path with `{name}` parameters, which are members of the input. The rest of the input is the query (GET, DELETE) or the body. */
  readonly path: string
  readonly scope: Scope
  /** Never over HTTP, only over the local socket: it starts processes or makes the first person. */
  readonly socketOnly?: true
  /** Answers with a stream of events (`text/event-stream`) of the output's type, not with one output. */
  readonly stream?: true
  readonly input: Input
  readonly output: Output
  readonly en: string
  readonly zh: string
  /** `noun verb` of the command, and which input is positional; absent for operations that only other code calls. */
  readonly command?: {
    readonly name: string
    readonly positional?: readonly string[]
    /** The last positional may be left out. */
    readonly optional?: true
  }
}

/** The arguments of a command as help and reference show them: `REGISTRATION FACE`, `[TEXT]`. */
export function takenBy({ positional = [], optional }: NonNullable<Operation["command"]>): string {
  const names = positional.map((each) => each.toUpperCase())
  return (optional ? [...names.slice(0, -1), `[${names.at(-1)}]`] : names).join(" ")
}

/** Keeps the exact schema types of an operation. */
export function operation<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Operation<Input, Output>,
): Operation<Input, Output> {
  return definition
}
