import type { Command } from "../command/command.ts"
import { passphraseFlag } from "../keys/passphrase-flag.ts"

/** `hufu serve` as the help shows it. */
export const serveCommand: Command = {
  name: "serve",
  en: "Run a node in this terminal",
  zh: "在此终端运行节点",
  flags: {
    host: {
      type: "string",
      value: "ADDRESS",
      en: "address to listen on (127.0.0.1)",
      zh: "监听地址（127.0.0.1）",
    },
    port: {
      type: "string",
      value: "PORT",
      en: "port to listen on (7180); 0 takes a free one",
      zh: "监听端口（7180），0 为任意空闲端口",
    },
    expose: {
      type: "boolean",
      en: "accept an address that other machines reach: unencrypted, so put TLS in front of it",
      zh: "允许监听其他机器可访问的地址：明文传输，请在前面加 TLS",
    },
    "idle-exit": {
      type: "string",
      value: "SECONDS",
      en: "exit when no agent was connected for so long",
      zh: "无智能体连接达到该秒数后退出",
    },
    "any-port": {
      type: "boolean",
      en: "take a free port when the port is in use",
      zh: "端口被占用时改用空闲端口",
    },
    "started-by": {
      type: "string",
      value: "guard|command",
      en: "what starts it, for `hufu status` (serve)",
      zh: "由何者启动，供 `hufu status` 显示（serve）",
    },
    ...passphraseFlag,
  },
  load: async () => (await import("./serve.ts")).serve,
}
