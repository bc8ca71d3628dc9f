import { z } from "zod"
import { means } from "./means.ts"

/** Where the ledger is published. */
export const PublishSettings = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .max(4000)
      .optional()
      .meta(
        means(
          "folder into which the ledger is published as plain files (C2SP tlog-tiles), relative to the data folder; without it nothing is published",
          "以普通文件（C2SP tlog-tiles）发布账本的目录，相对于数据目录；未设则不发布",
        ),
      ),
    serve: z
      .boolean()
      .default(false)
      .meta(
        means(
          "also serve that folder at /log/, to everybody who reaches this node",
          "同时在 /log/ 提供该目录，凡能访问此节点者均可读取",
        ),
      ),
  })
  .refine(({ folder, serve }) => folder !== undefined || !serve, {
    message: "needs `publish.folder`: only what is published can be served",
  })
  .prefault({})
