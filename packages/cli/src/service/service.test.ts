import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { runHufu } from "../testing/hufu-under-test.ts"
import { serviceManager } from "./service-manager.ts"
import { systemdUnit } from "./service-text.ts"

vi.setConfig({ testTimeout: 120_000 })

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-service-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const odd = {
  node: "/opt/my node/bin/node",
  program: "/opt/hufu/hufu.js",
  dataFolder: '/home/a/50% "x" & $HOME <b>',
}

describe("what an autostart says", () => {
  it("for systemd quotes every word, so that nothing in a path is expanded", () => {
    const unit = systemdUnit(odd)
    expect(unit).toContain(
      'ExecStart="/opt/my node/bin/node" "/opt/hufu/hufu.js" "serve" "--data" "/home/a/50%% \\"x\\" & $$HOME <b>"',
    )
    expect(unit).toContain("Restart=on-failure")
  })

  const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0
  it.skipIf(!analyze)("for systemd is a unit that systemd reads without complaint", () => {
    const file = join(folder, "hufu-test.service")
    const program = join(folder, "a $b 100%.js")
    writeFileSync(program, "")
    writeFileSync(file, systemdUnit({ node: process.execPath, program, dataFolder: join(folder, "my data") }))
    const ran = spawnSync("systemd-analyze", ["verify", "--user", "--man=no", file], {
      encoding: "utf8",
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    })
    expect(ran.stderr).not.toMatch(/hufu-test\.service/)
  })

  it("for launchd escapes what XML would read", () => {
    const where = { platform: "darwin", home: "/Users/a", user: "a", uid: 501, environment: {} } as const
    const { file, text, enable } = serviceManager(odd, where)
    expect(file).toMatch(/^\/Users\/a\/Library\/LaunchAgents\/hufu-[0-9a-f]{8}\.plist$/)
    expect(text).toContain("<string>/home/a/50% &quot;x&quot; &amp; $HOME &lt;b&gt;</string>")
    expect(enable).toEqual([["/bin/launchctl", "bootstrap", "gui/501", file]])
  })

  it("for Windows quotes as the program's own start takes it apart", () => {
    const where = {
      platform: "win32",
      home: "C:\\Users\\a",
      user: "PC\\a",
      uid: -1,
      environment: { SystemRoot: "C:\\Windows" },
    } as const
    const details = { node: "C:\\n\\node.exe", program: "C:\\h\\hufu.js", dataFolder: "C:\\my data\\" }
    const { text, enable, encoding } = serviceManager(details, where)
    expect(encoding).toBe("utf16le")
    expect(text).toContain("<Command>C:\\n\\node.exe</Command>")
    expect(text).toContain("&quot;--data&quot; &quot;C:\\my data\\\\&quot;</Arguments>")
    expect(text).toContain("<RunLevel>LeastPrivilege</RunLevel>")
    expect(enable[0]?.[0]).toBe("C:\\Windows\\System32\\schtasks.exe")
  })

  it("differs from data folder to data folder", () => {
    const where = { platform: "linux", home: "/home/a", user: "a", uid: 1, environment: {} } as const
    const one = serviceManager({ ...odd, dataFolder: "/one" }, where).file
    expect(one).toMatch(/^\/home\/a\/\.config\/systemd\/user\/hufu-/)
    expect(serviceManager({ ...odd, dataFolder: "/two" }, where).file).not.toBe(one)
  })
})

describe.skipIf(process.platform !== "linux")("hufu service", () => {
  // A systemctl that notes what it was told, and fails when a file says so.
  const standIn = '#!/bin/sh\necho "$*" >> "$(dirname "$0")/told"\n[ ! -e "$(dirname "$0")/fail" ]\n'
  const data = () => join(folder, "data")
  const hufu = (...args: string[]) =>
    runHufu([...args, "--data", data(), "--json"], {
      env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, HOME: folder, XDG_CONFIG_HOME: "" },
    })
  beforeEach(() => {
    mkdirSync(join(folder, "bin"))
    writeFileSync(join(folder, "bin", "systemctl"), standIn, { mode: 0o755 })
  })

  it("installs, tells its state, and removes what it installed and nothing else", async () => {
    expect((await hufu("service", "status")).json()["state"]).toBe("absent")
    const installed = await hufu("service", "install")
    expect(installed.json()["state"]).toBe("installed")
    const file = String(installed.json()["file"])
    expect(readFileSync(file, "utf8")).toContain(`"--data" "${data()}"`)
    expect(readFileSync(join(folder, "bin", "told"), "utf8")).toMatch(
      /daemon-reload\n--user enable --now hufu-/,
    )
    expect(await hufu("service", "status")).toMatchObject({ code: 0 })
    const printed = await hufu("service", "install", "--print")
    expect(printed.out).toBe(readFileSync(file, "utf8"))
    expect((await hufu("service", "remove")).json()["state"]).toBe("removed")
    expect([existsSync(file), existsSync(data())]).toEqual([false, true])
    expect((await hufu("service", "remove")).json()["state"]).toBe("absent")
  })

  it("leaves nothing behind where the system refuses, and will not autostart what has to be asked for", async () => {
    writeFileSync(join(folder, "bin", "fail"), "")
    const refused = await hufu("service", "install")
    expect(refused.err).toContain("[node_unavailable]")
    expect((await hufu("service", "status")).json()["state"]).toBe("absent")
    rmSync(join(folder, "bin", "fail"))
    mkdirSync(join(data(), "keys"), { recursive: true })
    writeFileSync(join(data(), "keys", "vault.sealed"), "{}")
    expect((await hufu("service", "install")).err).toContain("[vault_sealed]")
  })
})
