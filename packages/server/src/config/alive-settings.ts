import { z } from "zod"
import { means } from "./means.ts"

/** Listening to registered agents (AMP). */
export const AliveSettings = z
  .strictObject({
    lateSeconds: z
      .int()
      .min(5)
      .max(86_400)
      .default(90)
      .meta(
        means(
          "after how long without a heartbeat an agent counts as late, and no more as alive; AMP has them send one every 10 to 60 seconds",
          "多久没有心跳即视为迟到、不再视为存活；AMP 要求每 10 至 60 秒一次",
        ),
      ),
    lostSeconds: z
      .int()
      .min(5)
      .max(30 * 86_400)
      .default(600)
      .meta(means("after how long it counts as lost", "多久没有心跳即视为失联")),
    keepDays: z
      .int()
      .min(1)
      .max(3650)
      .default(30)
      .meta(
        means("how long it is remembered when an agent was heard of last", "最后一次心跳的时间保留多少天"),
      ),
    perMinute: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(120)
      .meta(means("how many records a minute of one agent are taken", "每分钟接收同一智能体多少条记录")),
    most: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(1_000_000)
      .meta(means("how many agents are listened to", "最多接收多少个智能体的心跳")),
  })
  .prefault({})
