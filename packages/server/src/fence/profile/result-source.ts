import type { ToolDefinition } from "@hufu/core/profile/definition"
import type { ToolProfile } from "@hufu/core/profile/profile"
import type { ResultSource } from "@hufu/core/provenance/own-records"
import { isConsequential } from "./effect-caution.ts"
import { effectOfName, splitName } from "./effect-of-words.ts"

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""))

/** What others write to the user, or share with them. */
/* oxfmt-ignore */
const others = words(`message messages mail mails email emails inbox comment comments review reviews post posts thread threads chat
  chats conversation conversations feed feeds note notes document documents doc docs file files content contents page pages web webpage
  website article articles news issue issues ticket tickets pull request requests event events invitation invitations notification
  notifications rating ratings answer answers question questions`)
/** What the user has set up by themselves, even where it looks like a history. */
const settled = words(
  "scheduled standing recurring contact contacts addressbook payee payees beneficiary beneficiaries",
)
const sentByName = words("sent outbox outgoing")
/** What went in and out of an account. */
const sent = words(
  `transaction transactions payment payments order orders transfer transfers purchase purchases history`,
)
/** Directories, accounts and settings. */
const own =
  words(`member members user users people colleague colleagues employee employees team teams channel channels room rooms group
  groups account accounts iban balance profile profiles setting settings preference preferences card cards subscription
  subscriptions device devices calendars folder folders label labels workspace workspaces project projects repository repositories
  whoami`)

const chinese: readonly (readonly [ResultSource, RegExp])[] = [
  ["others", /消息|邮件|收件箱|评论|帖子|聊天|文档|文件|网页|新闻|通知|日程|工单/],
  ["own", /定期|预约转账|通讯录|联系人|收款人/],
  ["sent", /交易|支付记录|订单|转账|流水/],
  ["own", /成员|用户|同事|频道|群组|账户|余额|资料|设置|银行卡|订阅|设备|标签|项目/],
]

/**
 * Whose words a tool gives back, told from its name and else from its description's first sentence. A guess, and a careful one: what
 * changes something, reaches outside, or tells nothing gives back what others wrote. UNTRUSTED: a server that calls its page of mails
 * contacts makes its content the user's own, so it counts only once a person has looked at the profile.
 */
export function resultSourceOf(
  definition: ToolDefinition,
  { effect, roles }: Pick<ToolProfile, "effect" | "roles">,
): ResultSource {
  if (roles.some(({ role }) => role === "url" || role === "host")) return "public"
  const byName = effectOfName(definition.name)
  if (isConsequential(effect) && (byName === undefined || isConsequential(byName))) return "others"
  const description = definition.members["description"]
  const first =
    typeof description === "string" ? (/^[^.。\n]{0,400}/.exec(description.trim())?.[0] ?? "") : ""
  return sourceIn(splitName(definition.name), "") ?? sourceIn(splitName(first), first) ?? "others"
}

function sourceIn(named: readonly string[], text: string): ResultSource | undefined {
  // `search_contacts_by_email` gives back contacts.
  const by = named.indexOf("by")
  const names = by > 0 ? named.slice(0, by) : named
  const has = (set: ReadonlySet<string>) => names.some((name) => set.has(name))
  if (has(sentByName)) return "sent"
  if (has(others)) return "others"
  if (has(settled)) return "own"
  if (has(sent)) return "sent"
  if (has(own)) return "own"
  return chinese.find(([, pattern]) => pattern.test(text))?.[0]
}
