import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { type Check, holds, is } from "./check.ts"
import type { Json } from "./json.ts"
import { type Leader, NotReached } from "./leader.ts"
import { Config, Result } from "./shapes.ts"

const notification = "§6.3"
const url = "https://leader.example.com/notices"

/** Where a leader is told. */
async function listen(host: string, patienceMs: number) {
  const told: { token: string; body: Result }[] = []
  let wake = () => {}
  const server = createServer((req, res) => {
    void (async () => {
      let text = ""
      for await (const chunk of req) text += String(chunk)
      const token = String(req.headers["x-acps-aip-notification-token"])
      told.push({ token, body: Result.parse(JSON.parse(text)) })
      res.end()
      wake()
    })()
  }).listen(0, host)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/told`,
    told,
    async until(holds: () => boolean) {
      const late = setTimeout(() => wake(), patienceMs)
      const end = performance.now() + patienceMs
      while (!holds() && performance.now() < end) await new Promise<void>((resolve) => (wake = resolve))
      clearTimeout(late)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function set(leader: Leader, taskId: string, more: { id?: string; url?: string; token?: string } = {}) {
  const { result, error } = await leader.call("notification/set", { url, token: "secret-1", taskId, ...more })
  if (error?.code === -32003) throw new NotReached("this target tells nobody")
  holds(
    error === undefined,
    `it was answered with ${error?.code} ${error?.message} ${JSON.stringify(error?.data)}`,
  )
  return Config.parse(result)
}

const listOf = (result: Json | undefined) =>
  Array.isArray(result) ? result.map((each) => Config.parse(each)) : []

/** Where a leader is told of its tasks, and what it is told. */
export const notificationChecks: readonly Check[] = [
  {
    id: "notification-config",
    source: `${notification}.1–3`,
    what: "a configuration is made, shown, changed and deleted, before there is the task",
    async run(leader) {
      const task = leader.newTask()
      const [one, two] = [await set(leader, task), await set(leader, task, { token: "secret-2" })]
      holds(one.id !== two.id, "two of them have one id")
      is(one.url, url)
      is(one.token, "secret-1")
      const changed = await set(leader, task, { id: one.id, token: "secret-3" })
      is(changed.id, one.id)
      const all = listOf((await leader.call("notification/get", { taskId: task })).result)
      is(
        all
          .map(({ token }) => token)
          .sort()
          .join(" "),
        "secret-2 secret-3",
      )
      const single = await leader.call("notification/get", { taskId: task, notificationConfigId: two.id })
      is(listOf(single.result)[0]?.id, two.id)
      const gone = await leader.call("notification/delete", { taskId: task, notificationConfigId: one.id })
      is(JSON.stringify(gone.result), '{"success":true}')
      is(listOf((await leader.call("notification/get", { taskId: task })).result).length, 1)
      await leader.call("notification/delete", { taskId: task })
      is(listOf((await leader.call("notification/get", { taskId: task })).result).length, 0)
    },
  },
  ...(["message", "command"] as const).map((member): Check => ({
    id: `notification-start-${member}`,
    source: `${notification}.4–5, ${member === "command" ? "v02.01" : "v02.02"}`,
    what: `a task that is started in \`${member}\` tells the states that were wanted, with the token`,
    async run(leader) {
      const { callbackHost, script, patienceMs } = leader.target
      if (callbackHost === undefined || script.deliver === undefined)
        throw new NotReached("no address is known at which the target could tell anything")
      const here = await listen(callbackHost, patienceMs)
      try {
        const [task, token] = [leader.newTask(), randomUUID()]
        const { id } = await set(leader, task, { url: here.url, token })
        const of = leader.command(task, "start", {
          dataItems: [...script.deliver],
          commandParams: { notificationConfigId: id, notifyOnStates: ["awaiting-completion", "completed"] },
        })
        const { result, error } = await leader.call("notification/start", { [member]: of })
        holds(error === undefined, `it was answered with ${error?.code} ${error?.message}`)
        is(Result.parse(result).taskId, task)
        await leader.until(task, ["awaiting-completion"])
        await leader.rpc(task, "complete")
        await here.until(() => here.told.length >= 2)
        is(here.told.map(({ body }) => body.status.state).join(" "), "awaiting-completion completed")
        for (const each of here.told) {
          is(each.token, token)
          is(each.body.taskId, task)
        }
        holds((here.told[0]?.body.products ?? []).length > 0, "the products were not told")
      } finally {
        await here.close()
      }
    },
  })),
  {
    id: "notification-start-unknown",
    source: `${notification}.4`,
    what: "a start with a configuration that there is not starts nothing",
    async run(leader) {
      const task = leader.newTask()
      await set(leader, task)
      const of = leader.command(task, "start", { commandParams: { notificationConfigId: randomUUID() } })
      const { error } = await leader.call("notification/start", { message: of })
      is(error?.code, -32602, -32001)
      is((await leader.call("rpc", { command: leader.command(task, "get") })).error?.code, -32001)
    },
  },
]
