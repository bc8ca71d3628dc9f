import { AicText } from "@hufu/core/identity/aic"
import { z } from "zod"
import { means } from "./means.ts"

/** This node as a discovery server (ADP). */
export const DiscoverySettings = z
  .strictObject({
    aic: AicText.optional().meta(
      means(
        "the identity code of this discovery server (ADP); with it, discoveries that find too little here are passed on to `peers`",
        "本发现服务器（ADP）的智能体身份码；设定后，本地结果不足的发现请求会转发给 `peers`",
      ),
    ),
    peers: z
      .array(
        z.strictObject({
          aic: AicText.meta(means("its identity code", "其身份码")),
          url: z
            .url({ protocol: /^https?$/ })
            .max(2000)
            .meta(means("its address, which ends in /discover", "其地址，以 /discover 结尾")),
          key: z
            .string()
            .regex(/^[A-Za-z0-9_-]{43}$/)
            .meta(
              means(
                "the Ed25519 key by which it signs what it passes on, in base64url (a node of Hufu shows its own at /acps-adp-v2/forwarder-status)",
                "其转发签名的 Ed25519 公钥，base64url（虎符节点在 /acps-adp-v2/forwarder-status 给出自己的公钥）",
              ),
            ),
        }),
      )
      .max(32)
      .default([])
      .meta(
        means(
          "discovery servers that discoveries are passed on to and taken from; no other is ever asked",
          "可向其转发、也接受其转发的发现服务器；绝不询问其他服务器",
        ),
      ),
    perMinute: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(600)
      .meta(
        means(
          "how many discoveries of ADP a minute are answered to one address",
          "每分钟对同一地址应答多少次 ADP 发现请求",
        ),
      ),
  })
  .prefault({})
