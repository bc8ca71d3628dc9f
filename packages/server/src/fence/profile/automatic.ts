import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { isJsonObject } from "@hufu/core/json/json-value"
import type { ToolDefinition } from "@hufu/core/profile/definition"
import type { RoleEntry, ToolProfile } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"
import { type DescribedArgument, describeArguments, rolesOf } from "./argument-roles.ts"
import { hintWords } from "./argument-words.ts"
import { isConsequential, moreCautious } from "./effect-caution.ts"
import { consequenceInText, effectOfName, splitName } from "./effect-of-words.ts"
import { secretPhrases, secretWords } from "./effect-words.ts"
import { resultSourceOf } from "./result-source.ts"

const MAX_ROLES = 64
/** The description's first part is read for claims; the rest could only repeat or distract. */
const MAX_TEXT = 16_384

/**
 * A guess at what a tool does, from its own definition. It errs towards caution: the name alone can say that a
 * tool only reads, everything else can only raise, and what says nothing executes. The profile is unconfirmed,
 * so whatever it says, a person is asked.
 */
export function profileAutomatically(definition: ToolDefinition, digest: string): ToolProfile {
  const schema = asObject(definition.members["inputSchema"])
  const described = describeArguments(schema, { aboutFiles: isAboutFiles(definition) })
  const annotations = asObject(definition.members["annotations"])
  const effect = [
    raiseByText(definition),
    (found: Effect) => raiseByArguments(found, described.arguments),
    // Giving secrets to an agent gives them to its model's provider too: a disclosure, not a look-up.
    (found: Effect) => (!isConsequential(found) && namesSecrets(definition) ? "send" : found),
    (found: Effect) => raiseByAnnotations(found, annotations),
  ].reduce<Effect>((found, raise) => raise(found), effectOfName(definition.name) ?? "execute")
  const roles = rolesOf(described.arguments, isConsequential(effect) ? "target" : "content")
  const fits = roles.length <= MAX_ROLES && !described.incomplete
  const settled = fits ? effect : moreCautious(effect, "execute")
  return {
    tool: definition.name,
    definition: digest,
    effect: settled,
    roles: fits ? roles : mostTelling(roles),
    reversible: reversibility(settled, annotations),
    sensitivity: givesSecrets(definition) ? "secret" : "private",
    openWorld: true,
    results: resultSourceOf(definition, { effect: settled, roles }),
    source: "automatic",
    confirmed: false,
  }
}

function raiseByText(definition: ToolDefinition): (effect: Effect) => Effect {
  const claimed = [text(definition, "title"), text(definition, "description")]
    .map((value) => consequenceInText(value))
    .filter((found) => found !== undefined)
  return (effect) => claimed.reduce(moreCautious, effect)
}

/** An address on a read sends the address away; a command runs; a recipient receives; an output file is written. */
function raiseByArguments(effect: Effect, described: readonly DescribedArgument[]): Effect {
  const has = (role: DescribedArgument["role"]) => described.some((argument) => argument.role === role)
  let raised = effect
  for (const argument of described) raised = moreCautious(raised, effectOfChoices(argument))
  if (has("command")) raised = moreCautious(raised, "execute")
  // `delete_relations(from, to)` deletes; that it says whom does not make it a message.
  const receives = has("recipient") && raised !== "delete"
  if (has("url") || has("host") || receives) raised = moreCautious(raised, "send")
  if (has("amount") && (has("account") || has("recipient")) && isConsequential(raised)) {
    raised = moreCautious(raised, "pay")
  }
  const storesFile = described.some(
    ({ role, words }) => role === "path" && words.some((word) => hintWords.output.has(word)),
  )
  return storesFile ? moreCautious(raised, "write") : raised
}

/** `action: list | delete` can delete. A free `action` can be anything that its description names, and at least a change. */
function effectOfChoices(argument: DescribedArgument): Effect {
  const isAction = argument.words.some((word) => /^(?:action|operation|method|op|verb)$/.test(word))
  let effect: Effect = "read"
  for (const choice of argument.choices.slice(0, 64)) {
    const found = effectOfName(choice)
    if (found && isConsequential(found)) effect = moreCautious(effect, found)
  }
  if (!isAction || argument.choices.length > 0) return effect
  return moreCautious(consequenceInText(argument.description) ?? "write", "write")
}

/** INVARIANT: annotations raise caution, never lower it; a tool that calls itself harmless is not believed. */
function raiseByAnnotations(effect: Effect, annotations: JsonObject): Effect {
  if (annotations["destructiveHint"] === true) {
    return moreCautious(effect, effect === "read" || effect === "compute" ? "delete" : "write")
  }
  return annotations["readOnlyHint"] === false ? moreCautious(effect, "write") : effect
}

function reversibility(effect: Effect, annotations: JsonObject): ToolProfile["reversible"] {
  if (!isConsequential(effect)) return "yes"
  return effect === "write" && annotations["destructiveHint"] !== true ? "unknown" : "no"
}

function isAboutFiles(definition: ToolDefinition): boolean {
  return /\b(?:file|files|folder|folders|directory|directories)\b|文件|目录/i.test(
    `${splitName(definition.name).join(" ")} ${text(definition, "description")}`,
  )
}

function namesSecrets(definition: ToolDefinition): boolean {
  return splitName(definition.name).some((word) => secretWords.has(word))
}

function givesSecrets(definition: ToolDefinition): boolean {
  const described = `${text(definition, "title")} ${text(definition, "description")}`.toLowerCase()
  const words = described.match(/[a-z]+/g) ?? []
  return (
    namesSecrets(definition) ||
    words.some((word) => secretWords.has(word)) ||
    secretPhrases.some((phrase) => phrase.test(described))
  )
}

/** What says where or how much is kept before what is only carried. */
function mostTelling(roles: readonly RoleEntry[]): RoleEntry[] {
  const carried = (entry: RoleEntry) => entry.role === "content"
  return [...roles.filter((entry) => !carried(entry)), ...roles.filter(carried)].slice(0, MAX_ROLES)
}

function text(definition: ToolDefinition, member: string): string {
  const value = definition.members[member]
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : ""
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
