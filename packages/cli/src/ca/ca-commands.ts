import { type Command, secretFlag } from "../command/command.ts"

/** What of the certificate authority is more than one row of the contract. */
export const caCommands: readonly Command[] = [
  {
    name: "ca issue",
    takes: "AGENT",
    en: "Issue a certificate to an agent for a request in PEM, and print it with what signed it",
    zh: "按 PEM 格式的请求向智能体签发证书，并输出证书及其签发链",
    flags: {
      csr: {
        type: "string",
        value: "FILE",
        en: "the certificate request (needed); `-` is standard input",
        zh: "证书请求（必填）；`-` 为标准输入",
      },
      usage: {
        type: "string",
        value: "client|server",
        en: "what it is for (client)",
        zh: "用途（client）",
      },
      days: { type: "string", value: "N", en: "how long it holds (49)", zh: "有效天数（49）" },
      dns: {
        type: "string",
        multiple: true,
        value: "NAME",
        en: "a name that the agent is reached by; may be repeated",
        zh: "访问该智能体所用的名称，可重复",
      },
      ip: {
        type: "string",
        multiple: true,
        value: "ADDRESS",
        en: "an address that it is reached by; may be repeated",
        zh: "访问该智能体所用的地址，可重复",
      },
      ...secretFlag,
    },
    load: async () => (await import("./ca-issue.ts")).caIssue,
  },
]
