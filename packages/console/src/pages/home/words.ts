import { bilingual } from "../../words/bilingual.ts"
import { plural, sayNumber } from "../../words/format.ts"

const zhNumber = (count: number) => sayNumber(count, "zh")

/** What the first page says. */
export const words = bilingual(
  {
    now: "What needs you now",
    quiet: {
      title: "Nothing needs you",
      what: "Agents act within their mandates. What they may not do alone will wait here.",
    },
    nobody: {
      title: "Nobody can approve yet",
      what: "Until this node has a person, whatever has to be asked about is refused when its time is up.",
    },
    stopped: "Everything is stopped. No agent acts until you lift the stop.",
    unknown: {
      title: "Outcome unknown",
      what: "The connection was lost while these were performed. Look at the other side before anybody tries again.",
    },
    failed: {
      title: "Delegations that failed",
      what: "What agents asked of others within a day and did not get. Nothing was asked twice.",
      asked: (agent: string, partner: string) => `${agent} asked ${partner}`,
      partner: "the partner says that it failed",
    },
    waiting: (count: number) => plural(count, "# action waits for you", "# actions wait for you"),
    all: "All approvals",
    left: "Time left",
    facts: (agents: number, servers: number, entries: number) =>
      `${plural(agents, "# agent", "# agents")}, ${plural(servers, "# tool server", "# tool servers")}, ${plural(entries, "# ledger entry", "# ledger entries")}`,
    first: {
      title: "First steps",
      progress: (done: number, of: number) => `${done} of ${of}`,
      done: "done",
      open: "to do",
      person: {
        title: "Be the person who decides",
        what: "A passkey, or a terminal secret.",
        go: "Make a passkey",
      },
      server: {
        title: "Put a tool server behind Hufu",
        what: "Lists the clients on this computer, and puts their tool servers behind Hufu:",
        command: "hufu connect",
      },
      agent: { title: "See your agent", what: "It appears when its client starts." },
      allowed: { title: "See a call allowed", what: "Ask your agent to read something." },
      decided: { title: "Decide once", what: "Ask your agent to write something; it waits here for you." },
      verified: {
        title: "Verify a receipt",
        what: "Anybody can, without trusting this node:",
        go: "Here, with the last action allowed",
        command: "hufu verify FILE",
      },
    },
    demo: {
      title: "See it happen first",
      what: "A letter misleads an agent into sending your notes to a stranger, and Hufu stops it, with real tool servers on this computer. It runs in a terminal:",
      command: "hufu demo",
    },
    recent: { title: "Recent actions", none: "No agent has acted yet." },
  },
  {
    now: "现在需要您的事",
    quiet: { title: "没有需要您处理的事", what: "智能体都在授权范围内行动。不能自主进行的事会在这里等待。" },
    nobody: {
      title: "尚无人可以批准",
      what: "在此节点有委托人之前，凡须询问的行为，期限一到即被拒绝。",
    },
    stopped: "已全部停止。在您解除之前，任何智能体都不能行动。",
    unknown: { title: "结果未知", what: "执行期间连接中断。再次尝试之前，请先到对方系统核实。" },
    failed: {
      title: "失败的委派",
      what: "一天之内智能体委派他方而未得到结果的事项。没有任何委派被重复提出。",
      asked: (agent: string, partner: string) => `${agent} 委派 ${partner}`,
      partner: "协作方称其失败",
    },
    waiting: (count: number) => `${zhNumber(count)} 个行为等待您决定`,
    all: "全部待批",
    left: "剩余时间",
    facts: (agents: number, servers: number, entries: number) =>
      `${zhNumber(agents)} 个智能体，${zhNumber(servers)} 个工具服务器，${zhNumber(entries)} 条账本条目`,
    first: {
      title: "开始使用",
      progress: (done: number, of: number) => `${done} / ${of}`,
      done: "已完成",
      open: "待完成",
      person: { title: "成为作决定的人", what: "使用通行密钥或终端口令。", go: "创建通行密钥" },
      server: {
        title: "把工具服务器置于虎符之后",
        what: "列出本机的客户端，并将其工具服务器置于虎符之后：",
        command: "hufu connect",
      },
      agent: { title: "看到您的智能体", what: "客户端启动后，它就会出现。" },
      allowed: { title: "看到一次被允许的调用", what: "让智能体读取一些内容。" },
      decided: { title: "作出一次决定", what: "让智能体写入一些内容，它会在这里等您。" },
      verified: {
        title: "验证一份回执",
        what: "任何人都可以验证，无需信任本节点：",
        go: "在此验证最近一次被允许的行为",
        command: "hufu verify FILE",
      },
    },
    demo: {
      title: "先看一次演示",
      what: "一封信误导智能体，要它把您的笔记发给陌生人，而虎符拦下了它。演示使用本机上真实的工具服务器，在终端运行：",
      command: "hufu demo",
    },
    recent: { title: "最近的行为", none: "还没有智能体行动过。" },
  },
)
