import { z } from "zod"
import { means } from "./means.ts"

const loopbackHosts: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"])

/** UNTRUSTED by others' eyes: without TLS, only on this machine. */
function isBrokerUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== "" || url.password !== "" || url.pathname.length > 1) return false
  return url.protocol === "amqps:" || (url.protocol === "amqp:" && loopbackHosts.has(url.hostname))
}

/** The message broker at which agents work in groups; without it there are none. */
export const BrokerSettings = z
  .strictObject({
    url: z
      .string()
      .max(255)
      .refine(isBrokerUrl, "has to be like `amqps://mq.example:5671`; `amqp://` only on this machine")
      .meta(
        means(
          "the address of the RabbitMQ at which agents work in groups; its virtual host is always `acps`",
          "智能体群组交互所用 RabbitMQ 的地址；虚拟主机固定为 `acps`",
        ),
      ),
    secret: z
      .string()
      .regex(/^[A-Za-z0-9_-]{24,128}$/, "has to be 24 to 128 letters, digits, `-` and `_`")
      .meta(
        means(
          "by which that broker shows that it is the one that asks who may do what: it stands in the paths of its `auth_http` settings, and nowhere else",
          "该 broker 询问「谁可以做什么」时出示的口令：写在其 `auth_http` 设置的路径中，不作他用",
        ),
      ),
    ca: z
      .string()
      .max(1024)
      .optional()
      .meta(
        means(
          "a file with the certificates (PEM) that vouch for the broker's own; without it, those of the system and of this node's authority do",
          "为 broker 证书作保的证书文件（PEM）；不设则以系统与本节点证书机构的根证书为准",
        ),
      ),
    management: z
      .url({ protocol: /^https?$/ })
      .max(255)
      .optional()
      .meta(
        means(
          "the address of its management plugin, by which a connection is closed at once when its agent is stopped, muted or has left; without it, it ends with the broker's own next question",
          "其管理插件的地址；智能体被停用、禁言或退出时，据此立即断开连接；不设则要等到 broker 下一次询问",
        ),
      ),
    groupsPerAgent: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .meta(means("how many groups one agent may lead at once", "一个智能体同时主持的群组数上限")),
    membersPerGroup: z
      .int()
      .min(1)
      .max(256)
      .default(64)
      .meta(means("how many members one group may have", "单个群组的成员数上限")),
    messageBytes: z
      .int()
      .min(1024)
      .max(64 << 20)
      .default(4 << 20)
      .meta(
        means(
          "how large one message in a group or an inbox may be, in bytes",
          "群组与收件箱中单条消息的字节数上限",
        ),
      ),
    unacknowledged: z
      .int()
      .min(1)
      .max(1000)
      .default(32)
      .meta(
        means(
          "how many messages of one queue are under way at once; the others wait at the broker",
          "单个队列同时处理的消息数上限，其余留在 broker",
        ),
      ),
    queueLength: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .meta(
        means(
          "how many messages an inbox or a member's queue holds; what comes after them is refused to its sender",
          "收件箱或成员队列的消息数上限；超出者由 broker 退回发送者",
        ),
      ),
  })
  .optional()
export type BrokerSettings = NonNullable<z.infer<typeof BrokerSettings>>
