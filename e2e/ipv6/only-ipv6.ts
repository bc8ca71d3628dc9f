import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** What makes of a new network and mount namespace a machine whose one address is ::1. */
const preparation = [
  "ip link set lo up",
  "ip -4 address flush dev lo",
  'mount --bind "$1" /etc/hosts',
  "shift",
  'exec "$@"',
].join(" && ")
/** Whoever may make one needs no account of its own in it, in which there are no others to test with. */
const unshare = [...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]), "--net", "--mount"]

/** Why a machine with IPv6 alone cannot be had here; undefined where it can. */
export function withoutOnlyIpv6(): string | undefined {
  const { status, stderr, error } = spawnSync(
    "unshare",
    [...unshare, "sh", "-c", "ip link set lo up && ip -4 address flush dev lo"],
    { encoding: "utf8" },
  )
  return status === 0 ? undefined : (error?.message ?? stderr.trim())
}

/** Runs a command where 127.0.0.1 is no address and localhost is ::1; resolves with its exit code. */
export function runOnlyIpv6(
  command: readonly string[],
  { quiet = false } = {},
): Promise<{ code: number; out: string }> {
  const folder = mkdtempSync(join(tmpdir(), "hufu-ipv6-"))
  const hosts = join(folder, "hosts")
  writeFileSync(hosts, "::1 localhost\n")
  const child = spawn("unshare", [...unshare, "sh", "-c", preparation, "sh", hosts, ...command], {
    stdio: ["inherit", quiet ? "pipe" : "inherit", "inherit"],
  })
  let out = ""
  child.stdout?.on("data", (bytes: Buffer) => (out += bytes.toString()))
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => {
      rmSync(folder, { recursive: true, force: true })
      resolve({ code: code ?? 1, out })
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const why = withoutOnlyIpv6()
  if (why === undefined) {
    const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url))
    const { code } = await runOnlyIpv6([process.execPath, vitest, "run", ...process.argv.slice(2)])
    process.exitCode = code
  } else {
    process.stderr.write(`a network namespace with ::1 alone cannot be made here: ${why}\n`)
    process.exitCode = 1
  }
}
