import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Failure } from "@hufu/core/failure"
import { vaultKeyMode } from "@hufu/server/keys/vault-key"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { type ServiceManager, serviceManager } from "./service-manager.ts"

const program = fileURLToPath(new URL("../../bin/hufu.js", import.meta.url))
const withinMs = 30_000

/** `hufu service install`: the node of this data folder starts with the person's session. */
export async function serviceInstall({ dataFolder, flags, json, language }: Invocation): Promise<number> {
  const manager = managerOf(dataFolder)
  if (flags["print"] === true) {
    process.stdout.write(manager.text.replace(/^\uFEFF/, ""))
    return exitCodes.ok
  }
  if (vaultKeyMode({ vaultKey: join(dataFolder, "keys", "vault.key") }) === "passphrase")
    throw new Failure(
      "vault_sealed",
      "nobody could be asked for the passphrase at an autostart: use `hufu keys seal --keychain` or unseal first",
    )
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  mkdirSync(dirname(manager.file), { recursive: true })
  const before = read(manager)
  writeFileSync(manager.file, manager.text, { encoding: manager.encoding, mode: 0o600 })
  const failed = manager.enable.find((command) => !run(command))
  if (failed !== undefined) {
    undo(manager, before)
    throw new Failure(
      "node_unavailable",
      `\`${failed.join(" ")}\` did not work, so nothing was installed: run it by hand to see why`,
    )
  }
  return told(manager, "installed", json, language)
}

/** `hufu service remove`: takes the entry away and stops that node; the data stays. */
export async function serviceRemove({ dataFolder, json, language }: Invocation): Promise<number> {
  const manager = managerOf(dataFolder)
  if (!existsSync(manager.file)) return told(manager, "absent", json, language)
  for (const command of manager.disable) run(command)
  rmSync(manager.file)
  if (manager.kind === "systemd") run(["systemctl", "--user", "daemon-reload"])
  return told(manager, "removed", json, language)
}

/** `hufu service status`: exit code 1 unless it is installed and runs. */
export async function serviceStatus({ dataFolder, json, language }: Invocation): Promise<number> {
  const manager = managerOf(dataFolder)
  if (!existsSync(manager.file)) told(manager, "absent", json, language)
  else if (run(manager.status)) return told(manager, "running", json, language)
  else told(manager, "idle", json, language)
  return exitCodes.failed
}

/** Whether a session would start a node of this data folder. */
export function hasService(dataFolder: string): boolean {
  return existsSync(managerOf(dataFolder).file)
}

function managerOf(dataFolder: string): ServiceManager {
  // A path that goes through a link is another name for the same folder.
  const folder = existsSync(dataFolder) ? realpathSync(dataFolder) : dataFolder
  return serviceManager({ node: process.execPath, program, dataFolder: folder })
}

function read({ file }: ServiceManager): Buffer | null {
  return existsSync(file) ? readFileSync(file) : null
}

function undo({ file }: ServiceManager, before: Buffer | null): void {
  if (before === null) rmSync(file, { force: true })
  else writeFileSync(file, before)
}

function run([command = "", ...args]: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore", timeout: withinMs, windowsHide: true }).status === 0
}

const sentences = {
  installed: {
    en: "The node starts with your session, and now. `hufu doctor` says whether it does.",
    zh: "节点将随您的会话启动，现已启动。`hufu doctor` 可确认。",
  },
  removed: {
    en: "The autostart is gone and its node is stopped; the data stays.",
    zh: "已移除自启动并停止其节点；数据保留。",
  },
  absent: { en: "There is no autostart of this data folder.", zh: "此数据目录没有自启动。" },
  running: { en: "The autostart is installed and its node runs.", zh: "自启动已安装，节点正在运行。" },
  idle: { en: "The autostart is installed, but its node does not run.", zh: "自启动已安装，但节点未运行。" },
} as const

function told(
  { kind, file }: ServiceManager,
  state: keyof typeof sentences,
  json: boolean,
  language: "en" | "zh",
): number {
  if (json) printJson({ service: kind, state, file })
  else printLines(sentences[state][language], ...(state === "absent" ? [] : [file]))
  return exitCodes.ok
}
