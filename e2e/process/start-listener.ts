import { spawn } from "node:child_process"
import { once } from "node:events"
import { connect, createServer, type AddressInfo } from "node:net"
import { setTimeout as delay } from "node:timers/promises"
import { loopback } from "@hufu/server/http/testing/loopback"

const readyWithinMs = 30_000
const retryMs = 50

/** A process that is ready once its port accepts connections, for programs that do not say so themselves. */
export interface StartedListener {
  pid: number
  stop: () => Promise<void>
}

/** Start a command and wait until it listens on a port of this machine. */
export async function startListener(
  command: string,
  args: readonly string[],
  port: number,
): Promise<StartedListener> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "ignore"] })
  const closed = once(child, "close")
  closed.catch(() => {}) // a command that cannot be started never listens, which is reported below
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL")
    await closed.catch(() => {})
  }
  const until = performance.now() + readyWithinMs
  while (!(await accepts(port))) {
    if (child.exitCode === null && performance.now() < until) await delay(retryMs)
    else {
      await stop()
      throw new Error(`\`${command} ${args.join(" ")}\` did not listen on port ${port}`)
    }
  }
  return { pid: child.pid as number, stop } // it listens, so it has a pid
}

/** A port that was free a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, loopback)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // listening on TCP, so the address is never a path
  server.close()
  await once(server, "close")
  return port
}

/** Whether somebody listens there. */
export async function accepts(port: number, host = loopback): Promise<boolean> {
  const socket = connect(port, host)
  try {
    await once(socket, "connect")
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
