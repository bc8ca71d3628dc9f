import type { Command } from "./command/command.ts"
import { handWritten } from "./hand-written.ts"

/** The command that these words begin with. */
export async function findCommand(words: readonly string[]): Promise<Command | undefined> {
  const names = new Set([words.slice(0, 2).join(" "), words[0] ?? ""])
  const known = handWritten.find(({ name }) => names.has(name))
  // Only the others need the contract, which takes a while to load.
  return known ?? (await loadCommands()).find(({ name }) => names.has(name))
}

/** Every command, by name. */
export async function loadCommands(): Promise<Command[]> {
  const { contractCommands } = await import("./contract-commands.ts")
  const taken = new Set(handWritten.map(({ name }) => name))
  const derived = contractCommands().filter(({ name }) => !taken.has(name))
  return [...handWritten, ...derived].sort((a, b) => (a.name < b.name ? -1 : 1))
}
