import { z } from "zod"
import { AccessSettings } from "./config/access-settings.ts"
import { AliveSettings } from "./config/alive-settings.ts"
import { AskSettings } from "./config/ask-settings.ts"
import { CaSettings } from "./config/ca-settings.ts"
import { ContentSettings } from "./config/content-settings.ts"
import { DiscoverySettings } from "./config/discovery-settings.ts"
import { DraftSettings } from "./config/draft-settings.ts"
import { InterconnectSettings } from "./config/interconnect-settings.ts"
import { KeptByLawSettings } from "./config/kept-by-law-settings.ts"
import { listenHost } from "./config/listen-host.ts"
import { LogSettings } from "./config/log-settings.ts"
import { means } from "./config/means.ts"
import { OauthSettings } from "./config/oauth-settings.ts"
import { Origin } from "./config/origin.ts"
import { PackSettings } from "./config/pack-settings.ts"
import { PeopleSettings } from "./config/people-settings.ts"
import { PublishSettings } from "./config/publish-settings.ts"
import { RegistrySettings } from "./config/registry-settings.ts"
import { ScrubSettings } from "./config/scrub-settings.ts"
import { StoreSettings } from "./config/store-settings.ts"
import { TokenSettings } from "./config/token-settings.ts"
import { UpstreamSettings } from "./config/upstream-settings.ts"
import { WitnessSettings } from "./config/witness-settings.ts"

/**
 * The one configuration file, `config.json` in the data folder; its JSON Schema is printed by `hufu config schema`.
 * Flags win over the environment, which wins over the file. Each section stands in a file of its own.
 */
export const Config = z.strictObject({
  $schema: z.string().optional(),
  host: listenHost("address to listen on", "监听地址"),
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
  origin: Origin.optional().meta(
    means(
      "where people open the console, if not at http://localhost:PORT: passkeys are bound to it, so changing it makes them useless",
      "打开控制台的来源，若不是 http://localhost:PORT；通行密钥与之绑定，更改后原有通行密钥即失效",
    ),
  ),
  ask: AskSettings,
  rules: z
    .array(z.string().max(4000))
    .max(100)
    .default([])
    .meta(
      means("Cedar files that are loaded on top of the platform's rules", "在平台规则之上加载的 Cedar 文件"),
    ),
  draft: DraftSettings,
  packs: PackSettings,
  people: PeopleSettings,
  access: AccessSettings,
  registry: RegistrySettings,
  discovery: DiscoverySettings,
  alive: AliveSettings,
  interconnect: InterconnectSettings,
  keptByLaw: KeptByLawSettings,
  upstream: UpstreamSettings,
  content: ContentSettings,
  publish: PublishSettings,
  tokens: TokenSettings,
  ca: CaSettings,
  oauth: OauthSettings,
  scrub: ScrubSettings,
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
  witnesses: WitnessSettings,
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
  store: StoreSettings,
  log: LogSettings,
})
export type Config = z.infer<typeof Config>
