import { trialRegistrar } from "@hufu/core/identity/aic"
import { isIPv4, isIPv6 } from "node:net"
import { z } from "zod"
import { means } from "./means.ts"

/** This node as a registrar of agents. */
export const RegistrySettings = z
  .strictObject({
    registrar: z
      .string()
      .regex(/^[0-9A-Z]{1,6}$/)
      .refine((number) => !/^0+$/.test(number), { message: "is a number of the registrar, not 0" })
      .default(trialRegistrar)
      .meta(
        means(
          "the number that the registration centre gave to this registrar (ARSP), which stands in every identity code that this node issues, to registrations and to its own agents; without one they are trial codes under `ZZZZZZ`, and are said to be",
          "注册中心分配给本注册服务商（ARSP）的编号，写入本节点为登记及自身智能体签发的每个身份码；未获分配时签发的是 `ZZZZZZ` 名下的试用码，并如实注明",
        ),
      ),
    share: z
      .boolean()
      .default(false)
      .meta(
        means(
          "whether other registries may mirror what is approved here (DSP, at /acps-dsp-v2/); they also see the statements of the ledger about it, and its checkpoints",
          "其他登记平台可否镜像在此批准的登记（DSP，位于 /acps-dsp-v2/）；对方也会看到账本中与之有关的陈述及检查点",
        ),
      ),
    sequence: z
      .enum(["string", "number"])
      .default("string")
      .meta(
        means(
          "how places in the changes are written: as texts, as the specification has it, or as numbers, as the reference server does",
          "变更序号的写法：字符串（规范）或数字（参考实现）",
        ),
      ),
    here: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta(
        means(
          "name, id or code of the registration of the agent that this host is: its ACS and AgentCard stand at /.well-known/acs.json and /.well-known/agent-card.json",
          "本主机所对应智能体的登记（名称、编号或身份码）：其能力描述与 AgentCard 位于 /.well-known/acs.json 与 /.well-known/agent-card.json",
        ),
      ),
    domains: z
      .strictObject({
        enabled: z
          .boolean()
          .default(false)
          .meta(
            means(
              "whether this node looks up TXT records and files of domains when their developers ask for it, so that a domain counts as theirs",
              "本节点是否应开发者请求查询其域名的 TXT 记录与文件，以核验域名归属",
            ),
          ),
        resolvers: z
          .array(
            z
              .string()
              .max(60)
              .refine(isResolver, { message: "is no address of a resolver, such as `192.0.2.53`" }),
          )
          .max(8)
          .default([])
          .meta(
            means(
              "addresses of the resolvers that are asked, with a port where it is not 53; the system's if left out",
              "所用域名解析服务器的地址（非 53 端口时须含端口）；未设则用系统的",
            ),
          ),
      })
      .prefault({}),
    signIn: z
      .array(
        z.strictObject({
          issuer: z
            .string()
            .max(2000)
            .refine(isIssuer, {
              message: "has to be like `https://login.example.com`, or http on this machine",
            })
            .meta(means("its issuer identifier (OpenID Connect)", "其签发者标识（OpenID Connect）")),
          clientId: z
            .string()
            .min(1)
            .max(300)
            .meta(means("what this node is called there", "本节点在其处的客户端标识")),
          secretFile: z
            .string()
            .min(1)
            .max(4000)
            .optional()
            .meta(
              means(
                "file with the secret that it gave to this node, relative to the data folder; without one PKCE alone is used",
                "存放其授予本节点之密钥的文件，相对数据目录；未设则仅用 PKCE",
              ),
            ),
          name: z.string().min(1).max(100).meta(means("what people call it", "人们对它的称呼")),
        }),
      )
      .max(16)
      .default([])
      .meta(
        means(
          "where organisations sign in to manage their own registrations; no other issuer is ever contacted",
          "机构登录以管理其自己登记的签发者；绝不联系其他签发者",
        ),
      ),
  })
  .prefault({})

function isResolver(text: string): boolean {
  const [, six, four] = /^(?:\[([0-9a-fA-F:.]+)\](?::\d{1,5})?|([0-9.]+)(?::\d{1,5})?)$/.exec(text) ?? []
  return isIPv4(four ?? "") || isIPv6(six ?? text)
}

/** Plain HTTP goes to this machine alone. */
function isIssuer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username !== "" || url.search !== "" || url.hash !== "") return false
  const isHere = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname)
  return url.protocol === "https:" || (url.protocol === "http:" && isHere)
}
