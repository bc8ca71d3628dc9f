import { z } from "zod"
import { means } from "./means.ts"

/** The log file. */
export const LogSettings = z
  .strictObject({
    level: z
      .enum(["fatal", "error", "warn", "info", "debug"])
      .default("info")
      .meta(means("what is less severe than this is not logged", "低于此级别的内容不写入日志")),
    megabytes: z
      .int()
      .min(1)
      .max(1000)
      .default(10)
      .meta(means("size at which the log file is rotated", "日志文件达到多大时轮换")),
    files: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .meta(means("rotated log files that are kept", "保留的轮换日志文件数")),
  })
  .prefault({})
