import { z } from "zod"
import { means } from "./means.ts"

/** How long an action waits for a person. */
export const AskSettings = z
  .strictObject({
    waitSeconds: z
      .number()
      .min(0)
      .max(600)
      .default(45)
      .meta(
        means(
          "how long a client waits for a person before it gets a pending result",
          "客户端等待人决定的时长，之后得到待批结果",
        ),
      ),
    expirySeconds: z
      .number()
      .min(1)
      .max(604_800)
      .default(900)
      .meta(
        means(
          "after how long a held action that nobody decided is denied",
          "待批行为无人决定时，多久之后被拒绝",
        ),
      ),
  })
  .prefault({})
