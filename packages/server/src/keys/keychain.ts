import { spawn } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { text } from "node:stream/consumers"
import { Failure } from "@hufu/core/failure"

/** The keychain of an operating system, reached by its own command. */
export interface Keychain {
  readonly name: "macos" | "secret-service" | "windows"
  /** Keeps a secret under an account, in the place of what is there; what it returns has to be kept beside the account (Windows: the encrypted text). */
  keep(account: string, secret: string): Promise<string>
  read(account: string, kept: string): Promise<string>
  remove(account: string): Promise<void>
}

/** What is kept in a keychain, and how long its command may take: the first one may have to ask a person to unlock it. */
export interface KeychainItem {
  readonly service: string
  readonly what: string
  readonly withinMs: number
}

const vaultKeyItem: KeychainItem = { service: "hufu vault key", what: "the vault's key", withinMs: 60_000 }
const maxOutput = 64 * 1024

/** The keychain of this system, or `null` where there is no command for one. */
export function findKeychain(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
  item: KeychainItem = vaultKeyItem,
): Keychain | null {
  const run = runner(item)
  if (platform === "darwin")
    return macos(run, findCommand("security", environment) ?? "/usr/bin/security", item)
  if (platform === "win32") {
    const root = environment["SystemRoot"] ?? "C:\\Windows"
    return windows(run, `${root}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`)
  }
  const tool = findCommand("secret-tool", environment)
  return tool === null ? null : secretService(run, tool, item)
}

type Run = (command: string, args: readonly string[], input?: string) => Promise<string>

// A secret is never an argument: every process of the machine can read those.
function macos(run: Run, command: string, { service }: KeychainItem): Keychain {
  const of = (account: string) => ["-a", account, "-s", service]
  return {
    name: "macos",
    async keep(account, secret) {
      const line = `add-generic-password -U -a "${account}" -s "${service}" -w "${secret}"\n`
      await run(command, ["-i"], line)
      return ""
    },
    read: (account) => run(command, ["find-generic-password", ...of(account), "-w"]),
    remove: async (account) => void (await run(command, ["delete-generic-password", ...of(account)])),
  }
}

function secretService(run: Run, command: string, { service }: KeychainItem): Keychain {
  const of = (account: string) => ["application", "hufu", "account", account]
  return {
    name: "secret-service",
    async keep(account, secret) {
      await run(command, ["store", `--label=${service}`, ...of(account)], secret)
      return ""
    },
    read: (account) => run(command, ["lookup", ...of(account)]),
    remove: async (account) => void (await run(command, ["clear", ...of(account)])),
  }
}

/** DPAPI keeps nothing itself: it encrypts for this Windows account, and we keep the result. */
function windows(run: Run, command: string): Keychain {
  const shell = (script: string, input: string) =>
    run(command, ["-NoProfile", "-NonInteractive", "-Command", script], input)
  return {
    name: "windows",
    keep: (_account, secret) =>
      shell(
        "ConvertFrom-SecureString (ConvertTo-SecureString ([Console]::In.ReadToEnd()) -AsPlainText -Force)",
        secret,
      ),
    read: (_account, kept) =>
      shell(
        "[Net.NetworkCredential]::new('', (ConvertTo-SecureString ([Console]::In.ReadToEnd().Trim()))).Password",
        kept,
      ),
    remove: () => Promise.resolve(),
  }
}

function findCommand(name: string, environment: NodeJS.ProcessEnv): string | null {
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not in this one.
    }
  }
  return null
}

function runner({ what, withinMs }: KeychainItem): Run {
  const refused = (cause: unknown) =>
    new Failure(
      "vault_sealed",
      `the operating system's keychain does not give or take ${what}: unlock it, then try again`,
      { cause },
    )
  return async (command, args, input = "") => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: withinMs,
      windowsHide: true,
    })
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject)
      child.once("close", resolve)
    })
    child.stdin.on("error", () => {})
    child.stdin.end(input)
    try {
      const [out, code] = await Promise.all([text(child.stdout), ended])
      if (code === 0 && out.length <= maxOutput) return out.trim()
    } catch (cause) {
      throw refused(cause)
    }
    throw refused(undefined)
  }
}
