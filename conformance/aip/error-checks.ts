import { type Check, holds, is } from "./check.ts"
import { NotReached } from "./leader.ts"
import type { Json, JsonMembers } from "./json.ts"

const codes = "§5.2"

function wrong(
  id: string,
  what: string,
  code: readonly number[],
  body: (good: JsonMembers) => Json | string,
): Check {
  return {
    id,
    source: codes,
    what: `${what} is answered with ${code.join(" or ")}`,
    async run(leader) {
      const good = {
        jsonrpc: "2.0",
        id: "e",
        method: "rpc",
        params: {
          command: leader.command(leader.newTask(), "start", {
            dataItems: [{ type: "text", text: "hello" }],
          }),
        },
      }
      const { error } = await leader.post("rpc", body(good))
      holds(error !== undefined, "there is no error")
      is(error.code, ...code)
    },
  }
}

function command(change: JsonMembers): (good: JsonMembers) => JsonMembers {
  return (good) => {
    const params = good["params"]
    // It was made above, with a command in it.
    const of = (params as { command: JsonMembers }).command
    return { ...good, params: { command: { ...of, ...change } } }
  }
}

function unknownTask(name: string): Check {
  return {
    id: `unknown-task-${name}`,
    source: `${codes}, TaskNotFoundError`,
    what: `\`${name}\` of a task that there is not is answered with -32001`,
    async run(leader) {
      const of = leader.command(leader.newTask(), name)
      if (name === "re-stream") {
        const stream = await leader.stream(of)
        await stream.until(() => stream.error() !== undefined)
        stream.close()
        return is(stream.error()?.code, -32001)
      }
      const { error } = await leader.call("rpc", { command: of })
      return is(error?.code, -32001)
    },
  }
}

/** Every error that a client can provoke. */
export const errorChecks: readonly Check[] = [
  wrong("parse", "what is no JSON", [-32700], () => "{"),
  wrong("parse-duplicate", "nothing at all", [-32700, -32600], () => ""),
  wrong("request-version", "another version of JSON-RPC", [-32600], (good) => ({ ...good, jsonrpc: "1.0" })),
  wrong("request-batch", "a batch", [-32600], (good) => [good]),
  wrong("request-shape", "a text in place of a request", [-32600], () => '"rpc"'),
  wrong("method", "a method that there is not", [-32601], (good) => ({ ...good, method: "nothing/like/it" })),
  wrong("params-none", "params without a command", [-32602], (good) => ({ ...good, params: {} })),
  wrong("params-list", "params that are a list", [-32602, -32600], (good) => ({ ...good, params: [] })),
  wrong("params-command", "a command that AIP does not have", [-32602], command({ command: "pause" })),
  wrong("params-role", "a command of a partner", [-32602], command({ senderRole: "partner" })),
  wrong("params-task", "a start without a task", [-32602], command({ taskId: null })),
  wrong(
    "params-items",
    "data items of no known type",
    [-32602, -32005],
    command({ dataItems: [{ type: "smell" }] }),
  ),
  wrong("params-data", "data items that are no list", [-32602], command({ dataItems: "hello" })),
  wrong(
    "operation",
    "`re-stream` as a call",
    [-32004, -32602, -32601, -32001],
    command({ command: "re-stream" }),
  ),
  ...["get", "continue", "cancel", "complete", "re-stream"].map(unknownTask),
  {
    id: "group",
    source: `${codes}, GroupNotSupportedError`,
    what: "`group` is joined, or answered with -32007",
    async run(leader) {
      const group = { groupId: "g1", leader: { aic: leader.target.senderId }, partners: [] }
      const { error, result } = await leader.call("group", {
        protocol: "rabbitmq:4.2",
        group,
        server: { host: "mq.invalid", port: 5671, vhost: "acps" },
        amqp: { exchange: "group_x_g1", exchangeType: "fanout", routingKey: "" },
      })
      // -32603 is a queue that cannot be reached.
      if (result === undefined) is(error?.code, -32007, -32603)
    },
  },
  {
    id: "unauthenticated",
    source: `${codes}, AuthenticationRequiredError`,
    what: "whoever proves nothing is answered with -32008",
    async run(leader) {
      if (Object.keys(leader.target.headers).length === 0)
        throw new NotReached("this target is not told who asks by a header")
      const of = leader.command(leader.newTask(), "start")
      const request = { jsonrpc: "2.0", id: "u", method: "rpc", params: { command: of } }
      const { error } = await leader.post("rpc", request, {})
      is(error?.code, -32008)
      const wrongToken = await leader.post("rpc", request, { authorization: "Bearer nobody_at_all" })
      is(wrongToken.error?.code, -32008, -32010)
    },
  },
]
