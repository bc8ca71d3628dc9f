import { z } from "zod"
import { means } from "./means.ts"

/** What other programs may ask decisions about (AuthZEN). */
export const AccessSettings = z
  .strictObject({
    schema: z
      .string()
      .max(4000)
      .meta(
        means(
          "file with the Cedar schema of the subjects and resources that other programs ask about",
          "其他程序所询问的主体与资源的 Cedar 模式文件",
        ),
      ),
    rules: z
      .array(z.string().max(4000))
      .min(1)
      .max(100)
      .meta(means("Cedar files of the rules about them", "针对它们的 Cedar 规则文件")),
    entities: z
      .string()
      .max(4000)
      .optional()
      .meta(
        means(
          "JSON file of what is known of them: a list of `{type, id, properties, parents}`",
          "已知实体的 JSON 文件：由 `{type, id, properties, parents}` 组成的列表",
        ),
      ),
  })
  .optional()
