import { chmodSync, rmSync } from "node:fs"
import { createServer, type Server, type Socket } from "node:net"
import { isMainThread } from "node:worker_threads"
import { asFailure } from "@hufu/core/failure"
import { type Greeted, greet } from "./handshake.ts"
import { prepareSocketFolder } from "./socket-path.ts"

export interface LocalHandlers {
  /** Bytes of HTTP/1.1 follow. */
  readonly http: (socket: Socket) => void
  /** Bytes of a stdio MCP client follow: what serves them once the guard was told that it is welcome. Throws Failure to turn it away. */
  readonly guard: (details: Greeted["details"]) => Promise<(socket: Socket) => void>
  readonly error: (error: unknown) => void
}

const maxConnections = 4096

/** Listens on the local socket. The caller holds the data folder's lock, so a socket file that is there is nobody's. */
export async function listenLocal(
  path: string,
  key: Uint8Array,
  handlers: LocalHandlers,
): Promise<{ close(): Promise<void> }> {
  prepareSocketFolder(path)
  if (process.platform !== "win32") rmSync(path, { force: true })
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on("close", () => open.delete(socket))
    socket.on("error", () => {})
    void welcome(socket, key, handlers)
  })
  server.maxConnections = maxConnections
  await listening(server, path)
  if (process.platform !== "win32") chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

async function welcome(socket: Socket, key: Uint8Array, handlers: LocalHandlers): Promise<void> {
  let greeted: Greeted | undefined
  try {
    greeted = await greet(socket, key)
    const serve = greeted.mode === "guard" ? await handlers.guard(greeted.details) : handlers.http
    greeted.reply()
    serve(socket)
    socket.resume()
  } catch (error) {
    if (greeted) greeted.reply(asFailure(error))
    else socket.destroy()
    handlers.error(error)
  }
}

/** INVARIANT: the socket is nobody else's from the moment it is there: a guard that is waiting for it looks at once. */
function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    const listen = () =>
      server.listen(path, () => {
        server.off("error", reject)
        resolve()
      })
    // The file is made before `listen` returns; only the main thread may say with which permissions.
    if (isMainThread) withUmask(0o177, listen)
    else listen()
  })
}

function withUmask(mask: number, work: () => void): void {
  const before = process.umask(mask)
  try {
    work()
  } finally {
    process.umask(before)
  }
}
