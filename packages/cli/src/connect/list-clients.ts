import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { table } from "../terminal/table.ts"
import { type ClientLook, lookAtClients } from "./look-at-clients.ts"

/** `hufu connect`: the clients that are here, and what of them goes through Hufu. */
export function listClients({ json, language }: Invocation): number {
  const looks = lookAtClients()
  if (json) {
    printJson({ items: looks })
    return exitCodes.ok
  }
  const text = texts[language]
  const found = looks.filter(({ state }) => state !== "missing")
  if (found.length === 0) printLines(text.none)
  else
    printLines(
      ...table(
        text.head,
        found.map((look) => rowOf(look, language)),
      ),
      "",
      text.next,
    )
  return exitCodes.ok
}

function rowOf({ client, file, state, guarded, open, detail }: ClientLook, language: "en" | "zh"): string[] {
  const counts =
    guarded.length + open.length === 0 ? "-" : `${guarded.length}/${guarded.length + open.length}`
  return [client, texts[language].states[state], counts, detail ?? file]
}

const texts = {
  en: {
    head: ["CLIENT", "STATE", "GUARDED", "FILE"],
    states: {
      missing: "not there",
      unreadable: "unreadable",
      empty: "no tool servers",
      open: "not connected",
      partly: "partly connected",
      connected: "connected",
    },
    none: "No client that Hufu knows has a config here. For any other: hufu connect print",
    next: "To see what would change: hufu connect CLIENT",
  },
  zh: {
    head: ["客户端", "状态", "守卫", "文件"],
    states: {
      missing: "不存在",
      unreadable: "无法读取",
      empty: "没有工具服务器",
      open: "未接入",
      partly: "部分接入",
      connected: "已接入",
    },
    none: "本机没有虎符认识的客户端配置。其他客户端：hufu connect print",
    next: "查看将作的修改：hufu connect CLIENT",
  },
} as const
