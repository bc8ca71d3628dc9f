import type { ConnectableClient } from "@hufu/server/fence/ground/connectable-clients"
import type { Invocation } from "../command/command.ts"
import { hasHookCredential } from "../hook/hook-credential.ts"
import { printJson, printLines } from "../terminal/print.ts"
import type { ChangedFile, PlannedFile, PlannedServer, Registered } from "./plan-file.ts"
import { leftBecause } from "./read-entry.ts"
import { showChange } from "./show-change.ts"

/** What happens, or happened, to one tool server. */
export interface ServerReport {
  readonly server: string
  readonly state: "guard" | "guarded" | "left"
  readonly name: string | undefined
  readonly why: { readonly en: string; readonly zh: string } | undefined
  readonly vault: readonly string[]
  readonly stays: readonly string[]
}

/** What happens, or happened, to one file. */
export interface FileReport {
  readonly file: string
  readonly state: "changed" | "same"
  readonly isProject: boolean
  readonly difference: readonly string[]
  readonly servers: readonly ServerReport[]
  readonly hook: boolean
}

/** Sums one file up for the person. */
export function reportOf(
  { place, file, servers }: PlannedFile,
  { changes }: ChangedFile,
  told: (server: PlannedServer) => Registered,
): FileReport {
  return {
    file: file.path,
    state: changes.length > 0 ? "changed" : "same",
    isProject: place.base === "project",
    difference: changes.flatMap(showChange),
    servers: servers.map((server) => serverReport(server, told(server))),
    hook: place.holds === "hooks",
  }
}

function serverReport({ placed, entry, vault, stays }: PlannedServer, told: Registered): ServerReport {
  const base = { server: placed.pointer.join(" › "), name: undefined, why: undefined, vault: [], stays: [] }
  if (entry.kind === "guarded") return { ...base, state: "guarded" }
  if (entry.kind === "left") return { ...base, state: "left", why: leftBecause[entry.why] }
  if ("refused" in told) return { ...base, state: "left", why: { en: told.refused, zh: told.refused } }
  return { ...base, state: "guard", name: told.name, vault, stays }
}

interface Connected {
  readonly client: ConnectableClient
  readonly agent: string
  readonly written: boolean
  readonly reports: readonly FileReport[]
}

/** Shows what `hufu connect CLIENT` changed, or would. */
export function showConnected(connected: Connected, { json, language, dataFolder }: Invocation): void {
  const { client, agent, written, reports } = connected
  const next = nextSteps(connected, language, dataFolder)
  if (json) return printJson({ client: client.id, agent, written, items: reports, next })
  const text = texts[language]
  if (reports.length === 0) return printLines(text.notFound(client.name))
  for (const report of reports) {
    printLines(`${report.file}: ${text.states[report.state](report, written)}`)
    printLines(...report.difference.map((line) => `  ${line}`))
    printLines(...report.servers.flatMap((server) => noteOn(server, language)).map((line) => `  ${line}`))
    if (report.isProject && report.state === "changed") printLines(`  ${text.shared}`)
  }
  printLines("", ...next)
}

function noteOn(
  { server, state, why, vault, stays }: ServerReport,
  language: Invocation["language"],
): string[] {
  const text = texts[language]
  if (state === "left") return [text.left(server, why?.[language] ?? "")]
  return [
    ...(vault.length > 0 ? [text.vault(server, vault.join(", "))] : []),
    ...(stays.length > 0 ? [text.stays(server, stays.join(", "))] : []),
  ]
}

function nextSteps(
  { client, agent, written, reports }: Connected,
  language: Invocation["language"],
  dataFolder: string,
): string[] {
  const text = texts[language]
  const isChanged = reports.some(({ state }) => state === "changed")
  if (!isChanged) return [text.nothing]
  if (!written) return [text.write(client.id)]
  const needsHook = reports.some(({ hook }) => hook) && !hasHookCredential(dataFolder, agent)
  return [text.restart(client.name), ...(needsHook ? [text.hook(agent)] : []), text.back(client.id)]
}

const texts = {
  en: {
    states: {
      changed: (_: FileReport, written: boolean) => (written ? "changed" : "would change like this"),
      same: ({ servers, hook }: FileReport) =>
        hook ? "the hook is there already" : servers.length === 0 ? "no tool servers" : "nothing to change",
    },
    notFound: (name: string) =>
      `No config of ${name} was found on this machine: start ${name} once, then try again.`,
    left: (server: string, why: string) => `! ${server} stays as it is and goes around Hufu: ${why}.`,
    vault: (server: string, names: string) =>
      `* ${server}: the vault takes ${names}; the client's config no longer holds it.`,
    stays: (server: string, names: string) =>
      `! ${server}: ${names} stays in the config, because what it is for depends on the client's own variables or folder.`,
    shared:
      "! This file belongs to a project. What is written here works on this machine alone: do not share it.",
    nothing: "Nothing was changed: there is nothing to put behind a guard.",
    write: (id: string) => `Nothing was changed. To do it: hufu connect ${id} --write`,
    restart: (name: string) => `Restart ${name}: it reads its config at the start.`,
    hook: (agent: string) =>
      `For your own words to count, once the client has started: hufu hook claude-code --issue --agent ${agent}`,
    back: (id: string) => `To put everything back: hufu disconnect ${id}`,
  },
  zh: {
    states: {
      changed: (_: FileReport, written: boolean) => (written ? "已修改" : "将作如下修改"),
      same: ({ servers, hook }: FileReport) =>
        hook ? "已有钩子" : servers.length === 0 ? "没有工具服务器" : "无需修改",
    },
    notFound: (name: string) => `本机未找到 ${name} 的配置：请先启动一次 ${name} 再试。`,
    left: (server: string, why: string) => `! ${server} 保持原样，会绕过虎符：${why}。`,
    vault: (server: string, names: string) => `* ${server}：${names} 存入保险库，不再留在客户端配置中。`,
    stays: (server: string, names: string) =>
      `! ${server}：${names} 仍留在配置中，因为其用途取决于客户端自己的变量或目录。`,
    shared: "! 此文件属于项目，写入的内容只在本机有效：请勿分享。",
    nothing: "未作修改：没有需要置于守卫之后的工具服务器。",
    write: (id: string) => `未作修改。执行：hufu connect ${id} --write`,
    restart: (name: string) => `请重新启动 ${name}：它在启动时读取配置。`,
    hook: (agent: string) =>
      `要让您的原话生效，请在客户端启动后运行：hufu hook claude-code --issue --agent ${agent}`,
    back: (id: string) => `恢复原状：hufu disconnect ${id}`,
  },
} as const
