import { randomUUID } from "node:crypto"
import { type ChannelModel, type ConfirmChannel, connect, credentials } from "amqplib"
import { type Json, isObject, type JsonMembers, textIn } from "./json.ts"
import type { Misstep } from "./leader-checks.ts"
import { type PartnerOptions, type ScriptedPartner, startScriptedPartner } from "./scripted-partner.ts"
import { Command, GroupCommand, Invitation } from "./shapes.ts"

export interface GroupPartnerOptions extends Pick<PartnerOptions, "host" | "aic"> {
  readonly broker: { readonly hostname: string; readonly port: number; readonly password: string }
}

/** A small partner that is in groups at the broker itself, and looks at everything that their leader does there. */
export interface GroupPartner {
  readonly scripted: ScriptedPartner
  /** What came over groups, oldest first; not what it said itself. */
  readonly heard: readonly JsonMembers[]
  readonly missteps: readonly Misstep[]
  /** Until something came that holds. */
  until(holds: (message: JsonMembers) => boolean): Promise<JsonMembers>
  /** Says anything in a group, and resolves to whether the broker took it. */
  say(groupId: string, message: JsonMembers): Promise<boolean>
  close(): Promise<void>
}

const patienceMs = 20_000

export async function startGroupPartner({ aic, host, broker }: GroupPartnerOptions): Promise<GroupPartner> {
  const heard: JsonMembers[] = []
  const missteps: Misstep[] = []
  const waiting = new Set<() => void>()
  /** The exchange of each group, and the session that it is about. */
  const groups = new Map<string, { readonly exchange: string; readonly leader: string; muted: boolean }>()
  const inGroup = new Map<string, string>()
  /** What the broker has not taken is said again once it is back. */
  const unsaid: [groupId: string, message: JsonMembers][] = []
  let model: ChannelModel | undefined
  let back: Promise<void> | undefined
  let closing = false
  const misstep = (id: string, what: string) => void missteps.push({ id, source: "§7", what })

  const scripted = await startScriptedPartner({
    aic,
    ...(host === undefined ? {} : { host }),
    onState(result) {
      const groupId = inGroup.get(textIn(result["taskId"]))
      if (groupId === undefined) return
      const message = { ...result, groupId }
      void saidOrKept(groupId, message)
    },
    onInvited: async (params) => {
      const read = Invitation.safeParse(params)
      if (!read.success)
        misstep("leader-invitation", `it does not fit: ${read.error.issues[0]?.path.join(".")}`)
      const group = isObject(params["group"]) ? params["group"] : {}
      const leader = isObject(group["leader"]) ? textIn(group["leader"]["aic"]) : ""
      const groupId = textIn(group["groupId"])
      const exchange = isObject(params["amqp"]) ? textIn(params["amqp"]["exchange"]) : ""
      if (exchange !== `group_${leader}_${groupId}`)
        misstep("leader-exchange", `the exchange is \`${exchange}\``)
      groups.set(groupId, { exchange, leader, muted: false })
      await hear(groupId)
      await tellStatus(groupId, true)
      return { status: "joining", groupId }
    },
  })

  async function connected(): Promise<ChannelModel> {
    if (model !== undefined) return model
    const opened = await connect(
      { protocol: "amqp", hostname: broker.hostname, port: broker.port, vhost: "acps" },
      { credentials: credentials.plain(aic, broker.password) },
    )
    opened.on("error", () => {})
    opened.once("close", () => {
      if (model === opened) model = undefined
      if (!closing) back ??= comeBack().finally(() => (back = undefined))
    })
    model = opened
    return opened
  }

  /** Hears its groups again once the broker lets it, and says what was not taken. */
  async function comeBack(): Promise<void> {
    for (;;) {
      if (closing) return
      try {
        for (const groupId of groups.keys()) await hear(groupId)
        for (const [groupId, message] of unsaid.splice(0)) await say(groupId, message)
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  async function hear(groupId: string): Promise<void> {
    const { exchange = "" } = groups.get(groupId) ?? {}
    const channel = await (await connected()).createChannel()
    channel.on("error", () => {})
    const queue = `${exchange}_${aic}`
    await channel.assertQueue(queue, {
      durable: true,
      arguments: { "x-overflow": "reject-publish" },
      maxLength: 10_000,
    })
    await channel.bindQueue(queue, exchange, "")
    await channel.consume(queue, (message) => {
      if (message === null) return
      took(groupId, message.content, message.properties.userId)
      channel.ack(message)
    })
  }

  function took(groupId: string, content: Buffer, user: unknown): void {
    const message = JSON.parse(content.toString("utf8")) as Json // JSON.parse is typed `any`
    if (!isObject(message) || message["senderId"] === aic) return
    const group = groups.get(groupId)
    if (group === undefined) return
    if (user !== message["senderId"]) misstep("leader-user", "`user_id` is not the `senderId`")
    if (message["senderId"] !== group.leader) misstep("leader-sender", "another than the leader spoke")
    if (message["groupId"] !== groupId) misstep("leader-group", "a message does not say in which group it is")
    const { type, mentions } = message
    const schema = type === "task-command" ? Command : GroupCommand
    const read = schema.safeParse(message)
    if (!read.success) misstep("leader-command", `it does not fit: ${read.error.issues[0]?.path.join(".")}`)
    heard.push(message)
    const isMine = mentions === "all" || (Array.isArray(mentions) && mentions.includes(aic))
    if (isMine && type === "task-command") {
      inGroup.set(textIn(message["taskId"]), groupId)
      scripted.take(message)
    } else if (isMine) void manage(groupId, textIn(message["command"]))
    for (const wake of waiting) wake()
  }

  async function manage(groupId: string, command: string): Promise<void> {
    const group = groups.get(groupId)
    if (group === undefined) return
    if (command === "mute" || command === "unmute") group.muted = command === "mute"
    await tellStatus(groupId, command !== "leave-group")
    if (command === "leave-group") groups.delete(groupId)
  }

  const tellStatus = (groupId: string, isConnected: boolean) =>
    say(groupId, {
      type: "group-mgmt-result",
      id: randomUUID(),
      sentAt: new Date().toISOString(),
      senderRole: "partner",
      senderId: aic,
      groupId,
      status: { connected: isConnected, muted: groups.get(groupId)?.muted === true },
    })

  async function saidOrKept(groupId: string, message: JsonMembers): Promise<void> {
    if (!(await say(groupId, message))) unsaid.push([groupId, message])
  }

  async function say(groupId: string, message: JsonMembers): Promise<boolean> {
    const { exchange } = groups.get(groupId) ?? {}
    if (exchange === undefined) return false
    let channel: ConfirmChannel
    try {
      channel = await (await connected()).createConfirmChannel()
    } catch {
      return false
    }
    channel.on("error", () => {})
    const taken = await new Promise<boolean>((resolve) => {
      channel.once("close", () => resolve(false))
      const content = Buffer.from(JSON.stringify(message))
      const properties = { userId: aic, persistent: true }
      channel.publish(exchange, "", content, properties, (error: unknown) => resolve(error == null))
    })
    await channel.close().catch(() => undefined)
    return taken
  }

  return {
    scripted,
    heard,
    missteps,
    say,
    async until(holds) {
      const end = performance.now() + patienceMs
      for (;;) {
        const found = heard.find(holds)
        if (found !== undefined) return found
        const left = end - performance.now()
        if (left <= 0) throw new Error(`nothing of it came in ${patienceMs / 1000} s`)
        await new Promise<void>((resolve) => {
          const done = () => {
            waiting.delete(done)
            clearTimeout(late)
            resolve()
          }
          const late = setTimeout(done, left)
          waiting.add(done)
        })
      }
    },
    async close() {
      closing = true
      await back
      await model?.close().catch(() => undefined)
      await scripted.close()
    },
  }
}
