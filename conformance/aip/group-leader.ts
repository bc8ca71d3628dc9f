import { randomUUID } from "node:crypto"
import { connect, credentials, type Channel, type ChannelModel, type ConfirmChannel } from "amqplib"
import { request as send } from "undici"
import { type Json, isObject, type JsonMembers, textIn } from "./json.ts"
import { type Answered, type Leader, openLeader } from "./leader.ts"
import { GroupStatus, Result } from "./shapes.ts"
import type { Target } from "./target.ts"

/** A partner under test, and the broker at which it is in groups. */
export interface GroupTarget extends Target {
  readonly partnerAic: string
  readonly broker: {
    readonly hostname: string
    readonly port: number
    /** Without it, whoever comes is who the certificate says (EXTERNAL). */
    readonly password?: string
    readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string }
  }
  /** Where a leader says who is in its groups: the address under which `groups/…` are. */
  readonly acl: string
  /** Changes what comes in, to see that whoever looks at it notices. */
  readonly alter?: (message: JsonMembers) => JsonMembers
}

/** Whoever leads a group at the broker, and where a check wants it does wrong. */
export interface GroupLeader {
  readonly target: GroupTarget
  readonly direct: Leader
  readonly sessionId: string
  /** Asks the service that keeps who is in a group. */
  acl(method: "PUT" | "DELETE", path: string): Promise<{ readonly status: number; readonly error: string }>
  /** A new group: the partner is let in, the exchange and this leader's own queue are there; nobody was invited. */
  newGroup(): Promise<Group>
  /** Goes on with one that another connection of this leader has led. */
  rejoin(group: Pick<Group, "groupId">): Promise<Group>
  /** Another channel of its connection. */
  channel(): Promise<Channel>
  /** The first of what came into this leader's inbox that holds. */
  inbox(holds: (message: JsonMembers) => boolean): Promise<JsonMembers>
  /** Publishes an invitation to the partner's inbox. */
  invite(group: Group, more?: JsonMembers): Promise<void>
  close(): Promise<void>
}

export interface Group {
  readonly groupId: string
  readonly exchange: string
  readonly queue: string
  /** Everything that came, oldest first; not what the leader itself sent. */
  readonly messages: readonly JsonMembers[]
  joinByRequest(more?: JsonMembers): Promise<Answered>
  /** Publishes anything, under this leader's own name at the broker. */
  publish(content: string): Promise<void>
  command(task: string, name: string, more?: JsonMembers): Promise<void>
  manage(name: string, more?: JsonMembers): Promise<void>
  /** The first message, of those after `since`, that holds. */
  until(holds: (message: JsonMembers) => boolean, since?: number): Promise<JsonMembers>
  result(task: string, state: string): Promise<Result>
  status(isWanted: (status: GroupStatus["status"]) => boolean, since?: number): Promise<GroupStatus>
}

