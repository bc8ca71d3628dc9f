import type { Registration } from "@hufu/core/registration/registration"

/** Something that finds agents by words, measured with the same agents and the same questions. */
export interface Engine {
  readonly name: string
  /** How many it found, at most ten. */
  readonly ask: (question: string) => number | Promise<number>
  readonly close?: () => void
}

/** The texts that the peers are given, all that ours takes words from. */
export function textOf({ content }: Registration): { title: string; text: string } {
  const { title, description, developer, tags, skills } = content
  const said = skills.flatMap((skill) => [skill.name, skill.description, ...skill.tags])
  return { title, text: [description, developer.name, ...tags, ...said].join(" ") }
}
