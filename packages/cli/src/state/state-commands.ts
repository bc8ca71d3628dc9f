import { type Command, secretFlag } from "../command/command.ts"
import { passphraseFlag } from "../keys/passphrase-flag.ts"

/** What follows from the ledger alone. */
export const stateCommands: readonly Command[] = [
  {
    name: "state rebuild",
    en: "Make every record again from the ledger and say where the tables differ, while the node runs or not; exit code 6 when they do",
    zh: "从账本重建全部记录并指出数据表的不符之处，节点运行与否均可；不符时退出码为 6",
    flags: {
      write: {
        type: "boolean",
        en: "bring the tables to what the ledger says, while the node is stopped; what does not only narrow needs the person",
        zh: "在节点停止时把数据表改回账本所述；并非仅收紧权限的改动须由委托人进行",
      },
      ...secretFlag,
      ...passphraseFlag,
    },
    load: async () => (await import("./state-rebuild.ts")).stateRebuild,
  },
  {
    name: "state at",
    takes: "TIME|INDEX",
    en: "Say what was known and in force at a moment, from the ledger alone: agents, mandates, rules, servers",
    zh: "仅凭账本说明某一时刻已知且生效的内容：智能体、授权、规则、工具服务器",
    flags: {
      agent: { type: "string", value: "AGENT", en: "only this agent", zh: "仅该智能体" },
      ...passphraseFlag,
    },
    more: {
      en: "TIME is a date with its zone, such as `2026-12-31T18:00:00+08:00`; INDEX is the number of an entry: what held right after it.",
      zh: "TIME 为带时区的日期，如 `2026-12-31T18:00:00+08:00`；INDEX 为条目序号：该条目写入之后的状态。",
    },
    load: async () => (await import("./state-at.ts")).stateAtCommand,
  },
]
