import { isDeepStrictEqual } from "node:util"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { SdkAgent } from "../../packages/server/src/gateway/a2a/testing/sdk-agent.ts"
import {
  plain,
  plainStream,
  scripted,
  type SdkClient,
} from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import { seeded } from "../seeded.ts"
import { randomScript } from "./random-script.ts"

/** What was not the same through Hufu as directly. */
export interface Difference {
  readonly script: string
  readonly how: string
  readonly direct: JsonValue
  readonly through: JsonValue
}

/**
 * Has an agent do random scripts, each asked for directly and through Hufu, as a stream and as one answer, and compares what the official
 * client makes of it event by event; ids that agents make up are compared by where they stand.
 */
export async function compareScripts(
  agent: SdkAgent,
  clients: { readonly direct: SdkClient; readonly through: readonly SdkClient[] },
  { scripts, seed }: { readonly scripts: number; readonly seed: number },
): Promise<Difference[]> {
  const random = seeded(seed)
  const differences: Difference[] = []
  for (let i = 0; i < scripts; i++) {
    const script = `script-${seed}-${i}`
    agent.learn(script, randomScript(random, script))
    const request = scripted(script)
    const stream = await plainStream(clients.direct.sendMessageStream(request))
    const answer = plain(await clients.direct.sendMessage(request))
    for (const client of clients.through) {
      const asked = scripted(script)
      const again = { ...request, message: asked.message }
      // The message that began it stands in the history: what is compared has the same id.
      const names = { [asked.message?.messageId ?? ""]: request.message?.messageId ?? "" }
      const streamed = renamed(await plainStream(client.sendMessageStream(again)), names)
      if (!isDeepStrictEqual(streamed, stream))
        differences.push({ script, how: "stream", direct: stream, through: streamed })
      const other = scripted(script)
      const others = { [other.message?.messageId ?? ""]: request.message?.messageId ?? "" }
      const answered = renamed(plain(await client.sendMessage(other)), others)
      if (!isDeepStrictEqual(answered, answer))
        differences.push({ script, how: "answer", direct: answer, through: answered })
    }
  }
  return differences
}

/** The same with other names of messages, and of what was said because of them. */
function renamed(value: JsonValue, names: Readonly<Record<string, string>>): JsonValue {
  let text = JSON.stringify(value)
  for (const [from, to] of Object.entries(names)) {
    text = text
      .replaceAll(`"${from}"`, `"${to}"`)
      .replaceAll(new RegExp(`"${from}-(\\d+)"`, "g"), `"${to}-$1"`)
  }
  return JSON.parse(text) as JsonValue // what was JSON is JSON
}
