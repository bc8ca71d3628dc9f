import { z } from "zod"
import { means } from "./means.ts"

/** How the ledger is read again in the background. */
export const ScrubSettings = z
  .strictObject({
    entriesPerSecond: z
      .int()
      .min(0)
      .max(100_000)
      .default(100)
      .meta(
        means(
          "how fast the whole ledger is read again in the background, over and over; 0 turns it off",
          "在后台反复重读整部账本的速度（每秒条目数）；0 表示关闭",
        ),
      ),
    restSeconds: z
      .int()
      .min(1)
      .max(604_800)
      .default(600)
      .meta(means("how long that rests after it has read everything", "重读一遍之后休息多久")),
  })
  .prefault({})
