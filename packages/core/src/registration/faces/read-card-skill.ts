import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { MediaType } from "../registration-text.ts"
import { Skill } from "../skill.ts"
import { fit, fitItems, itemsOf, lineIn, linesIn, proseIn } from "./fit.ts"
import { present } from "./jsonish.ts"

/** A skill as ACS and AgentCards both write it, with what one of them alone says of it; undefined where that makes none. */
export function readCardSkill(skill: JsonObject, more: Readonly<Record<string, unknown>>): Skill | undefined {
  const modes = (value: JsonValue | undefined) =>
    value === undefined ? undefined : fitItems(MediaType, value, 64)
  return fit(
    Skill,
    present({
      id: skill["id"],
      name: lineIn(skill["name"], 200),
      description: proseIn(skill["description"], 4000),
      tags: linesIn(skill["tags"], 64, 32),
      examples: itemsOf(skill["examples"])
        .slice(0, 16)
        .flatMap((example) => proseIn(example, 1000) ?? []),
      inputModes: modes(skill["inputModes"]),
      outputModes: modes(skill["outputModes"]),
      ...more,
    }),
  )
}
