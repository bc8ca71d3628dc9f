import { createHash } from "node:crypto"
import { homedir, userInfo } from "node:os"
import { join } from "node:path"
import { launchdAgent, type ServiceDetails, systemdUnit, windowsTask } from "./service-text.ts"

/** How one system starts a program for its user, as data: the entry, and the commands that make it known. */
export interface ServiceManager {
  readonly kind: "systemd" | "launchd" | "windows-task"
  readonly file: string
  /** What the file says. */
  readonly text: string
  readonly encoding: "utf8" | "utf16le"
  readonly enable: readonly (readonly string[])[]
  readonly disable: readonly (readonly string[])[]
  /** Exit code 0 when it is known and runs. */
  readonly status: readonly string[]
}

interface Where {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly user: string
  readonly uid: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function here(): Where {
  const { username, uid } = userInfo()
  const domain = process.env["USERDOMAIN"]
  const user = domain === undefined ? username : `${domain}\\${username}`
  return { platform: process.platform, home: homedir(), user, uid, environment: process.env }
}

/** The autostart entry of a data folder; each folder has its own. */
export function serviceManager(details: ServiceDetails, where: Where = here()): ServiceManager {
  const name = `hufu-${createHash("sha256").update(details.dataFolder).digest("hex").slice(0, 8)}`
  if (where.platform === "darwin") return launchd(details, where, name)
  if (where.platform === "win32") return windows(details, where, name)
  return systemd(details, where, name)
}

function systemd(details: ServiceDetails, { home, environment }: Where, name: string): ServiceManager {
  const unit = `${name}.service`
  const control = ["systemctl", "--user"]
  return {
    kind: "systemd",
    file: join(environment["XDG_CONFIG_HOME"] || join(home, ".config"), "systemd", "user", unit),
    text: systemdUnit(details),
    encoding: "utf8",
    enable: [
      [...control, "daemon-reload"],
      [...control, "enable", "--now", unit],
    ],
    disable: [[...control, "disable", "--now", unit]],
    status: [...control, "is-active", "--quiet", unit],
  }
}

function launchd(details: ServiceDetails, { home, uid }: Where, name: string): ServiceManager {
  const file = join(home, "Library", "LaunchAgents", `${name}.plist`)
  const domain = `gui/${uid}`
  return {
    kind: "launchd",
    file,
    text: launchdAgent(details, name),
    encoding: "utf8",
    enable: [["/bin/launchctl", "bootstrap", domain, file]],
    disable: [["/bin/launchctl", "bootout", `${domain}/${name}`]],
    status: ["/bin/launchctl", "print", `${domain}/${name}`],
  }
}

function windows(details: ServiceDetails, { user, environment }: Where, name: string): ServiceManager {
  const tasks = `${environment["SystemRoot"] ?? "C:\\Windows"}\\System32\\schtasks.exe`
  const file = join(details.dataFolder, "service.xml")
  return {
    kind: "windows-task",
    file,
    text: `\uFEFF${windowsTask(details, user)}`,
    encoding: "utf16le",
    enable: [
      [tasks, "/Create", "/F", "/TN", name, "/XML", file],
      [tasks, "/Run", "/TN", name],
    ],
    disable: [
      [tasks, "/End", "/TN", name],
      [tasks, "/Delete", "/F", "/TN", name],
    ],
    status: [tasks, "/Query", "/TN", name],
  }
}
