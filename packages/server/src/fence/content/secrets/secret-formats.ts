import type { FindingKind } from "../finding-kinds.ts"

/** A format of keys that a service gives out: what it begins with and what follows. */
export interface SecretFormat {
  readonly kind: FindingKind
  readonly prefix: string
  /** What follows the prefix; every repetition is bounded and none is within another. */
  readonly rest: RegExp
  /** Whether it may have characters that separate other tokens: then only its least length is matched. */
  readonly isLoose: boolean
  /** How many units a look at a loose one reads at most. */
  readonly least: number
}

const word = "[A-Za-z0-9_-]"
const alnum = "[A-Za-z0-9]"
const hex = "[a-f0-9]"

/** One line for each family: the kind, the prefixes, and the expression that follows each of them. */
const lines: readonly (readonly [FindingKind, string, string])[] = [
  ["cloud_key", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}"],
  ["cloud_key", "LTAI", `${alnum}{12,24}`],
  ["cloud_key", "AKID", `${alnum}{32,40}`],
  ["cloud_key", "AKLT", `${word}{30,60}`],
  ["cloud_key", "ABSK", "[A-Za-z0-9+/=]{100,280}"],
  ["cloud_key", "AIza", `${word}{35}`],
  ["cloud_key", "ya29.", `${word}{20,400}`],
  ["cloud_key", "GOCSPX-", `${word}{28}`],
  ["cloud_key", "dop_v1_ doo_v1_ dor_v1_", `${hex}{64}`],
  ["cloud_key", "HRKU-", `${word}{36,70}`],
  ["cloud_key", "fo1_ fm1_ fm2_", `${word}{40,400}`],
  ["cloud_key", "v1.0-", `${hex}{24}-${hex}{146}`],
  ["cloud_key", "pul-", `${hex}{40}`],
  ["cloud_key", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", `[A-Za-z0-9._]{40,64}`],
  ["cloud_key", "hvs. hvb. hvr.", `${word}{24,200}`],
  ["cloud_key", "sbp_", `${hex}{40}`],
  ["cloud_key", "sb_secret_", `${word}{20,60}`],
  ["cloud_key", "pscale_tkn_ pscale_oauth_ pscale_pw_", `[A-Za-z0-9_.=-]{32,64}`],
  ["cloud_key", "nfp_ vcp_ vck_", `${alnum}{24,60}`],
  ["cloud_key", "tskey-auth- tskey-api- tskey-client-", `[A-Za-z0-9-]{20,80}`],
  ["cloud_key", "dapi", `${hex}{32}`],
  ["cloud_key", "yc1. t1.9 YC AQVN", `[A-Za-z0-9_=.-]{35,300}`],
  ["ai_service_key", "sk-ant-", `[a-z0-9]{2,12}-${word}{40,200}`],
  ["ai_service_key", "sk-proj- sk-svcacct- sk-admin- sk-None-", `${word}{20,250}`],
  ["ai_service_key", "sk-or-v1- sk-lf- sk-litellm-", `[a-f0-9-]{32,80}`],
  ["ai_service_key", "sk-", `${alnum}{32,64}`],
  ["ai_service_key", "hf_ api_org_", "[A-Za-z]{34}"],
  ["ai_service_key", "r8_", `${alnum}{37}`],
  ["ai_service_key", "gsk_", `${alnum}{40,64}`],
  ["ai_service_key", "pplx-", `${alnum}{40,64}`],
  ["ai_service_key", "xai-", `${alnum}{60,100}`],
  ["ai_service_key", "lsv2_pt_ lsv2_sk_", `${hex}{32}_${hex}{10}`],
  ["ai_service_key", "tvly-", `${word}{24,64}`],
  ["ai_service_key", "fc-", `${hex}{32}`],
  ["code_host_token", "ghp_ gho_ ghu_ ghs_ ghr_", `${alnum}{36,255}`],
  ["code_host_token", "github_pat_", "[A-Za-z0-9_]{60,120}"],
  [
    "code_host_token",
    "glpat- gldt- glrt- glptt- glft- glimt- glagent- gloas- glsoat- glffct-",
    `${word}{20,70}`,
  ],
  ["code_host_token", "glcbt-", `[A-Za-z0-9_-]{20,70}`],
  ["code_host_token", "npm_", `${alnum}{36}`],
  ["code_host_token", "pypi-AgE", `${word}{40,250}`],
  ["code_host_token", "rubygems_", `${hex}{48}`],
  ["code_host_token", "oy2", "[a-z0-9]{43}"],
  ["code_host_token", "dckr_pat_ dckr_oat_", `${word}{27,40}`],
  ["code_host_token", "ATATT3", "[A-Za-z0-9_=-]{80,250}"],
  ["code_host_token", "ATBB ATCTT3", `[A-Za-z0-9_=-]{24,250}`],
  ["code_host_token", "CLOJARS_", "[a-z0-9]{60}"],
  ["code_host_token", "AKCp", `${alnum}{60,80}`],
  ["code_host_token", "cmVmd", `${alnum}{59}`],
  ["code_host_token", "sqp_ squ_ sqa_", `${hex}{40}`],
  [
    "messaging_token",
    "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe.xoxp- xoxe.xoxb- xoxc- xoxd-",
    "[A-Za-z0-9%-]{20,255}",
  ],
  ["messaging_token", "xapp-", "[0-9]{1,2}-[A-Za-z0-9-]{20,200}"],
  ["messaging_token", "SG.", `${word}{16,32}\\.${word}{16,64}`],
  ["messaging_token", "key-", `${hex}{32}`],
  ["messaging_token", "xkeysib- xsmtpsib-", `${hex}{64}-${alnum}{16}`],
  ["messaging_token", "SK", `${hex}{32}`],
  ["messaging_token", "EAA", `${alnum}{80,250}`],
  ["payment_key", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_", `${alnum}{10,120}`],
  ["payment_key", "whsec_", "[A-Za-z0-9+/=]{24,80}"],
  ["payment_key", "sq0atp- sq0csp-", `${word}{22,60}`],
  ["payment_key", "EAAA", `${word}{60}`],
  ["payment_key", "rzp_live_ rzp_test_", `${alnum}{14}`],
  ["payment_key", "FLWSECK_TEST- FLWSECK-", `${alnum}{12,60}`],
  ["payment_key", "shpat_ shpca_ shppa_ shpss_", "[a-fA-F0-9]{32}"],
  ["payment_key", "shippo_live_ shippo_test_", `${hex}{40}`],
  ["payment_key", "access-sandbox- access-development- access-production-", "[0-9a-f-]{36}"],
  ["payment_key", "EZAK EZTK", `${alnum}{54}`],
  ["payment_key", "duffel_test_ duffel_live_", "[A-Za-z0-9_=-]{43}"],
  ["payment_key", "live_ test_", `${alnum}{35}`],
  ["service_token", "glsa_", `${alnum}{32}_[A-Fa-f0-9]{8}`],
  ["service_token", "glc_", "[A-Za-z0-9+/=]{32,400}"],
  ["service_token", "NRAK- NRAA- NRRA-", "[A-Z0-9a-f]{27,42}"],
  ["service_token", "NRII- NRJS-", `${word}{19,32}`],
  ["service_token", "sntrys_ sntryu_", "[A-Za-z0-9+/=_]{40,300}"],
  ["service_token", "PMAK-", `${hex}{24}-${hex}{34}`],
  ["service_token", "lin_api_ lin_oauth_", `${alnum}{32,64}`],
  ["service_token", "secret_", `${alnum}{43}`],
  ["service_token", "ntn_", `${alnum}{40,50}`],
  ["service_token", "pat", `${alnum}{14}\\.${hex}{64}`],
  ["service_token", "pat-na1- pat-eu1-", "[0-9a-f-]{36}"],
  ["service_token", "figd_", `${word}{36,60}`],
  ["service_token", "CFPAT-", `${word}{43}`],
  ["service_token", "dt0c01.", "[A-Z0-9]{24}\\.[A-Z0-9]{64}"],
  ["service_token", "tfp_", "[A-Za-z0-9_.=-]{59}"],
  ["service_token", "rdme_", "[a-z0-9]{70}"],
  ["service_token", "pnu_", `${alnum}{36}`],
  ["service_token", "ico-", `${alnum}{32}`],
  ["service_token", "tk-us-", `${word}{48}`],
  ["service_token", "p8e-", "[A-Za-z0-9]{32}"],
  ["service_token", "ops_eyJ", "[A-Za-z0-9+/=]{100,2000}"],
  ["service_token", "A3-", "[A-Z0-9]{6}-[A-Z0-9-]{20,40}"],
  ["service_token", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}"],
  ["service_token", "sgp_", "[A-Za-z0-9_]{40,64}"],
  ["service_token", "phc_ phx_", `${alnum}{40,50}`],
]

/**
 * A format of letters, digits, hyphens and underscores ends where such a run ends. Any other is matched at its least
 * length and without looking at what follows: no failed look then goes further than that.
 */
function compile(rest: string): Pick<SecretFormat, "rest" | "isLoose" | "least"> {
  const isLoose = /\[[^\]]{0,40}[.+/=%][^\]]{0,40}\]/.test(rest)
  const counts = rest.matchAll(/\{(\d{1,4})/g)
  const least = [...counts].reduce((sum, [, count]) => sum + Number(count), 8)
  if (!isLoose) return { rest: new RegExp(`${rest}(?![A-Za-z0-9_])`, "y"), isLoose, least }
  return { rest: new RegExp(rest.replaceAll(/\{(\d{1,4}),\d{1,4}\}/g, "{$1}"), "y"), isLoose, least }
}

/** Every format of a key with a prefix of its own, from public descriptions of the services. */
export const secretFormats: readonly SecretFormat[] = lines.flatMap(([kind, prefixes, rest]) =>
  prefixes.split(" ").map((prefix) => ({ kind, prefix, ...compile(rest) })),
)

/** Addresses that anybody who has them may post to. */
export const hookAddresses: readonly { readonly prefix: string; readonly rest: RegExp }[] = [
  { prefix: "hooks.slack.com/services/", rest: /T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{16,40}/y },
  { prefix: "hooks.slack.com/workflows/", rest: /[A-Za-z0-9/]{30,120}/y },
  { prefix: "discord.com/api/webhooks/", rest: /[0-9]{16,22}\/[A-Za-z0-9_-]{60,80}/y },
  { prefix: "discordapp.com/api/webhooks/", rest: /[0-9]{16,22}\/[A-Za-z0-9_-]{60,80}/y },
  { prefix: "webhook.office.com/webhookb2/", rest: /[A-Za-z0-9@/-]{60,200}/y },
  { prefix: "oapi.dingtalk.com/robot/send?access_token=", rest: /[a-f0-9]{64}/y },
  { prefix: "open.feishu.cn/open-apis/bot/v2/hook/", rest: /[0-9a-f-]{30,40}/y },
  { prefix: "open.larksuite.com/open-apis/bot/v2/hook/", rest: /[0-9a-f-]{30,40}/y },
  { prefix: "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", rest: /[0-9a-f-]{36}/y },
]
