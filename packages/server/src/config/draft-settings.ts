import { z } from "zod"
import { means } from "./means.ts"

/** A draft of the rules. */
export const DraftSettings = z
  .strictObject({
    rules: z
      .array(z.string().max(4000))
      .max(100)
      .meta(
        means(
          "Cedar files of the draft, instead of those in `rules`",
          "草案的 Cedar 文件，取代 `rules` 中的文件",
        ),
      ),
    agents: z
      .array(z.string().max(128))
      .max(1000)
      .default([])
      .meta(
        means(
          "names or ids of agents for which the draft is in force already; for all others it only says what it would have decided",
          "草案已对其生效的智能体名称或编号；对其余智能体，草案只说明本会如何裁定",
        ),
      ),
  })
  .optional()
