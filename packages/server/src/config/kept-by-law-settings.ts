import { ErasableClass } from "@hufu/core/contract/erasure"
import { z } from "zod"
import { means } from "./means.ts"

/** What statutes ask to keep. */
export const KeptByLawSettings = z
  .partialRecord(
    ErasableClass,
    z.strictObject({
      days: z
        .int()
        .min(0)
        .max(36_500)
        .meta(
          means(
            "how long a statute asks to keep it, from when it was made",
            "法规要求自产生之时起保留多少天",
          ),
        ),
      wins: z
        .enum(["erasure", "law"])
        .default("erasure")
        .meta(means("which of the two wins while that time runs", "在此期间擦除与法规以何者为准")),
    }),
  )
  .default({})
  .meta(
    means(
      "for each class (agent, task, mandate, server, passkey, browser), how long a statute asks to keep it, and whether that wins over a request to erase it",
      "对每个类别（agent、task、mandate、server、passkey、browser），法规要求保留多久，以及是否优先于擦除请求",
    ),
  )
