import { type CedarValue, entityUid } from "./cedar-value.ts"
import { attribute, contextAttribute, getTag, hasPath, hasTag } from "./attribute-operators.ts"
import { and, ifThenElse, not, or } from "./boolean-operators.ts"
import { arithmetic, equal, ordered } from "./comparison-operators.ts"
import { isIn, isOfType } from "./entity-operators.ts"
import { setHasAll, setHasAny } from "./equality.ts"
import type { Evaluator } from "./evaluator.ts"
import { extensionFunctions } from "./extension-function.ts"
import { uidFromJson } from "./from-json.ts"
import { Failure } from "../failure.ts"
import { addLongs, isLong, multiplyLongs, subtractLongs } from "./long.ts"
import { anyTest, describe, FAULT, FALSE, fault, isFault, isUnsure, OTHER, TRUE } from "./outcome.ts"
import { assemble, compareSets, contains, isEmpty } from "./set-operators.ts"
import { type PatternPart, wildcardTest } from "./wildcard.ts"

/** Cedar's JSON ("EST") of an expression: one operator and what it applies to. */
type Json = Readonly<Record<string, unknown>>

/** UNTRUSTED: a rule from a user may nest without end; evaluation recurses as deep as the rule does. */
const deepest = 500

type Compile = (json: unknown) => Evaluator

/** Compiles an expression of Cedar's JSON; what is not supported is refused here, never at evaluation. */
export function compileExpression(json: unknown, depth = 0): Evaluator {
  if (depth > deepest) throw refused(`nest expressions at most ${deepest} deep`)
  const [operator, operands] = onlyEntry(json)
  const compile: Compile = (inner) => compileExpression(inner, depth + 1)
  const known = operators.get(operator)
  if (known !== undefined) return known(operands, compile)
  return extensionCall(operator, operands, compile)
}

const operators: ReadonlyMap<string, (operands: unknown, compile: Compile) => Evaluator> = new Map([
  ["Value", literal],
  ["Var", variable],
  ["!", (operands, compile) => not(compile(member(operands, "arg")))],
  ["neg", (operands, compile) => arithmetic(() => 0, compile(member(operands, "arg")), subtractLongs)],
  ["&&", binary(and)],
  ["||", binary(or)],
  ["==", binary(equal)],
  ["!=", binary((left, right) => not(equal(left, right)))],
  ["<", binary((left, right) => ordered(left, right, (low, high) => low < high))],
  ["<=", binary((left, right) => ordered(left, right, (low, high) => low <= high))],
  [">", binary((left, right) => ordered(left, right, (high, low) => high > low))],
  [">=", binary((left, right) => ordered(left, right, (high, low) => high >= low))],
  ["+", binary((left, right) => arithmetic(left, right, addLongs))],
  ["-", binary((left, right) => arithmetic(left, right, subtractLongs))],
  ["*", binary((left, right) => arithmetic(left, right, multiplyLongs))],
  ["in", binary(isIn)],
  ["contains", binary(contains)],
  ["containsAll", binary((left, right) => compareSets(left, right, setHasAll))],
  ["containsAny", binary((left, right) => compareSets(left, right, setHasAny))],
  ["isEmpty", (operands, compile) => isEmpty(compile(member(operands, "arg")))],
  ["getTag", binary(getTag)],
  ["hasTag", binary(hasTag)],
  [".", dot],
  ["has", has],
  ["like", like],
  ["is", is],
  ["if-then-else", condition],
  ["Set", setLiteral],
  ["Record", recordLiteral],
])

function binary(build: (left: Evaluator, right: Evaluator) => Evaluator) {
  return (operands: unknown, compile: Compile): Evaluator =>
    build(compile(member(operands, "left")), compile(member(operands, "right")))
}

function literal(json: unknown): Evaluator {
  const value = literalValue(json)
  return () => value
}

function literalValue(json: unknown): CedarValue {
  if (typeof json === "boolean" || typeof json === "string") return json
  if (typeof json === "number") {
    // Cedar's parser hands numbers over as floating point: beyond 2^53 the one that was written is lost.
    if (!Number.isSafeInteger(json)) throw refused("write whole numbers between -(2^53-1) and 2^53-1")
    return json
  }
  if (isLong(json)) return json
  if (isJson(json) && Object.hasOwn(json, "__entity")) return uidFromJson(json)
  throw refused("a literal of this kind is not supported")
}

function variable(name: unknown): Evaluator {
  switch (name) {
    case "principal":
      return (environment) => environment.principal
    case "action":
      return (environment) => environment.action
    case "resource":
      return (environment) => environment.resource
    case "context":
      return (environment) => environment.context
    default:
      throw refused(`the variable \`${String(name)}\` is not supported`)
  }
}

