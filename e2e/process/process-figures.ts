import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/** What the kernel counts for one process: the figures of the soak run and of the bench. */
export interface ProcessFigures {
  openFiles: number
  sockets: number
  /** Every process below it, at any depth. */
  descendants: number
  residentBytes: number
}

// Linux reports CPU time in hundredths of a second on every platform that Node runs on (USER_HZ).
const millisecondsPerTick = 10
const pageBytes = 4096

/** CPU time that a process has used in user and kernel mode, in ms. */
export function cpuMs(pid: number): number {
  const fields = statFields(pid)
  return (Number(fields[11]) + Number(fields[12])) * millisecondsPerTick
}

/** Count the open files, sockets, descendants and resident memory of a live process. */
export function processFigures(pid: number): ProcessFigures {
  const targets = openTargets(pid)
  return {
    openFiles: targets.length,
    sockets: targets.filter((target) => target.startsWith("socket:")).length,
    descendants: descendantsOf(pid).length,
    residentBytes: Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * pageBytes,
  }
}

/** The pids below a process, at any depth. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const other of livePids()) {
    const parent = parentOf(other)
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), other])
  }
  const found: number[] = []
  for (const next of children.get(pid) ?? []) collect(next, children, found)
  return found
}

/** The pids of every process whose environment holds `NAME=value`: it finds orphans that lost their parent. */
export function processesWithEnv(name: string, value: string): number[] {
  return livePids().filter((pid) => environmentOf(pid).includes(`${name}=${value}`))
}

function collect(pid: number, children: Map<number, number[]>, found: number[]): void {
  found.push(pid)
  for (const child of children.get(pid) ?? []) collect(child, children, found)
}

function livePids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

// A process may end between being listed and being read: that is an absence, not an error.
function parentOf(pid: number): number | undefined {
  try {
    return Number(statFields(pid)[1])
  } catch {
    return undefined
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0")
  } catch {
    return []
  }
}

function openTargets(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

// The command name is in parentheses and may hold spaces, so the fields are counted from the last one.
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8")
  return text.slice(text.lastIndexOf(")") + 2).split(" ")
}
