import { bilingual } from "../words/bilingual.ts"

/** What the pages about signing in say. */
export const words = bilingual(
  {
    title: "Open the console from a terminal",
    what: "This browser has not been let in yet. Run this on the computer where the node runs, and open the link that it prints. The link works once, for five minutes.",
    why: "The link lets this tab look and stop things. Approving always asks for your passkey or your secret: whoever can run commands here, an agent too, could get such a link.",
  },
  {
    title: "请从终端打开控制台",
    what: "此浏览器尚未获准进入。请在运行节点的计算机上执行以下命令，并打开它打印的链接。链接仅可使用一次，五分钟内有效。",
    why: "该链接让此标签页可以查看和停止。批准时总会要求您的通行密钥或口令，因为任何能在此执行命令的程序（包括智能体）都能得到这样的链接。",
  },
)
