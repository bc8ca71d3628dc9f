import { loopback } from "@hufu/server/http/testing/loopback"
import type { Asked, Content } from "@hufu/sdk/serve-agent"
import { serveAgent } from "@hufu/sdk/serve-agent"

/** How long a delayed task works: long enough to be seen at it. */
const delayMs = 300

/** A function that the SDK serves as an agent, which does what the checks agree on, by the beginning of a message's id. */
export async function serveFunction() {
  const agent = await serveAgent({
    name: "checked",
    description: "does what the checks agree on",
    port: 0,
    host: loopback,
    handle: perform,
  })
  return { ...agent, headers: { authorization: `Bearer ${agent.secret}` } }
}

async function perform({ message, ask, product, say }: Asked): Promise<Content | undefined> {
  const is = (prefix: string) => message.startsWith(prefix)
  if (is("tck-input-required")) await ask("more, please")
  if (is("tck-delayed-complete")) await new Promise((resolve) => setTimeout(resolve, delayMs))
  if (is("tck-stream-ordering")) for (const text of ["1", "2", "3"]) await product("artifact", text)
  if (is("tck-artifact-text")) return "Generated text content"
  const file = { kind: "file", name: "output.txt", mediaType: "text/plain" } as const
  if (is("tck-artifact-file-url")) return [{ ...file, url: "https://example.com/output.txt" }]
  if (is("tck-artifact-file")) return [{ ...file, bytes: "aGVsbG8=" }]
  if (is("tck-artifact-data")) return [{ kind: "data", data: { key: "value", count: 42 } }]
  await say("Hello from TCK")
  return undefined
}
