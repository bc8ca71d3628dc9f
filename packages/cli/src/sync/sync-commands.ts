import { type Command, secretFlag } from "../command/command.ts"

/** Registries that mirror each other, and many registrations at once. */
export const syncCommands: readonly Command[] = [
  {
    name: "registry sync",
    takes: "[list|add URL|trust PEER|remove PEER|now PEER]",
    en: "Mirror the approved registrations of other registries, and say how far each is",
    zh: "镜像其他登记平台的已批准登记，并说明各自进度",
    flags: {
      key: {
        type: "string",
        value: "VKEY",
        en: "for `add`: the key of the other's ledger; without it the one that it shows now is kept; for `trust`: its new key, where it has another one",
        zh: "用于 `add`：对方账本的公钥；未给出则固定其当前出示的公钥；用于 `trust`：对方更换后的新公钥",
      },
      ...secretFlag,
    },
    more: {
      en: "A node of Hufu is believed as far as its ledger proves what it says. One that forks or rolls back its ledger is refused by name, until a person believes it again with `trust`.",
      zh: "对虎符节点，仅采信其账本所能证明的内容；账本分叉或回滚的节点会被指名拒绝，直到有人以 `trust` 重新信任它。",
    },
    load: async () => (await import("./registry-sync.ts")).registrySync,
  },
  {
    name: "registration load",
    takes: "FILE",
    en: "Register many agents from a file with one registration in JSON on each line",
    zh: "从文件批量登记智能体，每行一份 JSON 登记",
    flags: {
      approve: {
        type: "boolean",
        en: "approve each at once: you have reviewed them",
        zh: "立即批准每一份：您已审核",
      },
      ...secretFlag,
    },
    load: async () => (await import("./load-registrations.ts")).loadRegistrations,
  },
]
