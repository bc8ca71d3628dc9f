import type { Request } from "@hufu/core/contract/contract"
import { PlaceClass } from "@hufu/core/place/place-words"
import { textFlag } from "../arguments/flag-value.ts"
import { readJson, readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { asPerson } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { showOutput } from "../terminal/show-output.ts"

const usage =
  "this takes a file of places, or --template with --identifier and --geometry: hufu place add zones.json --class special"

/** `hufu place add FILE`, or `--template NAME --identifier ID --geometry FILE`: places with the rules of their owner. */
export async function placeAdd(invocation: Invocation): Promise<number> {
  const input = await readInput(invocation)
  const added = await asPerson(invocation, (client) => client.place.add(input))
  showOutput("place.add", added, invocation)
  return exitCodes.ok
}

async function readInput({ positionals, flags }: Invocation): Promise<Request<"place.add">> {
  const [file] = positionals
  const template = textFlag(flags, "template")
  if (positionals.length > 1 || (file === undefined) === (template === undefined)) throw new UsageError(usage)
  const named = PlaceClass.optional().safeParse(textFlag(flags, "class"))
  if (!named.success) throw new UsageError("--class is public, private or special")
  const as = named.data === undefined ? {} : { class: named.data }
  if (file !== undefined) return { file: readJson(await readText(file), file), ...as }
  const [identifier, geometry, name] = ["identifier", "geometry", "name"].map((flag) => textFlag(flags, flag))
  if (identifier === undefined || geometry === undefined) throw new UsageError(usage)
  return {
    template,
    identifier,
    geometry: readJson(await readText(geometry), "--geometry"),
    ...(name === undefined ? {} : { name }),
    ...as,
  }
}
