import type { Command } from "../command/command.ts"

export const replayCommand: Command = {
  name: "replay",
  en: "Decide past actions again under other rules, and show which verdicts would change; exit code 1 when the record contradicts itself",
  zh: "以另一套规则重新裁定以往的行为，显示哪些裁定会改变；记录自相矛盾时退出码为 1",
  flags: {
    rules: {
      type: "string",
      multiple: true,
      value: "FILE",
      en: "instead of the configured files of rules; may be repeated (the rules in force)",
      zh: "用以替代配置中的规则文件，可重复（默认为生效规则）",
    },
    from: {
      type: "string",
      value: "TIME",
      en: "not older: `2h` ago, or a date",
      zh: "不早于：`2h` 前，或日期",
    },
    to: { type: "string", value: "TIME", en: "not younger", zh: "不晚于" },
    limit: {
      type: "string",
      value: "N",
      en: "stop after so many changed verdicts (10000)",
      zh: "改变的裁定达到此数即停止（10000）",
    },
  },
  load: async () => (await import("./replay.ts")).replay,
}
