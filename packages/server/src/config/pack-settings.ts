import { z } from "zod"
import { means } from "./means.ts"

/** Which scenario packs are in force, and where. */
export const PackSettings = z
  .array(
    z.strictObject({
      name: z.string().max(40).meta(means("name of the pack", "场景包名称")),
      servers: z
        .array(z.string().max(64))
        .min(1)
        .max(100)
        .meta(
          means(
            "tool servers for whose tools it is in force; `*` is all of them, and every conversation",
            "对哪些工具服务器的工具生效；`*` 表示全部，包括所有对话",
          ),
        ),
      figures: z
        .record(z.string().max(40), z.union([z.int(), z.string().max(5), z.boolean()]))
        .default({})
        .meta(
          means(
            "figures of the pack that are to be others, by name: `hufu pack list` shows them",
            "要改用其他取值的数字（按名称）：`hufu pack list` 可查看",
          ),
        ),
    }),
  )
  .max(20)
  .default([])
  .meta(
    means(
      "scenario packs in force, from the `packs` folder of Hufu or of the data folder",
      "生效的场景包，取自虎符或数据目录中的 `packs` 目录",
    ),
  )
