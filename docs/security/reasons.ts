import type { Said } from "./security-row.ts"

/** Why rows of the lists cannot happen here; each is said of several. */
export const reasons = {
  noOAuth: {
    en: "Hufu is no OAuth client today: tool servers get the header that a person registered.",
    zh: "虎符目前不是 OAuth 客户端：工具服务器收到委托人登记的请求头。",
  },
  noModel: {
    en: "Hufu runs no language model and holds no prompt: what is done to a model happens in the agent's host, and counts here by what the agent then tries to do.",
    zh: "虎符不运行语言模型，也不持有提示词：对模型所做之事发生在智能体宿主中，在此只看智能体随后试图做什么。",
  },
  adversary: {
    en: "A step that an adversary takes on their own side, before anything reaches Hufu.",
    zh: "这是攻击者在自己一侧的准备步骤，尚未触及虎符。",
  },
  noSkills: {
    en: "Hufu loads, installs and runs no skills; what a skill makes an agent do passes the pipeline like everything else.",
    zh: "虎符不加载、不安装、不运行技能；技能促使智能体所做之事，与其他行为一样经过流程。",
  },
  noRag: {
    en: "Hufu keeps no index of documents for a model; what an agent reads through a tool is content that others wrote.",
    zh: "虎符不为模型建立文档索引；智能体经工具读到的，都算他人所写的内容。",
  },
} as const satisfies Readonly<Record<string, Said>>
