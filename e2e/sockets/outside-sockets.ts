import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"

// Looks at the kernel's tables of sockets again and again, and says each end that is outside, once, for as long as
// somebody holds its input. Only sockets of processes that carry the mark in their environment, or that were started
// by one, are looked at: other programs of this machine are nobody's business here.

const { values } = parseArgs({ options: { mark: { type: "string" }, inside: { type: "string" } } })
const mark = `HUFU_TEST_WATCHED=${values.mark}`
const inside = new Set((values.inside ?? "").split(","))
const tables = ["tcp", "tcp6", "udp", "udp6"] as const
/** An attempt that nobody answers stays in the tables for seconds; one that is refused at once is told by the process itself. */
const pauseMs = 3
const said = new Set<string>()

process.stdin.on("close", () => process.exit()).resume()
process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`)

for (;;) {
  for (const table of tables) look(table)
  await delay(pauseMs)
}

function look(table: (typeof tables)[number]): void {
  for (const line of readFileSync(`/proc/net/${table}`, "utf8").split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/)
    const remote = addressOf(fields[2] ?? "")
    const inode = fields[9] ?? "0"
    if (remote === undefined || inode === "0" || inside.has(remote) || said.has(`${inode} ${remote}`))
      continue
    const pid = ownerOf(inode)
    if (pid === undefined || !isWatched(pid)) continue
    said.add(`${inode} ${remote}`)
    process.stdout.write(`${JSON.stringify({ pid, by: table, to: remote, command: commandOf(pid) })}\n`)
  }
}

/** The address in a row, as people write it; undefined where a socket has no other end. */
function addressOf(field: string): string | undefined {
  const [hex = ""] = field.split(":")
  if (/^0*$/.test(hex)) return undefined
  // Every 32-bit word is in the byte order of the machine, which is little-endian wherever these tests run.
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed())
  const isMapped =
    bytes.length === 16 && bytes.slice(0, 12).join("") === "00000000000000000000ffff".toUpperCase()
  if (bytes.length === 4 || isMapped)
    return bytes
      .slice(-4)
      .map((byte) => Number.parseInt(byte, 16))
      .join(".")
  const groups = (bytes.join("").match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16))
  const text = groups.join(":")
  return text === "0:0:0:0:0:0:0:1" ? "::1" : text
}

function ownerOf(inode: string): number | undefined {
  return pids().find((pid) => linksOf(pid).includes(`socket:[${inode}]`))
}

function pids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function linksOf(pid: number): string[] {
  return orNothing(() => readdirSync(`/proc/${pid}/fd`), []).map((fd) =>
    orNothing(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ""),
  )
}

function isWatched(pid: number): boolean {
  for (let at = pid; at > 1; at = parentOf(at))
    if (
      orNothing(() => readFileSync(`/proc/${at}/environ`, "utf8"), "")
        .split("\0")
        .includes(mark)
    )
      return true
  return false
}

function parentOf(pid: number): number {
  return Number(
    /^PPid:\s+(\d+)/m.exec(orNothing(() => readFileSync(`/proc/${pid}/status`, "utf8"), ""))?.[1] ?? 0,
  )
}

function commandOf(pid: number): string {
  return orNothing(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "")
    .replaceAll("\0", " ")
    .slice(0, 200)
}

/** A process may end between two looks at it. */
function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read()
  } catch {
    return nothing
  }
}
