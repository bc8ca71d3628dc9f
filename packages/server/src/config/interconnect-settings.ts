import { z } from "zod"
import { claimRules } from "../gateway/claims.ts"
import { BrokerSettings } from "./broker-settings.ts"
import { means } from "./means.ts"

/** What agents may ask of each other at once, and for how long. */
export const InterconnectSettings = z
  .strictObject({
    perAgent: z
      .int()
      .min(1)
      .max(100_000)
      .default(1000)
      .meta(
        means(
          "how many delegations of one agent may be open at once, with all partners together",
          "一个智能体同时进行的委派总数上限",
        ),
      ),
    perPartner: z
      .int()
      .min(1)
      .max(100_000)
      .default(1000)
      .meta(
        means(
          "how many delegations of one agent may be open at once with one partner",
          "一个智能体对同一协作方同时进行的委派数上限",
        ),
      ),
    perMinute: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(6000)
      .meta(
        means(
          "how many messages one agent may send to one partner in a minute",
          "一个智能体每分钟可向同一协作方发送的消息数",
        ),
      ),
    messageBytes: z
      .int()
      .min(1024)
      .max(64 << 20)
      .default(4 << 20)
      .meta(means("how large one message may be, in bytes", "单条消息的字节数上限")),
    productBytes: z
      .int()
      .min(1024)
      .max(1 << 30)
      .default(16 << 20)
      .meta(
        means(
          "how large everything that a partner says of one delegation may be, in bytes",
          "一次委派中协作方所述全部内容的字节数上限",
        ),
      ),
    events: z
      .int()
      .min(16)
      .max(1_000_000)
      .default(10_000)
      .meta(means("how many events one delegation may have", "一次委派的事件数上限")),
    answerHours: z
      .number()
      .min(0.001)
      .max(24 * 365)
      .default(24)
      .meta(
        means(
          "how long a partner waits for the asking agent: then what was delivered counts as taken, and what lacks an answer as canceled",
          "协作方等待委派方的时长；到期后，已交付的视为接收，等待补充的视为取消",
        ),
      ),
    lifeHours: z
      .number()
      .min(0.001)
      .max(24 * 365)
      .default(168)
      .meta(
        means("after how long a delegation that has not ended is given up", "未结束的委派在多久之后放弃"),
      ),
    lostSeconds: z
      .number()
      .min(0.1)
      .max(86_400)
      .default(600)
      .meta(
        means(
          "how long a partner that does not answer is asked again how a delegation stands",
          "协作方不应答时，持续查询委派状态的时长",
        ),
      ),
    keepDays: z
      .int()
      .min(1)
      .max(3650)
      .default(30)
      .meta(means("how long delegations that have ended can be looked at", "已结束的委派保留多少天")),
    keep: z
      .int()
      .min(100)
      .max(10_000_000)
      .default(100_000)
      .meta(means("how many that have ended are kept at most", "已结束的委派最多保留多少个")),
    depth: z
      .int()
      .min(1)
      .max(64)
      .default(16)
      .meta(
        means(
          "how many orders may stand on each other where agents ask on because they were asked",
          "智能体因受请求而继续请求他人时，指令可叠加的层数上限",
        ),
      ),
    perTrace: z
      .int()
      .min(1)
      .max(100_000)
      .default(512)
      .meta(
        means(
          "how many orders may be open at once for one thing, with all that ask on because of it",
          "为一件事同时未结的指令总数上限，包括由此继续的全部请求",
        ),
      ),
    claims: z
      .enum(claimRules)
      .default("ask")
      .meta(
        means(
          "how it is settled when two agents that work on one task act on the same thing: the person is asked, or whoever acted `first`, is nearer to the top (`priority`) or first acted on it at all (`owner`) may",
          "为同一件事工作的两个智能体处理同一对象时如何裁决：询问委托人，或由先行动者（`first`）、更接近顶端者（`priority`）、最早处理者（`owner`）继续",
        ),
      ),
    broker: BrokerSettings,
  })
  .prefault({})
export type InterconnectSettings = z.infer<typeof InterconnectSettings>