function dot(operands: unknown, compile: Compile): Evaluator {
  const left = member(operands, "left")
  const name = text(operands, "attr")
  if (isJson(left) && left["Var"] === "context") return contextAttribute(name)
  return attribute(compile(left), name)
}

function has(operands: unknown, compile: Compile): Evaluator {
  const attr = member(operands, "attr")
  const path: readonly unknown[] = Array.isArray(attr) ? attr : [attr]
  return hasPath(compile(member(operands, "left")), path.map(asText))
}

function like(operands: unknown, compile: Compile): Evaluator {
  const left = compile(member(operands, "left"))
  const matches = wildcardTest(patternOf(member(operands, "pattern")))
  return (environment) => {
    const value = left(environment)
    if (typeof value === "string") return matches(value)
    if (isFault(value)) return value
    return isUnsure(value) ? anyTest : fault(`expected a string, found ${describe(value)}`)
  }
}

function patternOf(json: unknown): readonly PatternPart[] {
  if (!Array.isArray(json)) throw refused("a pattern of this kind is not supported")
  return json.map((part: unknown) => (part === "Wildcard" ? part : { Literal: text(part, "Literal") }))
}

function is(operands: unknown, compile: Compile): Evaluator {
  const left = compile(member(operands, "left"))
  const type = isOfType(left, text(operands, "entity_type"))
  if (!isJson(operands) || operands["in"] === undefined) return type
  return and(type, isIn(left, compile(operands["in"])))
}

function condition(operands: unknown, compile: Compile): Evaluator {
  const [test, yes, no] = (["if", "then", "else"] as const).map((name) => compile(member(operands, name)))
  if (test === undefined || yes === undefined || no === undefined) throw refused("write `if … then … else …`")
  return ifThenElse(test, yes, no)
}

function setLiteral(json: unknown, compile: Compile): Evaluator {
  if (!Array.isArray(json)) throw refused("a set of this kind is not supported")
  return settled(
    assemble(
      json.map((part: unknown) => compile(part)),
      (values) => values,
    ),
    json,
  )
}

function recordLiteral(json: unknown, compile: Compile): Evaluator {
  if (!isJson(json)) throw refused("a record of this kind is not supported")
  const names = Object.keys(json)
  return assemble(
    names.map((name) => compile(json[name])),
    // `fromEntries` defines own properties, so a name such as `__proto__` stays an attribute.
    (values) => Object.fromEntries(values.map((value, index) => [names[index] ?? "", value])),
  )
}

function extensionCall(name: string, json: unknown, compile: Compile): Evaluator {
  const extension = extensionFunctions.get(name)
  if (extension === undefined) throw refused(`\`${name}\` is not supported`)
  if (!Array.isArray(json)) throw refused("a call of this kind is not supported")
  const parts = json.map((part: unknown) => compile(part))
  // Cedar finds it out when the call is evaluated; no such rule passes the validator.
  const wrong = fault(`\`${name}\` takes ${extension.arity} values, found ${json.length}`)
  const call = json.length === extension.arity ? extension.call : () => wrong
  return settled(assemble(parts, call, TRUE | FALSE | FAULT | OTHER), json)
}

/** Evaluates once, at compile time, what is made of primitive literals only: `["a", "b"]`, `ip("10.0.0.0/8")`. */
function settled(evaluator: Evaluator, parts: readonly unknown[]): Evaluator {
  if (!parts.every(isPrimitive)) return evaluator
  const nobody = entityUid("", "")
  const outcome = evaluator({
    principal: nobody,
    action: nobody,
    resource: nobody,
    context: {},
    entities: new Map(),
  })
  return () => outcome
}

function isPrimitive(json: unknown): boolean {
  return isJson(json) && ["boolean", "number", "string"].includes(typeof json["Value"])
}

function onlyEntry(json: unknown): [string, unknown] {
  const entries = isJson(json) ? Object.entries(json) : []
  const [only] = entries
  if (only === undefined || entries.length !== 1) throw refused("an expression of this kind is not supported")
  return only
}

function member(json: unknown, name: string): unknown {
  if (isJson(json) && json[name] !== undefined) return json[name]
  throw refused(`an expression without \`${name}\` is not supported`)
}

function text(json: unknown, name: string): string {
  return asText(member(json, name))
}

function asText(json: unknown): string {
  if (typeof json === "string") return json
  throw refused("an expression of this kind is not supported")
}

function isJson(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json)
}

function refused(detail: string): Failure {
  return new Failure("rule_invalid", detail)
}
