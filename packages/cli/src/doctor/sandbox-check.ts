import { bubblewrap } from "@hufu/server/gateway/mcp/upstream/sandbox"
import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

/** Whether tool servers that are commands see Hufu's own data and other processes. */
export function checkSandbox({ config }: Pick<Examination, "config">): Finding[] {
  if (config instanceof Error) return []
  const mode = config.upstream.sandbox
  if (mode !== "off" && bubblewrap() !== undefined)
    return [
      fine("sandbox", {
        en: "Tool servers that are commands see neither Hufu's own data nor other processes (bubblewrap)",
        zh: "以命令启动的工具服务器看不到虎符自身的数据与其他进程（bubblewrap）",
      }),
    ]
  if (mode === "required")
    return [
      fault(
        "sandbox",
        {
          en: "No tool server that is a command starts: there is no sandbox",
          zh: "以命令启动的工具服务器均不会启动：没有沙箱",
        },
        {
          en: "install bubblewrap, or set `upstream.sandbox` to `auto` in the configuration",
          zh: "安装 bubblewrap，或在配置中将 `upstream.sandbox` 设为 `auto`",
        },
      ),
    ]
  return [
    warning(
      "sandbox",
      {
        en: "Tool servers that are commands have all powers of this account, and can read Hufu's own data",
        zh: "以命令启动的工具服务器拥有本账户的全部权限，能读取虎符自身的数据",
      },
      mode === "off"
        ? {
            en: "set `upstream.sandbox` to `auto` in the configuration",
            zh: "在配置中将 `upstream.sandbox` 设为 `auto`",
          }
        : process.platform === "linux"
          ? {
              en: "install bubblewrap (the package `bubblewrap`)",
              zh: "安装 bubblewrap（软件包 `bubblewrap`）",
            }
          : {
              en: "run the node under an account of its own, or its tool servers elsewhere, over HTTP",
              zh: "以独立账户运行节点，或在别处运行工具服务器并经 HTTP 访问",
            },
    ),
  ]
}
