import type { Command } from "../command/command.ts"

/** Starting a node with the person's session. */
export const serviceCommands: readonly Command[] = [
  {
    name: "service install",
    en: "Start the node with your session: a systemd user unit, a launchd agent or a Windows task",
    zh: "让节点随您的会话启动：systemd 用户单元、launchd 代理或 Windows 任务",
    flags: {
      print: { type: "boolean", en: "only show the entry", zh: "仅显示条目内容" },
    },
    load: async () => (await import("./service.ts")).serviceInstall,
  },
  {
    name: "service remove",
    en: "Take the autostart away and stop its node; the data stays",
    zh: "移除自启动并停止其节点，数据保留",
    flags: {},
    load: async () => (await import("./service.ts")).serviceRemove,
  },
  {
    name: "service status",
    en: "Say whether the autostart is installed and runs; exit code 1 when not",
    zh: "显示自启动是否已安装并运行；否则退出码为 1",
    flags: {},
    load: async () => (await import("./service.ts")).serviceStatus,
  },
]
