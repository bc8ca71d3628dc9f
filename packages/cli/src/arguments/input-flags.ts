import { contract, type Input, type OperationId } from "@hufu/core/contract/contract"
import { type Operation, takenBy } from "@hufu/core/contract/operation"
import { z } from "zod"
import type { Flag, Flags, Invocation } from "../command/command.ts"
import { textFlag } from "./flag-value.ts"
import { parseTime } from "./parse-time.ts"
import { readJson, readText } from "./read-json.ts"
import { UsageError } from "./usage-error.ts"

type Kind = "text" | "number" | "boolean" | "time" | "json"

interface Member {
  readonly name: string
  readonly kind: Kind
  readonly choices: readonly string[]
  readonly required: boolean
}

/** A flag for every member of an operation's input that is not positional. */
export function inputFlags(operation: Operation, positional: readonly string[]): Flags {
  const members = membersOf(operation).filter(({ name }) => !positional.includes(name))
  return Object.fromEntries(members.map((member) => [member.name, flagOf(member)]))
}

/** `--file`, where a member is larger than a flag should be. */
export function fileFlag(operation: Operation): Flags {
  const large = largeMember(operation)
  if (!large) return {}
  const en = `read \`${large.name}\` as JSON from a file; \`-\` is standard input`
  const zh = `从文件读取 JSON 形式的 \`${large.name}\`；\`-\` 为标准输入`
  return { file: { type: "string", value: "FILE", en, zh } }
}

/** The input that positionals and flags make, valid and with its defaults; throws UsageError. */
export async function readInput<Id extends OperationId>(id: Id, invocation: Invocation): Promise<Input<Id>> {
  const operation: Operation = contract[id]
  const given = await collect(operation, invocation)
  const schema = operation.input instanceof z.ZodObject ? operation.input.strict() : operation.input
  const parsed = schema.safeParse(given)
  // Parsed by the schema from which this type is inferred.
  if (parsed.success) return parsed.data as Input<Id>
  const issue = parsed.error.issues[0]
  const at = issue?.path.join("/") ?? ""
  throw new UsageError(`correct \`${at === "" ? "the input" : at}\`: ${issue?.message ?? "it does not fit"}`)
}

async function collect(operation: Operation, invocation: Invocation): Promise<Record<string, unknown>> {
  const { positional = [], optional } = operation.command ?? {}
  const { positionals, flags, rest } = invocation
  const members = membersOf(operation)
  const least = positional.length - (optional ? 1 : 0)
  if (positionals.length < least || positionals.length > positional.length || rest.length > 0)
    throw wrongUse(operation, members)
  const input: Record<string, unknown> = Object.fromEntries(
    positionals.map((value, i) => [positional[i], value]),
  )
  for (const member of members) {
    const value = flags[member.name]
    if (value === undefined || positional.includes(member.name)) continue
    input[member.name] = typeof value === "string" ? convert(member, value) : value
  }
  const file = textFlag(flags, "file")
  const large = largeMember(operation)
  if (file !== undefined && large) input[large.name] = readJson(await readText(file), `\`${file}\``)
  const missing = members.find(({ name, required }) => required && input[name] === undefined)
  if (missing) throw new UsageError(`--${missing.name} is missing: see --help`)
  return input
}

/** Says how it is used instead, with what each argument may be where only some words will do. */
function wrongUse({ command }: Operation, members: readonly Member[]): UsageError {
  const { positional = [], name } = command ?? { name: "" }
  if (command === undefined || positional.length === 0)
    return new UsageError("this takes no arguments: see --help")
  const takes = takenBy(command)
  const choices = members.flatMap((member) =>
    positional.includes(member.name) && member.choices.length > 0
      ? [`, where ${member.name.toUpperCase()} is ${member.choices.join("|")}`]
      : [],
  )
  return new UsageError(`this takes ${takes}: hufu ${name} ${takes}${choices.join("")}`)
}

