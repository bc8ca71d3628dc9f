import type { CaReport } from "@hufu/core/contract/ca"
import { sayTime } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"
import { asCalled } from "../terminal/called-as.ts"
import { table } from "../terminal/table.ts"

const words = {
  en: {
    none: "This node has no certificate authority: `hufu ca init` makes one.",
    head: ["ROLE", "NAME", "SUITE", "STATE", "UNTIL", "KEY", "ID"],
    roles: { root: "root", intermediate: "intermediate" },
    states: { active: "in use", retired: "retired", revoked: "revoked" },
    hasKey: "at hand",
    noKey: "not at hand",
    reached: "reached at",
    accounts: "accounts",
    revoked: "revoked certificates",
    next: [
      "For whoever verifies: `hufu ca bundle`, `hufu ca crl`",
      "For an agent: `hufu ca account AGENT` (ACME), or `hufu ca issue AGENT --csr FILE`",
    ],
  },
  zh: {
    none: "本节点尚无证书机构：`hufu ca init` 可建立。",
    head: ["角色", "名称", "密码套件", "状态", "有效至", "密钥", "标识"],
    roles: { root: "根", intermediate: "中间" },
    states: { active: "使用中", retired: "已退役", revoked: "已吊销" },
    hasKey: "在本机",
    noKey: "不在本机",
    reached: "访问地址",
    accounts: "账户",
    revoked: "已吊销的证书",
    next: [
      "供验证者使用：`hufu ca bundle`、`hufu ca crl`",
      "为智能体签发：`hufu ca account 智能体`（ACME），或 `hufu ca issue 智能体 --csr 文件`",
    ],
  },
} as const

/** The certificate authority, an authority on a line; their certificates are with --json. */
export function caLines({ url, authorities, accounts, revoked }: CaReport, language: Language): string[] {
  const say = words[language]
  if (authorities.length === 0) return [asCalled(say.none)]
  return [
    ...table(
      say.head,
      authorities.map(({ role, name, suite, state, until, hasKey, id }) => [
        say.roles[role],
        name,
        suite,
        say.states[state],
        sayTime(until),
        hasKey ? say.hasKey : say.noKey,
        id,
      ]),
    ),
    `${say.reached}: ${url}`,
    `${say.accounts}: ${accounts}`,
    `${say.revoked}: ${revoked}`,
    ...say.next.map((line) => asCalled(line)),
  ]
}
