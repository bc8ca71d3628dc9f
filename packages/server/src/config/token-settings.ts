import { z } from "zod"
import { means } from "./means.ts"
import { Origin } from "./origin.ts"

/** Mandates as tokens that others verify. */
export const TokenSettings = z
  .strictObject({
    issuer: Origin.optional().meta(
      means(
        "the address under which verifiers reach this node; with it mandates are signed as tokens that others verify by themselves, and /status/ is served to everybody who reaches this node",
        "验证方访问本节点所用的地址；设定后可将授权签发为他人自行验证的令牌，并向凡能访问此节点者提供 /status/",
      ),
    ),
    lifetimeSeconds: z
      .int()
      .min(10)
      .max(3600)
      .default(600)
      .meta(means("how long a token is good for at most", "令牌最长有效多少秒")),
    ttlSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .meta(
        means(
          "how long a verifier may rely on the list of tokens that hold no more",
          "验证方可依据失效令牌列表多少秒",
        ),
      ),
  })
  .prefault({})
