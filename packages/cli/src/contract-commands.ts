import { contract, type OperationId } from "@hufu/core/contract/contract"
import { type Operation, takenBy } from "@hufu/core/contract/operation"
import { fileFlag, inputFlags, readInput } from "./arguments/input-flags.ts"
import { type Command, type Invocation, secretFlag } from "./command/command.ts"
import { exitCodes } from "./exit-code.ts"

/** The commands that the contract itself describes. */
export function contractCommands(): Command[] {
  return Object.entries(contract).flatMap(([id, operation]: [string, Operation]) =>
    // The keys of the contract are its operation ids.
    operation.command ? [commandOf(id as OperationId, operation, operation.command)] : [],
  )
}

function commandOf(
  id: OperationId,
  operation: Operation,
  command: NonNullable<Operation["command"]>,
): Command {
  const positional = command.positional ?? []
  return {
    name: command.name,
    ...(positional.length > 0 ? { takes: takenBy(command) } : {}),
    en: operation.en,
    zh: operation.zh,
    // Derived when they are looked at: one command is run at a time, and all of them together take longer than it does.
    get flags() {
      return {
        ...inputFlags(operation, positional),
        ...fileFlag(operation),
        ...(needsPerson(operation) ? secretFlag : {}),
      }
    },
    load: async () => (invocation) => run(id, invocation),
  }
}

async function run(id: OperationId, invocation: Invocation): Promise<number> {
  const operation: Operation = contract[id]
  const input = await readInput(id, invocation)
  const { asPerson, withNode } = await import("./connection/with-node.ts")
  const { showOutput } = await import("./terminal/show-output.ts")
  // The input was parsed for this very operation; the union of all of them cannot say so.
  const call = (client: { call(id: OperationId, input: never): Promise<unknown> }) =>
    client.call(id, input as never)
  const output = await (needsPerson(operation) ? asPerson(invocation, call) : withNode(invocation, call))
  showOutput(id, output, invocation)
  return exitCodes.ok
}

function needsPerson({ scope }: Operation): boolean {
  return scope !== "public" && scope !== "local"
}
