import { z } from "zod"
import { listenHost } from "./listen-host.ts"
import { means } from "./means.ts"

/** The certificate authority, and the door for those who come by certificate. */
export const CaSettings = z
  .strictObject({
    url: z
      .string()
      .max(255)
      .refine(isCaOrigin, { message: "has to be like `https://ca.example`, without a path" })
      .optional()
      .meta(
        means(
          "the address under which others reach the certificate authority (`/acps-atr-v2/`): it stands in every certificate, so set it before `hufu ca init` (the node's own address)",
          "他人访问证书机构（`/acps-atr-v2/`）所用的地址：它写入每张证书，故应在 `hufu ca init` 之前设定（默认为节点自身地址）",
        ),
      ),
    vendor: z
      .string()
      .regex(/^[0-9A-Z]{1,6}$/)
      .default("1")
      .meta(
        means(
          "level 7 of the identity codes of agents that are not registered: the vendor; changing it, the salt or `registry.registrar` gives every such agent another code",
          "未登记智能体身份码的第 7 级：供应商；更改此项、盐或 `registry.registrar`，这些智能体的身份码都会改变",
        ),
      ),
    salt: z
      .string()
      .regex(/^(?:[0-9a-f]{2}){2,64}$/)
      .default("68756675")
      .meta(
        means(
          "what the checksum of those codes is salted with, in hexadecimal: it finds typing errors and proves nothing",
          "身份码校验位所用的盐（十六进制）：用于发现输入错误，不作任何证明",
        ),
      ),
    door: z
      .strictObject({
        host: listenHost(
          "address on which agents come in by certificate (mutual TLS)",
          "智能体凭证书（双向 TLS）接入的监听地址",
        ),
        port: z
          .int()
          .min(0)
          .max(65_535)
          .default(7443)
          .meta(means("its port; 0 takes a free one", "其端口；0 表示任取一个空闲端口")),
        names: z
          .array(z.string().max(253).toLowerCase())
          .max(20)
          .default(["localhost"])
          .meta(
            means(
              "names and addresses in the door's own certificate, which are taken as Host too",
              "写入该入口自身证书的名称与地址，也作为可接受的 Host",
            ),
          ),
      })
      .optional(),
  })
  .prefault({})

/** An address of an authority; plain HTTP serves as well, because everything there is signed (RFC 5280 §8). */
function isCaOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text)
}
