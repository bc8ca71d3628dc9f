import { z } from "zod"
import { means } from "./means.ts"

/** How much room the data may take. */
export const StoreSettings = z
  .strictObject({
    megabytes: z
      .int()
      .min(16)
      .max(1_000_000_000)
      .optional()
      .meta(
        means(
          "how large the data may become; beyond it new actions are refused (no bound but the disk)",
          "数据最大可达的大小，超出则拒绝新的行为；未设则只受磁盘限制",
        ),
      ),
    freeMegabytes: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(64)
      .meta(
        means(
          "with less than this free on the disk new actions are refused, so that a stop still has room",
          "磁盘可用空间少于此值时拒绝新的行为，为停止留出空间",
        ),
      ),
  })
  .prefault({})
