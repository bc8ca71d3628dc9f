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
    certificate: z
      .strictObject({
        certFile: z
          .string()
          .min(1)
          .max(4000)
          .meta(
            means(
              "file with the certificate of this discovery server and those above it (PEM), relative to the data folder; read anew for each discovery that is passed on",
              "本发现服务器的证书及其上级证书文件（PEM），相对数据目录；每次转发时重新读取",
            ),
          ),
        keyFile: z
          .string()
          .min(1)
          .max(4000)
          .meta(means("file with its private key (PEM)", "其私钥文件（PEM）")),
        caFile: z
          .string()
          .min(1)
          .max(4000)
          .optional()
          .meta(
            means(
              "file with the authorities that certify the servers which are asked (PEM); those of the system if left out",
              "所询问服务器之证书的签发机构文件（PEM）；未设则用系统的",
            ),
          ),
      })
      .optional(),
    embeddings: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/ })
          .max(2000)
          .meta(
            means(
              "where a service of embeddings is that puts what was found by words in order by meaning too; it is sent the question and what is public of the agents found",
              "嵌入向量服务的地址：把按词语找到的结果再按含义排序；会向其发送问题及所找到智能体的公开内容",
            ),
          ),
        model: z.string().min(1).max(200).meta(means("the model that it is to use", "其使用的模型")),
        keyFile: z
          .string()
          .min(1)
          .optional()
          .meta(means("a file with the key that it asks for", "存放其所需密钥的文件")),
        timeoutSeconds: z
          .number()
          .min(0.1)
          .max(30)
          .default(2)
          .meta(
            means(
              "after how long without an answer the order by words stands",
              "多久未作答即保持按词语的排序",
            ),
          ),
      })
      .optional(),
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