export async function openGroupLeader(target: GroupTarget): Promise<GroupLeader> {
  const direct = openLeader(target)
  const { senderId, partnerAic, broker, headers, tls } = target
  const sessionId = randomUUID()
  const model = await connection(target)
  const speaking: ConfirmChannel = await model.createConfirmChannel()
  const hearing = await model.createChannel()
  const mine = `inbox_${senderId}`
  const received = collect(target)
  await hearing.assertQueue(mine, { durable: true })
  await hearing.bindQueue(mine, "inbox.topic", mine)
  await hearing.consume(mine, (message) => message && received.add(message.content), { noAck: true })

  const published = (exchange: string, routingKey: string, message: JsonMembers) =>
    publishedText(exchange, routingKey, JSON.stringify(message))

  async function publishedText(exchange: string, routingKey: string, content: string): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      speaking.publish(
        exchange,
        routingKey,
        Buffer.from(content),
        { userId: senderId, persistent: true },
        (error: unknown) => (error == null ? resolve() : reject(new Error("the broker did not take it"))),
      ),
    )
  }

  const base = (groupId: string): JsonMembers => ({
    id: randomUUID(),
    sentAt: new Date().toISOString(),
    senderRole: "leader",
    senderId,
    groupId,
    sessionId,
  })
  const invitation = ({ groupId, exchange }: Pick<Group, "groupId" | "exchange">): JsonMembers => ({
    protocol: "rabbitmq:4.2",
    group: { groupId, leader: { aic: senderId }, partners: [{ aic: partnerAic }] },
    amqp: { exchange, exchangeType: "fanout", routingKey: "" },
  })

  async function acl(method: "PUT" | "DELETE", path: string) {
    const agent = await import("undici").then(({ Agent }) => new Agent({ connect: { ...tls } }))
    try {
      const reply = await send(`${target.acl}/groups/${path}`, {
        method,
        headers: { ...headers },
        dispatcher: agent,
      })
      const text = await reply.body.text()
      const body: unknown = text === "" ? {} : JSON.parse(text)
      // What JSON.parse gives is JSON.
      const error = isObject(body as Json) ? (body as JsonMembers)["error"] : undefined
      return { status: reply.statusCode, error: isObject(error) ? textIn(error["code"]) : "" }
    } finally {
      await agent.close()
    }
  }

  async function newGroup(): Promise<Group> {
    const groupId = randomUUID()
    const { status, error } = await acl("PUT", `${senderId}/${groupId}/members/${partnerAic}`)
    if (status !== 204) throw new Error(`the partner was not let into the group: ${status} ${error}`)
    return lead(groupId)
  }

  async function lead(groupId: string): Promise<Group> {
    const exchange = `group_${senderId}_${groupId}`
    const queue = `${exchange}_${senderId}`
    const found = collect(target)
    await hearing.assertExchange(exchange, "fanout", { durable: true })
    await hearing.assertQueue(queue, { durable: true })
    await hearing.bindQueue(queue, exchange, "")
    await hearing.consume(queue, (message) => message && found.add(message.content), { noAck: true })
    const ofOthers = (message: JsonMembers) => message["senderId"] !== senderId
    const until: Group["until"] = (holds, since = 0) =>
      found.until((message, at) => at >= since && ofOthers(message) && holds(message))
    return {
      groupId,
      exchange,
      queue,
      get messages() {
        return found.all
      },
      joinByRequest: (more = {}) =>
        direct.call("group", {
          ...invitation({ groupId, exchange }),
          server: { host: broker.hostname, port: broker.port, vhost: "acps" },
          ...more,
        }),
      publish: (content) => publishedText(exchange, "", content),
      command: (task, name, more = {}) =>
        published(exchange, "", {
          type: "task-command",
          ...base(groupId),
          command: name,
          taskId: task,
          mentions: [partnerAic],
          ...more,
        }),
      manage: (name, more = {}) =>
        published(exchange, "", {
          type: "group-mgmt-command",
          ...base(groupId),
          command: name,
          mentions: [partnerAic],
          ...more,
        }),
      until,
      async result(task, state) {
        const isIt = (message: JsonMembers) => {
          const { type, taskId, status } = message
          return type === "task-result" && taskId === task && isObject(status) && status["state"] === state
        }
        const message = await until(isIt)
        if (message["groupId"] !== groupId) throw new Error("a result does not say in which group it is")
        return Result.parse(message)
      },
      async status(isWanted, since = 0) {
        const message = await until((each) => {
          const read = GroupStatus.safeParse(each)
          return read.success && isWanted(read.data.status)
        }, since)
        return GroupStatus.parse(message)
      },
    }
  }

  return {
    target,
    direct,
    sessionId,
    acl,
    newGroup,
    rejoin: ({ groupId }) => lead(groupId),
    channel: () => model.createChannel(),
    inbox: (holds) => received.until(holds),
    invite: (group, more = {}) =>
      published("inbox.topic", `inbox_${partnerAic}`, {
        type: "group-invitation",
        ...base(group.groupId),
        invitationToken: randomUUID(),
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
        ...invitation(group),
        ...more,
      }),
    async close() {
      await model.close().catch(() => undefined)
      await direct.close()
    },
  }
}

/** Opens a connection of its own. */
export async function connection({ senderId, broker }: GroupTarget): Promise<ChannelModel> {
  const { hostname, port, password, tls } = broker
  const model = await connect(
    { protocol: tls === undefined ? "amqp" : "amqps", hostname, port, vhost: "acps" },
    {
      credentials: password === undefined ? credentials.external() : credentials.plain(senderId, password),
      ...(tls === undefined ? {} : { ...tls, servername: "localhost" }),
    },
  )
  model.on("error", () => {})
  return model
}

/** Whether the broker refuses something, on a channel of its own. */
export async function isRefused(
  leader: Pick<GroupLeader, "channel">,
  work: (channel: Channel) => Promise<unknown>,
): Promise<boolean> {
  const channel = await leader.channel()
  channel.on("error", () => {})
  try {
    await work(channel)
    await channel.close()
    return false
  } catch (error) {
    if (error instanceof Error && error.message.includes("ACCESS_REFUSED")) return true
    throw error
  }
}

/** Messages as they come, and whoever waits for one. */
function collect({ patienceMs, alter = (message) => message }: Pick<GroupTarget, "patienceMs" | "alter">) {
  const all: JsonMembers[] = []
  const waiting = new Set<() => void>()
  return {
    all,
    add(content: Buffer) {
      const message = jsonIn(content)
      if (isObject(message)) all.push(alter(message))
      for (const wake of waiting) wake()
    },
    async until(holds: (message: JsonMembers, at: number) => boolean): Promise<JsonMembers> {
      const end = performance.now() + patienceMs
      for (;;) {
        const found = all.find(holds)
        if (found !== undefined) return found
        const left = end - performance.now()
        if (left <= 0)
          throw new Error(
            `nothing of it came in ${patienceMs / 1000} s; last came ${JSON.stringify(all.at(-1)).slice(0, 300)}`,
          )
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
  }
}

/** Undefined for what is no JSON, as a leader of these checks itself sends. */
function jsonIn(content: Buffer): Json | undefined {
  try {
    return JSON.parse(content.toString("utf8")) as Json // JSON.parse is typed `any`
  } catch {
    return undefined
  }
}
