import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { HostedCommand, HostedEnd } from "./command-host.ts"

const program = fileURLToPath(new URL("command-host.ts", import.meta.url))
const maxIdle = 2

export interface HostedRun extends HostedCommand {
  /** Where it is called. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
}

interface Host {
  readonly process: ChildProcess
  /** A command may remember what it learnt of these, so that a process is never used with others. */
  readonly surroundings: string
}

const idle: Host[] = []

/** Runs one command to its end in a process that ran others before, of which there is one for each that runs at a time. */
export async function runInHost({ args, stdin, folder, environment }: HostedRun): Promise<HostedEnd> {
  const surroundings = JSON.stringify([folder, environment])
  const at = idle.findIndex((each) => each.surroundings === surroundings)
  const host = idle.splice(at, at < 0 ? 0 : 1)[0] ?? { process: startHost(folder, environment), surroundings }
  keepAlive(host.process, true)
  const end = endOf(host.process, args)
  host.process.send({ args, stdin } satisfies HostedCommand)
  const ended = await end
  keepAlive(host.process, false)
  idle.push(host)
  if (idle.length > maxIdle) idle.shift()?.process.disconnect()
  return ended
}

function endOf(host: ChildProcess, args: readonly string[]): Promise<HostedEnd> {
  return new Promise((resolve, reject) => {
    const died = () => reject(new Error(`the process of \`hufu ${args.join(" ")}\` ended before the command`))
    host.once("exit", died)
    host.once("message", (message) => {
      host.off("exit", died)
      // The host answers with nothing else.
      resolve(message as HostedEnd)
    })
  })
}

function startHost(folder: string, environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    cwd: folder,
    env: environment,
  })
}

/** Nobody waits for a host that has nothing to do: it ends with the process that started it. */
function keepAlive(host: ChildProcess, busy: boolean): void {
  if (busy) {
    host.ref()
    host.channel?.ref()
  } else {
    host.unref()
    host.channel?.unref()
  }
}
