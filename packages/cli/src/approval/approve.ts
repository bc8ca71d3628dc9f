import type { Request } from "@hufu/core/contract/contract"
import type { HoldRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { textFlag } from "../arguments/flag-value.ts"
import { parseTime } from "../arguments/parse-time.ts"
import { readJson, readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson, withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines, say } from "../terminal/print.ts"
import { describeHold } from "./describe-hold.ts"

/** `hufu approve HOLD`: shows the exact action, asks for the secret, and sends the digest of what was shown. */
export async function approve(invocation: Invocation): Promise<number> {
  const { positionals, language, json } = invocation
  const [id] = positionals
  if (id === undefined || positionals.length > 1)
    throw new UsageError("this takes the id of one waiting action: `hufu approvals` lists them")
  const choice = await readChoice(invocation)
  const hold = await withNode(invocation, (client) => client.hold.show({ hold: id }))
  // In JSON use standard output belongs to the result.
  const show = json ? say : printLines
  show(...describeHold(hold, language))
  refuseDecided(hold)
  if (choice.arguments) show(...editedLines(choice.arguments, language))
  const proposed = invocation.flags["proposed"] === true ? proposalOf(hold, choice) : {}
  const decided = await asPerson(invocation, (client) =>
    client.hold.approve({ hold: hold.id, digest: hold.digest, ...choice, ...proposed }),
  )
  if (json) printJson(decided)
  else printLines(done[language])
  return exitCodes.ok
}

const done = {
  en: "Approved. A call that still waits goes on now; otherwise the agent goes on when it calls again with the same arguments.",
  zh: "已批准。仍在等待的调用现在继续；否则智能体以相同参数再次调用即可继续。",
}

type Choice = Pick<Request<"hold.approve">, "for" | "until" | "arguments">

async function readChoice({ flags }: Invocation): Promise<Choice & { arguments?: JsonObject }> {
  const until = textFlag(flags, "until")
  const span = textFlag(flags, "for") ?? (until === undefined ? "once" : "until")
  if (span !== "once" && span !== "task" && span !== "until")
    throw new UsageError("--for is one of `once`, `task`, `until`")
  if ((span === "until") !== (until !== undefined)) throw new UsageError("--until TIME goes with --for until")
  const edited = await readEdit(flags)
  return {
    for: span,
    ...(until === undefined ? {} : { until: parseTime(until, Date.now()) }),
    ...(edited === undefined ? {} : { arguments: edited }),
  }
}

function proposalOf({ id, proposal }: HoldRecord, choice: Choice): { proposed: string } {
  if (choice.for !== "until" || choice.arguments !== undefined)
    throw new UsageError("--proposed goes with --until TIME, and with no other arguments")
  if (proposal === null) throw new UsageError(`nothing was proposed for \`${id}\`: leave --proposed away`)
  return { proposed: proposal.digest }
}

async function readEdit(flags: Invocation["flags"]): Promise<JsonObject | undefined> {
  const json = textFlag(flags, "arguments")
  const file = textFlag(flags, "file")
  if (json === undefined && file === undefined) return undefined
  if (file === "-" && flags["secret-stdin"] === true)
    throw new UsageError("standard input cannot be both the secret and the arguments")
  const edited = readJson(json ?? (await readText(file ?? "")), "the arguments")
  if (!isJsonObject(edited)) throw new UsageError("the arguments have to be one JSON object")
  return edited
}

function refuseDecided({ id, state }: HoldRecord): void {
  if (state === "expired")
    throw new Failure("hold_expired", `the time to decide \`${id}\` has passed: the agent has to ask again`)
  if (state !== "waiting")
    throw new Failure("hold_decided", `\`${id}\` does not wait any more: it is ${state}`)
}

function editedLines(edited: JsonObject, language: Invocation["language"]): string[] {
  const head = language === "zh" ? "您改为批准以下参数：" : "You approve it with these arguments instead:"
  return [
    "",
    head,
    ...JSON.stringify(edited, null, 2)
      .split("\n")
      .map((line) => `  | ${line}`),
  ]
}
