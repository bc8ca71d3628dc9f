import { lstatSync, readFileSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { dirname, join } from "node:path"
import { Failure } from "@hufu/core/failure"
import { introduce, type Mode } from "./handshake.ts"
import { checkPrivate, socketPath } from "./socket-path.ts"

/**
 * Opens a proven connection to the node of a data folder. Failure("node_unavailable") when none listens,
 * Failure("unauthenticated") when something else does.
 */
export async function connectLocal(
  dataFolder: string,
  mode: Mode,
  details: Record<string, unknown> = {},
): Promise<Socket> {
  const path = socketPath(dataFolder)
  const key = readKey(dataFolder)
  checkSocket(path)
  const socket = await open(path)
  try {
    await introduce(socket, key, mode, details)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function readKey(dataFolder: string): Uint8Array {
  const file = join(dataFolder, "keys", "local.key")
  try {
    checkPrivate(file)
    return readFileSync(file)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw unavailable(cause)
  }
}

function checkSocket(path: string): void {
  if (process.platform === "win32") return
  try {
    lstatSync(path)
  } catch (cause) {
    throw unavailable(cause)
  }
  checkPrivate(dirname(path))
  checkPrivate(path)
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once("error", (cause) => reject(unavailable(cause)))
    socket.once("connect", () => {
      socket.removeAllListeners("error")
      resolve(socket)
    })
  })
}

function unavailable(cause: unknown): Failure {
  return new Failure(
    "node_unavailable",
    "no Hufu node is running on this data folder: start one with `hufu serve`",
    { cause },
  )
}
