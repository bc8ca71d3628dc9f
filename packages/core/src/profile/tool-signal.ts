import { z } from "zod"

/** What was noticed in a tool's definition, or about it among the tools of other servers: a reason to look at it. */
export const toolSignals = {
  instruction: {
    en: "its definition tells the agent what to do apart from using it",
    zh: "其定义指示智能体去做使用该工具之外的事",
  },
  hidden_text: {
    en: "its definition has characters that nobody sees, or letters that look like others",
    zh: "其定义含有看不见的字符，或形近的字母",
  },
  other_tool: {
    en: "its definition speaks of a tool of another server",
    zh: "其定义提到了另一服务器的工具",
  },
  same_name: {
    en: "another server has a tool of the same name",
    zh: "另一服务器有同名工具",
  },
  look_alike: {
    en: "its name looks like that of another server's tool",
    zh: "其名称与另一服务器的工具相似",
  },
} as const

export const ToolSignal = z.enum(["instruction", "hidden_text", "other_tool", "same_name", "look_alike"])
export type ToolSignal = z.infer<typeof ToolSignal>
