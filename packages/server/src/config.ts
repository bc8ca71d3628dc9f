import { ErasableClass } from "@hufu/core/contract/erasure"
import { ProtectionRecord, UnknownAge } from "@hufu/core/contract/protection"
import { AicText } from "@hufu/core/identity/aic"
import { z } from "zod"
import { sandboxModes } from "./gateway/mcp/upstream/sandbox.ts"
import { isWitness } from "./witness/is-witness.ts"

/** What a member means, in both languages; the JSON Schema has both, the pages of the configuration one each. */
function means(en: string, zh: string) {
  return { description: en, "x-description-zh": zh }
}

/**
 * The one configuration file, `config.json` in the data folder; its JSON Schema is printed by `hufu config schema`.
 * Flags win over the environment, which wins over the file.
 */
export const Config = z.strictObject({
  $schema: z.string().optional(),
  host: z
    .string()
    .max(255)
    .default("127.0.0.1")
    .meta(
      means(
        "address to listen on; anything but loopback also needs --expose",
        "监听地址；非本机回环地址还须加 --expose",
      ),
    ),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(7180)
    .meta(means("port to listen on; 0 takes a free one", "监听端口；0 表示任取一个空闲端口")),
  hosts: z
    .array(z.string().max(255))
    .max(64)
    .default([])
    .meta(means("further Host header values that are accepted", "另外接受的 Host 请求头取值")),
  origin: z
    .string()
    .max(255)
    .refine(isOrigin, { message: "has to be like `https://hufu.example`, without a path" })
    .optional()
    .meta(
      means(
        "where people open the console, if not at http://localhost:PORT: passkeys are bound to it, so changing it makes them useless",
        "打开控制台的来源，若不是 http://localhost:PORT；通行密钥与之绑定，更改后原有通行密钥即失效",
      ),
    ),
  ask: z
    .strictObject({
      waitSeconds: z
        .number()
        .min(0)
        .max(600)
        .default(45)
        .meta(
          means(
            "how long a client waits for a person before it gets a pending result",
            "客户端等待人决定的时长，之后得到待批结果",
          ),
        ),
      expirySeconds: z
        .number()
        .min(1)
        .max(604_800)
        .default(900)
        .meta(
          means(
            "after how long a held action that nobody decided is denied",
            "待批行为无人决定时，多久之后被拒绝",
          ),
        ),
    })
    .prefault({}),
  rules: z
    .array(z.string().max(4000))
    .max(100)
    .default([])
    .meta(
      means("Cedar files that are loaded on top of the platform's rules", "在平台规则之上加载的 Cedar 文件"),
    ),
  draft: z
    .strictObject({
      rules: z
        .array(z.string().max(4000))
        .max(100)
        .meta(
          means(
            "Cedar files of the draft, instead of those in `rules`",
            "草案的 Cedar 文件，取代 `rules` 中的文件",
          ),
        ),
      agents: z
        .array(z.string().max(128))
        .max(1000)
        .default([])
        .meta(
          means(
            "names or ids of agents for which the draft is in force already; for all others it only says what it would have decided",
            "草案已对其生效的智能体名称或编号；对其余智能体，草案只说明本会如何裁定",
          ),
        ),
    })
    .optional(),
  packs: z
    .array(
      z.strictObject({
        name: z.string().max(40).meta(means("name of the pack", "场景包名称")),
        servers: z
          .array(z.string().max(64))
          .min(1)
          .max(100)
          .meta(
            means(
              "tool servers for whose tools it is in force; `*` is all of them, and every conversation",
              "对哪些工具服务器的工具生效；`*` 表示全部，包括所有对话",
            ),
          ),
        figures: z
          .record(z.string().max(40), z.union([z.int(), z.string().max(5), z.boolean()]))
          .default({})
          .meta(
            means(
              "figures of the pack that are to be others, by name: `hufu pack list` shows them",
              "要改用其他取值的数字（按名称）：`hufu pack list` 可查看",
            ),
          ),
      }),
    )
    .max(20)
    .default([])
    .meta(
      means(
        "scenario packs in force, from the `packs` folder of Hufu or of the data folder",
        "生效的场景包，取自虎符或数据目录中的 `packs` 目录",
      ),
    ),
  people: z
    .strictObject({
      unknownAge: UnknownAge.default("minor").meta(
        means(
          "as whom rules take a person whose age nobody has said: a minor of 14, an adult, or nobody whom agents serve (`refuse`)",
          "规则如何看待无人说明年龄的人：视为 14 岁的未成年人（`minor`）、成年人（`adult`），或不予服务（`refuse`）",
        ),
      ),
      zone: ProtectionRecord.shape.zone
        .optional()
        .meta(
          means(
            "time zone of persons of whom nobody has said another; this machine's if left out",
            "未另行说明者所在的时区；未设则取本机时区",
          ),
        ),
      breakMinutes: z
        .int()
        .min(1)
        .max(240)
        .default(5)
        .meta(
          means(
            "a silence longer than this ends a stretch of use, and counts as so much use at most; our own figure, without a source",
            "静默超过此时长即结束一段连续使用，且最多按此时长计入使用；此数字为我们自定，没有出处",
          ),
        ),
    })
    .prefault({}),
  access: z
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
    .optional(),
  registry: z
    .strictObject({
      registrar: z
        .string()
        .regex(/^[0-9A-Z]{1,6}$/)
        .refine((number) => !/^0+$/.test(number), { message: "is a number of the registrar, not 0" })
        .default("ZZZZZZ")
        .meta(
          means(
            "the number of this registrar (ARSP), which stands in every identity code that it issues; the default is for trials, until the registration centre has given one",
            "本注册服务商（ARSP）的编号，写入其签发的每个身份码；默认值仅供试用，直至注册中心分配编号",
          ),
        ),
    })
    .prefault({}),
  discovery: z
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
    .prefault({}),
  keptByLaw: z
    .partialRecord(
      ErasableClass,
      z.strictObject({
        days: z
          .int()
          .min(0)
          .max(36_500)
          .meta(
            means(
              "how long a statute asks to keep it, from when it was made",
              "法规要求自产生之时起保留多少天",
            ),
          ),
        wins: z
          .enum(["erasure", "law"])
          .default("erasure")
          .meta(means("which of the two wins while that time runs", "在此期间擦除与法规以何者为准")),
      }),
    )
    .default({})
    .meta(
      means(
        "for each class (agent, task, mandate, server, passkey, browser), how long a statute asks to keep it, and whether that wins over a request to erase it",
        "对每个类别（agent、task、mandate、server、passkey、browser），法规要求保留多久，以及是否优先于擦除请求",
      ),
    ),
  upstream: z
    .strictObject({
      idleSeconds: z
        .number()
        .min(1)
        .max(86_400)
        .default(300)
        .meta(
          means("an upstream connection unused for so long is closed", "与工具服务器的连接闲置多久即关闭"),
        ),
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
    .prefault({}),
  content: z
    .strictObject({
      classifier: z
        .strictObject({
          url: z
            .url({ protocol: /^https?$/ })
            .max(2000)
            .meta(
              means(
                "where a classifier of your own is: it is sent the text of every result, and its answer becomes labels",
                "您自有分类服务的地址：每个结果的文本都会发给它，其回答成为标签",
              ),
            ),
          timeoutSeconds: z
            .number()
            .min(0.1)
            .max(60)
            .default(2)
            .meta(
              means(
                "after how long without an answer the label is `unavailable`",
                "多久未作答即标为 `unavailable`",
              ),
            ),
        })
        .optional(),
    })
    .prefault({}),
  publish: z
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
    .prefault({}),
  tokens: z
    .strictObject({
      issuer: z
        .string()
        .max(255)
        .refine(isOrigin, { message: "has to be like `https://hufu.example`, without a path" })
        .optional()
        .meta(
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
    .prefault({}),
  ca: z
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
      registrar: z
        .string()
        .regex(/^[0-9A-Z]{1,6}$/)
        .default("1")
        .meta(
          means(
            "level 6 of the identity codes of this node's agents: its registrar (ARSP)",
            "本节点智能体身份码的第 6 级：注册服务商（ARSP）",
          ),
        ),
      vendor: z
        .string()
        .regex(/^[0-9A-Z]{1,6}$/)
        .default("1")
        .meta(
          means(
            "level 7 of those codes: the vendor; changing any of these three gives every agent another code",
            "身份码的第 7 级：供应商；更改这三项中的任何一项，每个智能体的身份码都会改变",
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
          host: z
            .string()
            .max(255)
            .default("127.0.0.1")
            .meta(
              means(
                "address on which agents come in by certificate (mutual TLS); anything but loopback also needs --expose",
                "智能体凭证书（双向 TLS）接入的监听地址；非本机回环地址还须加 --expose",
              ),
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
    .prefault({}),
  oauth: z
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
    .prefault({}),
  scrub: z
    .strictObject({
      entriesPerSecond: z
        .int()
        .min(0)
        .max(100_000)
        .default(100)
        .meta(
          means(
            "how fast the whole ledger is read again in the background, over and over; 0 turns it off",
            "在后台反复重读整部账本的速度（每秒条目数）；0 表示关闭",
          ),
        ),
      restSeconds: z
        .int()
        .min(1)
        .max(604_800)
        .default(600)
        .meta(means("how long that rests after it has read everything", "重读一遍之后休息多久")),
    })
    .prefault({}),
  ledger: z
    .strictObject({
      mlDsa: z
        .boolean()
        .default(false)
        .meta(
          means("sign every checkpoint a second time, by ML-DSA-44", "以 ML-DSA-44 为每个检查点再签一次名"),
        ),
    })
    .prefault({}),
  witnesses: z
    .array(
      z
        .strictObject({
          url: z
            .url({ protocol: /^https?$/ })
            .max(2000)
            .meta(means("where the witness is", "见证方的地址")),
          keys: z
            .array(z.string().max(2_048))
            .min(1)
            .max(4)
            .meta(means("its verifier keys, all under one name", "见证方的联署公钥，同属一个名称")),
        })
        .refine(isWitness, { message: "has to be the cosignature keys of one witness, under one name" }),
    )
    .max(16)
    .default([])
    .meta(
      means(
        "witnesses that are asked to cosign every checkpoint; they see sizes and roots, and no entry",
        "为每个检查点联署的见证方；它们只看到规模与根，看不到条目",
      ),
    ),
  witness: z
    .strictObject({
      required: z
        .int()
        .min(1)
        .max(16)
        .default(1)
        .meta(means("how many witnesses make a receipt *witnessed*", "几个见证方联署，回执才算「已见证」")),
    })
    .prefault({}),
  store: z
    .strictObject({
      megabytes: z
        .int()
        .min(16)
        .max(1_000_000_000)
        .optional()
        .meta(
          means(
            "how large the data may become; beyond it new actions are refused (no bound but the disk)",
            "数据最大可达的大小，超出则拒绝新的行为；未设则只受磁盘限制",
          ),
        ),
      freeMegabytes: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(64)
        .meta(
          means(
            "with less than this free on the disk new actions are refused, so that a stop still has room",
            "磁盘可用空间少于此值时拒绝新的行为，为停止留出空间",
          ),
        ),
    })
    .prefault({}),
  log: z
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
    .prefault({}),
})
export type Config = z.infer<typeof Config>

/** An address of an authority; plain HTTP serves as well, because everything there is signed (RFC 5280 §8). */
function isCaOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text)
}

/** An origin at which a browser has passkeys: https, or this machine by its name. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  return origin === text && (protocol === "https:" || (protocol === "http:" && hostname === "localhost"))
}
