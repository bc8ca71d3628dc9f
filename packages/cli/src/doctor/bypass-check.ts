import type { ClientId } from "@hufu/server/fence/ground/connectable-clients"
import { type ClientLook, lookAtClients } from "../connect/look-at-clients.ts"
import { fine, type Finding, warning } from "./finding.ts"

/** What an agent in a client can do by the client's own tools, which no guard stands before. */
const ownPowers: Partial<Record<ClientId, { readonly en: string; readonly zh: string }>> = {
  "claude-code": { en: "run commands, edit files and fetch pages", zh: "执行命令、修改文件、获取网页" },
  cursor: { en: "run commands and edit files", zh: "执行命令、修改文件" },
  vscode: { en: "run commands and edit files", zh: "执行命令、修改文件" },
}

/** Which powers of the clients that are here go around Hufu: their own tools, and tool servers without a guard. */
export function checkBypasses(looks: readonly ClientLook[] = lookAtClients()): Finding[] {
  const found = looks.filter(({ state }) => state !== "missing")
  if (found.length === 0)
    return [
      fine("bypass", {
        en: "No configuration of a client that Hufu knows is here",
        zh: "未发现虎符所知客户端的配置",
      }),
    ]
  const clients = [...new Set(found.map(({ client }) => client))]
  return [...found.flatMap(ofFile), ...clients.flatMap(ofClient)]
}

function ofFile({ client, file, state, open, guarded, detail }: ClientLook): Finding[] {
  if (state === "unreadable")
    return [
      warning(
        "bypass",
        {
          en: `\`${file}\` cannot be read, so what goes around Hufu there is unknown: ${detail ?? ""}`,
          zh: `无法读取 \`${file}\`，无从得知有哪些绕过：${detail ?? ""}`,
        },
        { en: "mend the file, then run hufu doctor again", zh: "修复该文件后再次运行 hufu doctor" },
      ),
    ]
  if (open.length > 0)
    return [
      warning(
        "bypass",
        {
          en: `${client} reaches ${open.length} tool servers without Hufu (${open.join("; ")}) in \`${file}\``,
          zh: `${client} 有 ${open.length} 个工具服务器未经虎符（${open.join("；")}），见 \`${file}\``,
        },
        { en: `hufu connect ${client}`, zh: `hufu connect ${client}` },
      ),
    ]
  if (guarded.length === 0) return []
  return [
    fine("bypass", {
      en: `All ${guarded.length} tool servers of ${client} in \`${file}\` stand behind a guard`,
      zh: `\`${file}\` 中 ${client} 的 ${guarded.length} 个工具服务器均在守卫之后`,
    }),
  ]
}

function ofClient(client: string): Finding[] {
  const powers = Object.entries(ownPowers).find(([id]) => id === client)?.[1]
  if (powers === undefined) return []
  return [
    warning(
      "bypass",
      {
        en: `${client} itself can ${powers.en}, and none of it passes through Hufu`,
        zh: `${client} 自身可以${powers.zh}，均不经过虎符`,
      },
      {
        en: "deny these in the client's own permissions, or run it in a sandbox or under another account",
        zh: "在客户端自身的权限中禁用，或在沙箱、其他账户中运行",
      },
    ),
  ]
}
