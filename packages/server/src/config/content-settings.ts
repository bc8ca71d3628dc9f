import { z } from "zod"
import { means } from "./means.ts"

/** What texts are looked through by, beside what is built in. */
export const ContentSettings = z
  .strictObject({
    classifier: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/ })
          .max(2000)
          .meta(
            means(
              "where a classifier of your own is: it is sent the text of every result, and its answer becomes labels",
              "您自有分类服务的地址：每个结果的文本都会发给它，其回答成为标签",
            ),
          ),
        timeoutSeconds: z
          .number()
          .min(0.1)
          .max(60)
          .default(2)
          .meta(
            means(
              "after how long without an answer the label is `unavailable`",
              "多久未作答即标为 `unavailable`",
            ),
          ),
      })
      .optional(),
  })
  .prefault({})
