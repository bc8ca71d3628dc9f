import type { Flags } from "../command/command.ts"

/** The simple flags that make or narrow a mandate; `--file` says everything else. */
export const mandateFlags: Flags = {
  file: {
    type: "string",
    value: "FILE",
    en: "read the whole mandate as JSON; `-` is standard input",
    zh: "从文件读取完整授权（JSON）；`-` 为标准输入",
  },
  effects: { type: "string", value: "read,write", en: "what it may do", zh: "允许的行为类别" },
  tools: { type: "string", value: "fs/*,mail/send", en: "with which tools", zh: "允许的工具" },
  path: {
    type: "string",
    multiple: true,
    value: "/ARGUMENT=/DIR",
    en: "an argument that has to be a path under a folder; may be repeated",
    zh: "某参数必须是该目录下的路径，可重复",
  },
  ask: { type: "boolean", en: "ask each time", zh: "每次询问" },
  until: { type: "string", value: "2h", en: "until when (24h)", zh: "有效期（24h）" },
  count: { type: "string", value: "N", en: "how many calls in all", zh: "总调用次数" },
  task: { type: "string", value: "TASK", en: "only for this task", zh: "仅限此任务" },
  otherwise: {
    type: "string",
    value: "ask|deny",
    en: "what happens to everything else (ask)",
    zh: "其余行为如何处理（ask）",
  },
  words: { type: "string", value: "TEXT", en: "in your own words", zh: "您的原话" },
}

/** What says which part is passed on; the task is the receiving agent's. */
export const passFlags: Flags = {
  ...mandateFlags,
  file: {
    type: "string",
    value: "FILE",
    en: "read the part that is passed on as JSON; `-` is standard input",
    zh: "从文件读取所转授的部分（JSON）；`-` 为标准输入",
  },
  until: {
    type: "string",
    value: "2h",
    en: "until when, at most as long as the mandate",
    zh: "有效期，不长于原授权",
  },
  count: { type: "string", value: "N", en: "how many calls of it in all", zh: "其中的总调用次数" },
  task: {
    type: "string",
    value: "TASK",
    en: "for this task of the receiving agent (its task of this moment)",
    zh: "用于接收方的此任务（默认为其当前任务）",
  },
  words: { type: "string", value: "TEXT", en: "what it is for", zh: "用途说明" },
}
