import { Failure } from "@hufu/core/failure"
import { parseAic } from "@hufu/core/identity/aic"
import { isPartner } from "../gateway/server-directory.ts"
import { actorOf } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** Tool servers and tool profiles. */
export function toolOperations(parts: OperationParts) {
  const { servers, tools } = parts
  return {
    "server.add": async ({ name, url, headers, demo, protocol, aic: given, agent }, context) => {
      await parts.refuseUrl(url)
      if (given !== undefined && agent !== undefined)
        throw new Failure("invalid_input", "`aic` and `agent` say the same thing: give one of the two")
      const aic = agent === undefined ? given : parts.ca.holders.find(parts.agents.need(agent).id)?.aic
      if (aic !== undefined && parseAic(aic) === undefined)
        throw new Failure(
          "invalid_input",
          "`aic` is no identity code: give one such as `1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4`",
        )
      const secrets = { environment: {}, headers, folder: null, ...(aic === undefined ? {} : { aic }) }
      const draft = { name, command: null, url, protocol, secrets, demo }
      return servers.register(draft, { id: actorOf(context), isPerson: true })
    },
    "server.command": ({ name, command, environment, folder, demo }, context) =>
      servers.register(
        { name, command, url: null, secrets: { environment, headers: {}, folder }, demo },
        { id: actorOf(context), isPerson: true },
      ),
    "server.list": async () => ({ items: servers.live() }),
    "server.remove": async ({ server: ref }, context) => {
      const removed = await parts.interventions.removeServer(servers.need(ref), actorOf(context))
      parts.closeUpstream(removed.name)
      return removed
    },
    "tool.list": async ({ server: ref }) => {
      const server = servers.need(ref)
      // A partner has no tools: what is said to it is one action, whatever it is about.
      if (!isPartner(server)) await parts.discover(server.name)
      return { items: tools.list(server.name) }
    },
    "tool.confirm": ({ server, tool, definition, profile }, context) =>
      tools.confirm({
        server: servers.need(server).name,
        tool,
        definition,
        ...(profile === undefined ? {} : { profile }),
        by: actorOf(context),
      }),
  } satisfies Partial<Operations>
}
