import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { textFlag } from "../arguments/flag-value.ts"
import { readJson, readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { showOutput } from "../terminal/show-output.ts"

/** `hufu agent register FILE`: a draft that claims the name in it. */
export async function register(invocation: Invocation): Promise<number> {
  const { positionals, flags } = invocation
  const [file, ...rest] = positionals
  if (file === undefined || rest.length > 0)
    throw new UsageError("this takes a file: hufu agent register planner.json")
  const content = await contentIn(file)
  const [agent, ontology] = [textFlag(flags, "agent"), textFlag(flags, "ontology")]
  const shown = await asPerson(invocation, async (client) => {
    const claimed = await client.registration.claim({
      content,
      ...(agent === undefined ? {} : { agent }),
      ...(ontology === undefined ? {} : { ontology }),
    })
    const { id } = claimed.registration
    return flags["submit"] === true ? client.registration.submit({ registration: id }) : claimed
  })
  showOutput("registration.claim", shown, invocation)
  return exitCodes.ok
}

/** `hufu registration change REGISTRATION FILE`. */
export async function change(invocation: Invocation): Promise<number> {
  const [registration, file, ...rest] = invocation.positionals
  if (registration === undefined || file === undefined || rest.length > 0)
    throw new UsageError(
      "this takes a registration and a file: hufu registration change com.example/planner planner.json",
    )
  const content = await contentIn(file)
  const shown = await asPerson(invocation, (client) => client.registration.change({ registration, content }))
  showOutput("registration.change", shown, invocation)
  return exitCodes.ok
}

async function contentIn(file: string): Promise<JsonObject> {
  const value = readJson(await readText(file), file)
  if (!isJsonObject(value)) throw new UsageError(`\`${file}\` holds no JSON object`)
  return value
}
