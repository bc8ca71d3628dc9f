import { bilingual } from "../words/bilingual.ts"

/** What the pages about signing in say. */
export const words = bilingual(
  {
    title: "Open the console from a terminal",
    what: "This browser has not been let in yet. Run this on the computer where the node runs, and open the link that it prints. The link works once, for five minutes.",
    why: "The link lets this browser look and stop things. Approving asks for your passkey or your secret as well: whoever can run commands here, an agent too, could get such a link.",
    exchanging: "Opening the console …",
    byPasskey: "If you have a passkey for this node, it lets you in as well.",
    usePasskey: "Sign in with a passkey",
    asOrganisation: "Sign in as an organisation",
    first: {
      title: "Make this your passkey",
      what: "Nobody can approve anything on this node yet. Whoever makes the first passkey becomes its person: the one who decides what agents may do.",
      means: [
        "Your device or security key keeps the passkey and asks for your finger, face or PIN each time. Hufu keeps only the public half.",
        "An agent that can run commands on this computer cannot use it.",
        "If you lose it and have no other passkey and no terminal secret, nobody can approve on this node any more. Add a second one, or a secret, soon.",
      ],
      name: "A name, to tell it from others",
      suggested: "My first passkey",
      make: "Make the passkey",
      later: "Later; only look for now",
      terminal: "Or choose a terminal secret instead:",
      refused: "No passkey was made.",
      exists: "This node has a person already.",
      home: "To the home page",
    },
  },
  {
    title: "请从终端打开控制台",
    what: "此浏览器尚未获准进入。请在运行节点的计算机上执行以下命令，并打开它打印的链接。链接仅可使用一次，五分钟内有效。",
    why: "该链接让此浏览器可以查看和停止。批准时还会要求您的通行密钥或口令，因为任何能在此执行命令的程序（包括智能体）都能得到这样的链接。",
    exchanging: "正在打开控制台……",
    byPasskey: "如果您在此节点已有通行密钥，也可用它进入。",
    usePasskey: "用通行密钥登录",
    asOrganisation: "机构登录",
    first: {
      title: "创建您的通行密钥",
      what: "此节点尚无人可以批准。谁创建第一把通行密钥，谁就成为该节点的委托人，即决定智能体可以做什么的人。",
      means: [
        "通行密钥保存在您的设备或安全密钥中，每次使用都会要求您的指纹、面容或 PIN。虎符只保存公开的一半。",
        "能在这台计算机上执行命令的智能体无法使用它。",
        "如果它丢失，而您又没有其他通行密钥或终端口令，此节点就再也无人可以批准。请尽快再添加一把，或设置口令。",
      ],
      name: "名称，便于区分",
      suggested: "我的第一把通行密钥",
      make: "创建通行密钥",
      later: "以后再说，先只查看",
      terminal: "或改为设置终端口令：",
      refused: "未创建通行密钥。",
      exists: "此节点已有委托人。",
      home: "回到首页",
    },
  },
)
