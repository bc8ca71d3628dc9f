import type { Command, Flag } from "../command/command.ts"

const folder: Flag = {
  type: "string",
  value: "DIR",
  en: "the witness's own folder (the data folder's name with -witness)",
  zh: "见证方自己的目录（默认为数据目录名加 -witness）",
}
const name: Flag = {
  type: "string",
  value: "NAME",
  en: "under which name a new witness signs",
  zh: "新见证方的署名",
}
const mlDsa: Flag = {
  type: "boolean",
  en: "cosign by ML-DSA-44 too, from now on",
  zh: "此后同时以 ML-DSA-44 联署",
}

/** Watching other logs. */
export const witnessCommands: readonly Command[] = [
  {
    name: "witness serve",
    en: "Run a witness: it cosigns what the logs it watches become, and refuses forks and rollbacks",
    zh: "运行见证方：为所见证的账本联署，拒绝分叉与回滚",
    flags: {
      folder,
      name,
      "ml-dsa": mlDsa,
      host: {
        type: "string",
        value: "ADDRESS",
        en: "address to listen on (127.0.0.1)",
        zh: "监听地址（127.0.0.1）",
      },
      port: {
        type: "string",
        value: "PORT",
        en: "port to listen on (7190); 0 takes a free one",
        zh: "监听端口（7190），0 为任意空闲端口",
      },
      expose: {
        type: "boolean",
        en: "others may reach this witness",
        zh: "允许其他机器访问该见证方",
      },
    },
    load: async () => (await import("./witness-serve.ts")).witnessServe,
  },
  {
    name: "witness add",
    takes: "VKEY",
    en: "Watch the log of this key, or take one more key of a log that is watched",
    zh: "见证该公钥的账本，或为已见证的账本增加一个公钥",
    flags: { folder },
    load: async () => (await import("./witness-logs.ts")).witnessAdd,
  },
  {
    name: "witness forget",
    takes: "ORIGIN",
    en: "No longer watch a log, and forget what was cosigned of it",
    zh: "不再见证某账本，并忘记已联署的内容",
    flags: { folder },
    load: async () => (await import("./witness-logs.ts")).witnessForget,
  },
  {
    name: "witness list",
    en: "Show the logs that the witness watches and what it cosigned last",
    zh: "列出所见证的账本及最近联署的规模",
    flags: { folder },
    load: async () => (await import("./witness-logs.ts")).witnessList,
  },
  {
    name: "witness key",
    en: "Show the witness's public keys; makes them if it has none",
    zh: "显示见证方公钥；没有则生成",
    flags: { folder, name, "ml-dsa": mlDsa },
    load: async () => (await import("./witness-logs.ts")).witnessKey,
  },
]
