import { type Check, holds, is } from "./check.ts"
import { NotReached } from "./leader.ts"

const binding = "§6.0"
const forged = "1.2.156.3088.1.1.F0RGED.F0RGED.1.0000"

function refuses(path: "rpc" | "stream" | "notification/start"): Check {
  return {
    id: `identity-${path}`,
    source: `${binding}, AuthorizationFailedError`,
    what: `\`${path}\` refuses a \`senderId\` that is not whoever sends it, and does nothing`,
    async run(leader) {
      if (!leader.target.bindsIdentity) throw new NotReached("this target does not know who speaks to it")
      const task = leader.newTask()
      const dataItems = [...(leader.target.script.deliver ?? [])]
      const of = leader.command(task, "start", { senderId: forged, dataItems })
      if (path === "stream") {
        const stream = await leader.stream(of)
        await stream.until(() => stream.error() !== undefined)
        stream.close()
        is(stream.error()?.code, -32009)
      } else {
        const params = path === "rpc" ? { command: of } : { message: of }
        const { error } = await leader.call(path, params)
        is(error?.code, -32009)
        holds(
          JSON.stringify(error?.data ?? "").includes("senderId"),
          "it does not say that it is about `senderId`",
        )
      }
      is((await leader.call("rpc", { command: leader.command(task, "get") })).error?.code, -32001)
    },
  }
}

/** Who speaks is who the connection says. */
export const identityChecks: readonly Check[] = [
  refuses("rpc"),
  refuses("stream"),
  refuses("notification/start"),
  {
    id: "identity-partner",
    source: binding,
    what: "the partner answers under its own code, in results and in streams",
    async run(leader) {
      const { partnerAic, script } = leader.target
      if (partnerAic === undefined) throw new NotReached("the partner's code is not known")
      if (script.deliver === undefined) throw new NotReached("nothing is known that gets a product")
      const dataItems = [...script.deliver]
      const task = leader.newTask()
      is((await leader.rpc(task, "start", { dataItems })).senderId, partnerAic)
      await leader.until(task, ["awaiting-completion"])
      const stream = await leader.stream(leader.command(task, "re-stream"))
      const events = await stream.until((all) => all.length > 0)
      stream.close()
      for (const { eventData } of events) is(eventData.senderId, partnerAic)
    },
  },
]
