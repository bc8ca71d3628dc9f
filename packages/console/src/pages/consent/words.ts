import { bilingual } from "../../words/bilingual.ts"

export const consentWords = bilingual(
  {
    title: "A client asks to be let in",
    under: "Nothing of this is let in before you say so, and you can end it at any time on the agent's page.",
    client: "Client",
    nameless: "it gives no name",
    known: {
      registration: "It says this of itself; nobody has checked it.",
      document: "It says this of itself at the address below, and whoever has that address stands for it.",
    },
    id: "Its id",
    returnsTo: "You are sent back to",
    server: "To",
    everyServer: "all tool servers, also those that you add later",
    wants: "It may",
    scopes: {
      "tools:read": "see the tools and use those that only read or compute",
      "tools:act": "also use tools that change something: write, send, pay, run",
    },
    nothing: "nothing that there is here: begin again in the client",
    mandates:
      "This is the most that it may do. What it really may, what asks you and what never happens is said by the mandates of the agent and by the rules.",
    as: "Let it in as",
    newAgent: "a new agent",
    name: "Name of the new agent",
    nameBad: "This is not a name that an agent can have.",
    nameHelp:
      "1 to 63 of a–z, 0–9, dot, dash and underscore. It begins without a mandate: whatever it tries is denied.",
    already: (name: string) => `It is let in as ${name} already. If you choose another agent, that ends.`,
    allow: "Let it in",
    refuse: "Refuse",
    going: "Going back to the client …",
    absent: {
      title: "This question is over",
      what: "It was answered, or ten minutes have passed. Begin again in the client.",
    },
  },
  {
    title: "有客户端请求进入",
    under: "在您同意之前，什么都不会放行；之后可随时在该智能体的页面上终止。",
    client: "客户端",
    nameless: "未给出名称",
    known: {
      registration: "以上为其自称，无人核实。",
      document: "以上为其在下列地址的自称，由该地址的持有者负责。",
    },
    id: "其标识",
    returnsTo: "之后将返回",
    server: "访问",
    everyServer: "全部工具服务器，包括以后添加的",
    wants: "可以",
    scopes: {
      "tools:read": "查看工具，并使用仅读取或计算的工具",
      "tools:act": "还可使用会产生改变的工具：写入、发送、支付、执行",
    },
    nothing: "所求在此均不存在：请在客户端中重新开始",
    mandates: "这是它至多可做的事。实际可做什么、什么须问您、什么绝不发生，由该智能体的授权与规则决定。",
    as: "放行身份",
    newAgent: "新的智能体",
    name: "新智能体的名称",
    nameBad: "智能体不能使用此名称。",
    nameHelp: "由 1 至 63 个 a–z、0–9、点、连字符或下划线组成。起初没有授权：其一切尝试都会被拒绝。",
    already: (name: string) => `它已作为 ${name} 进入。若选择其他智能体，原有的即告终止。`,
    allow: "放行",
    refuse: "拒绝",
    going: "正在返回客户端……",
    absent: {
      title: "此请求已结束",
      what: "可能已答复，或已超过十分钟。请在客户端中重新开始。",
    },
  },
)
