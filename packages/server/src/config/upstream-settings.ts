import { z } from "zod"
import { sandboxModes } from "../gateway/mcp/upstream/sandbox.ts"
import { means } from "./means.ts"

/** How tool servers are reached. */
export const UpstreamSettings = z
  .strictObject({
    idleSeconds: z
      .number()
      .min(1)
      .max(86_400)
      .default(300)
      .meta(means("an upstream connection unused for so long is closed", "与工具服务器的连接闲置多久即关闭")),
    timeoutSeconds: z
      .number()
      .min(1)
      .max(3600)
      .default(300)
      .meta(
        means(
          "a call without a sign of life for so long has an unknown outcome",
          "调用多久没有任何回音即视为结果未知",
        ),
      ),
    concurrency: z
      .int()
      .min(1)
      .max(10_000)
      .default(64)
      .meta(
        means(
          "calls to one tool server at once; further ones wait their turn",
          "对一个工具服务器同时进行的调用数；其余排队等候",
        ),
      ),
    sandbox: z
      .enum(sandboxModes)
      .default("auto")
      .meta(
        means(
          "whether tool servers that are commands run in a sandbox, in which they see neither Hufu's own data nor other processes: where bubblewrap works (`auto`), nowhere else (`required`), or never (`off`)",
          "以命令启动的工具服务器是否在沙箱中运行（在其中看不到虎符自身的数据与其他进程）：有可用的 bubblewrap 时（`auto`）、否则不启动（`required`）或从不（`off`）",
        ),
      ),
    privateNames: z
      .array(z.string().max(255).toLowerCase())
      .max(100)
      .default([])
      .meta(
        means(
          "names of tool servers that lead into this machine or network, beside those that only can (without a dot, `.local`, `.internal`, `.lan`)",
          "通向本机或本网络的工具服务器名称；只能通向内部的名称（不含点，或以 `.local`、`.internal`、`.lan` 结尾）无需列出",
        ),
      ),
  })
  .prefault({})
