import { z } from "zod"
import { means } from "./means.ts"

/** This node as an authorisation server (OAuth 2.1). */
export const OauthSettings = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .meta(
        means(
          "whether the node is an authorisation server (OAuth 2.1), so that MCP clients ask to be let in as agents and the person answers in the console",
          "节点是否充当授权服务器（OAuth 2.1），使 MCP 客户端可请求以智能体身份进入，由本人在控制台中答复",
        ),
      ),
    registration: z
      .boolean()
      .default(true)
      .meta(
        means(
          "whether clients may register themselves; that lets none in",
          "客户端可否自行登记；登记本身不放行任何客户端",
        ),
      ),
    clientHosts: z
      .array(z.string().max(260).toLowerCase())
      .max(100)
      .default([])
      .meta(
        means(
          "hosts (with the port, where it is not 443) from which a client's own description may be fetched; no other is contacted",
          "可获取客户端自述文档的主机（非 443 端口时须含端口）；不会联系其他主机",
        ),
      ),
    tokenSeconds: z
      .int()
      .min(10)
      .max(3600)
      .default(600)
      .meta(means("how long an access token is good for", "访问令牌有效多少秒")),
  })
  .prefault({})
