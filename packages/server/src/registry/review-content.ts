import { Failure } from "@hufu/core/failure"
import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import { readAddress } from "../fence/ground/read-address.ts"
import { isWrittenInside } from "../gateway/mcp/upstream/reachable-address.ts"

/** Refuses what cannot be shown to others: a registration that nobody could use, or one that leads them into a private network. */
export function refuseUnready(content: RegistrationContent): void {
  if (content.interfaces.length === 0 && content.packages.length === 0)
    throw new Failure(
      "invalid_input",
      "the registration does not say where the agent is: give at least one interface or package",
    )
  if (content.skills.length === 0)
    throw new Failure(
      "invalid_input",
      "the registration does not say what the agent can do: give at least one skill",
    )
  for (const { path, text } of addressesIn(content, "")) {
    const address = readAddress(text)
    if (address === undefined || isWrittenInside(address.host))
      throw new Failure(
        "forbidden",
        `\`${path}\` is \`${text.slice(0, 200)}\`, which leads into a private network: give an address that others can reach`,
      )
  }
}

/** Every address in it, wherever it stands. */
function* addressesIn(value: unknown, path: string): Generator<{ path: string; text: string }> {
  if (typeof value === "string") {
    if (/^[a-z]+:\/\/\S+$/.test(value)) yield { path, text: value }
    return
  }
  if (typeof value !== "object" || value === null) return
  for (const [key, member] of Object.entries(value)) yield* addressesIn(member, `${path}/${key}`)
}
