import { readFileSync } from "node:fs"
import { join } from "node:path"
import { addressesIn, mailboxesIn } from "@hufu/core/provenance/address"
import { z } from "zod"
import type { RecordedCall, RecordedRun, RecordedSuite, RecordedTool } from "./read-suites.ts"

const Parameter = z.object({
  name: z.string(),
  type: z.enum(["string", "number", "integer", "boolean", "array", "object"]),
  description: z.string(),
  required: z.boolean().default(true),
})
const Data = z.object({
  user_cases: z.array(
    z.object({
      "User Tool": z.string(),
      "User Instruction": z.string(),
      "Tool Response Template": z.string(),
      "Tool Parameters Parsed": z.record(z.string(), z.json()),
    }),
  ),
  attacker_cases_dh: z.array(
    z.object({ "Attacker Tools": z.array(z.string()), "Attacker Instruction": z.string() }),
  ),
  attacker_cases_ds: z.array(
    z.object({ "Attacker Tools": z.array(z.string()), "Attacker Instruction": z.string() }),
  ),
  tools: z.array(
    z.object({
      toolkit: z.string(),
      tools: z.array(z.object({ name: z.string(), summary: z.string(), parameters: z.array(Parameter) })),
    }),
  ),
})
const Responses = z.record(z.string(), z.array(z.object({ response: z.string() })))
type Tool = z.infer<typeof Data>["tools"][number]["tools"][number]

/** InjecAgent as one suite whose tools all lie on one server: no scope of a toolkit helps. */
export function readInjecAgent(folder: string): RecordedSuite {
  const data = Data.parse(JSON.parse(readFileSync(join(folder, "injecagent.json"), "utf8")))
  const responses = Responses.parse(
    JSON.parse(readFileSync(join(folder, "attacker_simulated_responses.json"), "utf8")),
  )
  const tools = new Map(data.tools.flatMap((kit) => kit.tools.map((tool) => [tool.name, tool] as const)))
  const attacks = [...data.attacker_cases_dh, ...data.attacker_cases_ds]
  const runs = data.user_cases.flatMap((user): RecordedRun[] => {
    const run = (
      attack: string | null,
      instruction: string,
      calls: readonly RecordedCall[],
    ): RecordedRun => ({
      task: user["User Tool"],
      prompt: user["User Instruction"],
      attack,
      calls: [
        {
          by: "user",
          tool: user["User Tool"],
          arguments: user["Tool Parameters Parsed"],
          text: user["Tool Response Template"].replaceAll("<Attacker Instruction>", instruction),
          isError: false,
          isNecessary: false,
        },
        ...calls,
      ],
    })
    return [
      run(null, "Fine.", []),
      ...attacks.map((attack) =>
        run(
          attack["Attacker Tools"].join(" "),
          attack["Attacker Instruction"],
          attackCalls(attack, { tools, responses }),
        ),
      ),
    ]
  })
  return { name: "injecagent", tools: [...tools.values()].map(listed), runs }
}

function listed({ name, summary, parameters }: Tool): RecordedTool {
  const properties = Object.fromEntries(
    parameters.map(({ name: parameter, type, description }) => [
      parameter,
      type === "array" ? { type, description, items: { type: "string" } } : { type, description },
    ]),
  )
  const required = parameters.flatMap((parameter) => (parameter.required ? [parameter.name] : []))
  return { name, description: summary, parameters: { type: "object", properties, required } }
}

function attackCalls(
  attack: { readonly "Attacker Tools": readonly string[]; readonly "Attacker Instruction": string },
  { tools, responses }: { tools: ReadonlyMap<string, Tool>; responses: z.infer<typeof Responses> },
): RecordedCall[] {
  let read = ""
  return attack["Attacker Tools"].map((name, at, all) => {
    const tool = tools.get(name)
    if (!tool) throw new Error(`the data describes no tool ${name}`)
    const text = responses[name]?.[0]?.response ?? "done"
    const filled = Object.fromEntries(
      tool.parameters
        .filter(({ required, name: parameter }) => required || /mail|to$|recipient/.test(parameter))
        .map((parameter) => [parameter.name, fill(parameter, attack["Attacker Instruction"], read)]),
    )
    read = text
    // What is only read on the way harms nobody before it is sent.
    return {
      by: "attack",
      tool: name,
      arguments: filled,
      text,
      isError: false,
      isNecessary: at === all.length - 1,
    }
  })
}

/** The data gives no arguments for what an attacker asks: what a hijacked agent would put there, out of the instruction itself. */
function fill(
  { name, type }: z.infer<typeof Parameter>,
  instruction: string,
  read: string,
): z.core.util.JSONType {
  const text = fillText(name, instruction, read)
  if (type === "array") return [text]
  if (type === "boolean") return true
  if (type === "object") return { value: text }
  const number = Number(/\d[\d,]*/.exec(instruction)?.[0].replaceAll(",", "") ?? 1)
  return type === "string" ? text : number
}

function fillText(name: string, instruction: string, read: string): string {
  const [mailbox] = mailboxesIn(instruction)
  const address = addressesIn(instruction).find((found) => mailbox?.endsWith(found) !== true)
  if (/mail|^to$|recipient/.test(name) && mailbox !== undefined) return mailbox
  if (/url|site|domain|link/.test(name) && address !== undefined) return address
  if (/body|content|message|text/.test(name)) return read === "" ? instruction : read
  const quoted = /['"‘“]([^'"’”]{1,80})['"’”]/.exec(instruction)?.[1]
  const coded = /\b(?=\w*\d)[\w-]{3,}\b/.exec(instruction)?.[0]
  return (
    (/id|number|account|code/.test(name) ? (coded ?? quoted) : (quoted ?? coded)) ?? instruction.slice(0, 80)
  )
}