function convert({ name, kind, choices }: Member, text: string): unknown {
  if (choices.length > 0 && !choices.includes(text))
    throw new UsageError(`--${name} is one of ${choices.map((each) => `\`${each}\``).join(", ")}`)
  if (kind === "time") return parseTime(text, Date.now())
  if (kind === "json") return readJson(text, `--${name}`)
  if (kind !== "number") return text
  const number = Number(text)
  if (text.trim() === "" || !Number.isFinite(number)) throw new UsageError(`--${name} takes a number`)
  return number
}

function largeMember(operation: Operation): Member | undefined {
  return membersOf(operation).find(({ kind }) => kind === "json")
}

function membersOf(operation: Operation): Member[] {
  const schema = z.toJSONSchema(operation.input, { io: "input", unrepresentable: "any" })
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const shape = typeof member === "boolean" ? {} : member
    return { name, kind: kindOf(name, shape), choices: choicesOf(shape), required: required.has(name) }
  })
}

function kindOf(name: string, { type, anyOf }: z.core.JSONSchema.JSONSchema): Kind {
  if (type === "boolean") return "boolean"
  if (type === "integer" || type === "number") return name === "until" ? "time" : "number"
  const isText =
    type === "string" || (anyOf?.every((each) => typeof each === "object" && each.type === "string") ?? false)
  return isText ? "text" : "json"
}

function choicesOf(shape: z.core.JSONSchema.JSONSchema): string[] {
  const parts = [shape, ...(shape.anyOf ?? []).filter((each) => typeof each === "object")]
  return parts.flatMap((part) =>
    [...(part.enum ?? []), ...(part.const === undefined ? [] : [part.const])].map(String),
  )
}

function flagOf({ name, kind, choices, required }: Member): Flag {
  const value =
    choices.length > 0
      ? choices.join("|")
      : { text: "TEXT", number: "N", boolean: "", time: "TIME", json: "JSON" }[kind]
  const needed = required && kind !== "json"
  const words = flagWords[name]
  return {
    type: kind === "boolean" ? "boolean" : "string",
    value,
    en: `${words?.en ?? `\`${name}\``}${needed ? " (needed)" : ""}`,
    zh: `${words?.zh ?? `\`${name}\``}${needed ? "（必填）" : ""}`,
  }
}

/** What the members mean that are not plain from their name. */
const flagWords: Readonly<Record<string, { en: string; zh: string }>> = {
  reason: { en: "why", zh: "理由" },
  agent: { en: "only of this agent, by name or id", zh: "仅此智能体（名称或编号）" },
  task: { en: "only of this task", zh: "仅此任务" },
  limit: { en: "how many at most", zh: "最多多少项" },
  from: { en: "from this index on", zh: "自此序号起" },
  before: { en: "older than this index", zh: "早于此序号" },
  since: { en: "not older than this, in milliseconds since 1970", zh: "不早于此时（自 1970 年起的毫秒数）" },
  of: {
    en: "instead of a state: your own, those that wait for a review, or those offered to you",
    zh: "不按状态：本人的、待审核的，或转让给您的",
  },
  after: { en: "the id of the last one of the page before", zh: "上一页最后一项的编号" },
  offset: { en: "leave out so many of the best", zh: "跳过最前的若干项" },
  protocol: {
    en: "a2a, acps, mcp or http; several with commas",
    zh: "a2a、acps、mcp 或 http，可用逗号分隔多个",
  },
  grade: { en: "R1, R2, R3 or R4; several with commas", zh: "R1、R2、R3 或 R4，可用逗号分隔多个" },
  certificate: {
    en: "filing, test, certificate or licence; several with commas",
    zh: "filing（备案）、test（检测）、certificate（认证）、licence（许可），可用逗号分隔多个",
  },
  price: {
    en: "free, per-call, per-task, per-month or quoted; several with commas",
    zh: "free（免费）、per-call（按次）、per-task（按任务）、per-month（按月）、quoted（面议），可用逗号分隔多个",
  },
  developer: { en: "person or organisation", zh: "person（个人）或 organisation（组织）" },
  form: {
    en: "agent, ontology or entity; several with commas",
    zh: "agent（智能体）、ontology（本体）或 entity（实体），可用逗号分隔多个",
  },
  country: { en: "of the developer, by two letters such as CN", zh: "开发者所在国家或地区的两位字母，如 CN" },
  verified: { en: "yes: the developer or a domain of theirs was verified", zh: "yes：开发者或其域名已核实" },
  streaming: { en: "yes: it answers as a stream", zh: "yes：支持流式应答" },
  alive: { en: "only those that were heard of lately", zh: "仅近期有心跳者" },
  credit: { en: "with at least so much credit, 0 to 100", zh: "信用至少为此值，0 至 100" },
  text: { en: "a part of an id, a name or a rule", zh: "编号、名称或规则中的一段文字" },
}
