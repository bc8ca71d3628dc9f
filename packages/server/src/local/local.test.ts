import { createHash, randomBytes } from "node:crypto"
import { once } from "node:events"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs"
import { connect, createServer, type Server, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { text } from "node:stream/consumers"
import { Failure } from "@hufu/core/failure"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { connectLocal } from "./connect.ts"
import { listenLocal, type LocalHandlers } from "./listen.ts"
import { openLocalKey } from "./local-key.ts"
import { socketPath } from "./socket-path.ts"

let folder = ""
let errors: unknown[] = []
let welcomed: unknown[] = []
const closing: (() => unknown)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-local-"))
  mkdirSync(join(folder, "keys"), { mode: 0o700 })
  errors = []
  welcomed = []
})
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0).toReversed()) await close()
  rmSync(folder, { recursive: true, force: true })
})

/** Gives back whatever a client sends, and greets it first in guard mode. */
async function startNode(more: Partial<LocalHandlers> = {}): Promise<void> {
  const listener = await listenLocal(socketPath(folder), openLocalKey(folder), {
    http: (socket) => void socket.pipe(socket),
    guard: async (details) => {
      welcomed.push(details)
      return (socket) => {
        socket.write("first ")
        socket.pipe(socket)
      }
    },
    error: (error) => void errors.push(error),
    ...more,
  })
  closing.push(() => listener.close())
}

async function squat(answer: (socket: Socket) => void): Promise<Server> {
  const path = socketPath(folder)
  openLocalKey(folder)
  mkdirSync(dirname(path), { mode: 0o700, recursive: true })
  const server = createServer((socket) => {
    socket.on("error", () => {})
    closing.push(() => socket.destroy())
    answer(socket)
  }).listen(path)
  await once(server, "listening")
  chmodSync(path, 0o600)
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return server
}

async function raw(): Promise<Socket> {
  const socket = connect(socketPath(folder))
  await once(socket, "connect")
  closing.push(() => socket.destroy())
  return socket
}

/** However it ends: a reset is as good as an end. */
function closed(socket: Socket): Promise<void> {
  socket.on("error", () => {})
  return new Promise((resolve) => socket.once("close", () => resolve()))
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "welcome",
    (error: Failure) => error.code,
  )
const hello = (mode = "guard") =>
  `${JSON.stringify({ hufu: 1, nonce: randomBytes(32).toString("hex"), mode })}\n`

describe("a connection to the node", () => {
  it.skipIf(process.platform === "win32")(
    "the socket is nobody else's from the moment it is there",
    async () => {
      const path = socketPath(folder)
      const before = process.umask(0)
      try {
        const started = startNode()
        expect(statSync(path).mode & 0o777).toBe(0o600)
        expect(process.umask()).toBe(0)
        await started
        expect(statSync(path).mode & 0o777).toBe(0o600)
      } finally {
        process.umask(before)
      }
    },
  )

  it("carries bytes both ways once both have proved who they are, and loses none at the seam", async () => {
    await startNode()
    const guard = await connectLocal(folder, "guard", { name: "fs" })
    guard.end("then")
    expect(await text(guard)).toBe("first then")
    expect(welcomed).toEqual([{ name: "fs" }])
    const http = await connectLocal(folder, "http")
    http.end("GET")
    expect(await text(http)).toBe("GET")
  })

  it("hands over the node's refusal with its sentence", async () => {
    await startNode({
      guard: async () => {
        throw new Failure("name_taken", "that name is taken")
      },
    })
    await expect(connectLocal(folder, "guard")).rejects.toMatchObject({
      message: "that name is taken",
      extra: { reason: "name_taken" },
    })
  })

  it("lets nothing of an inner error out", async () => {
    await startNode({
      guard: async () => {
        throw new Error("password=hunter2")
      },
    })
    await expect(connectLocal(folder, "guard")).rejects.not.toThrow(/hunter2/)
    expect(errors).toHaveLength(1)
  })

  it("says that no node runs when there is no folder, no key, no socket or nobody behind it", async () => {
    expect(await codeOf(connectLocal(join(folder, "nowhere"), "http"))).toBe("node_unavailable")
    expect(await codeOf(connectLocal(folder, "http"))).toBe("node_unavailable")
    await startNode()
    await closing.pop()?.()
    expect(await codeOf(connectLocal(folder, "http"))).toBe("node_unavailable")
  })

  it("takes the place of a socket that a killed node left behind", async () => {
    await startNode()
    const { ino } = statSync(socketPath(folder))
    await startNode()
    expect(statSync(socketPath(folder)).ino).not.toBe(ino)
    expect(await codeOf(connectLocal(folder, "http"))).toBe("welcome")
  })

  it("refuses details that are larger than the handshake takes", async () => {
    await startNode()
    expect(await codeOf(connectLocal(folder, "guard", { command: ["x".repeat(300_000)] }))).toBe("too_large")
  })
})

describe("a squatter in the node's place", () => {
  it("learns nothing of the guard, whatever it answers", async () => {
    const answers = [
      () => `${JSON.stringify({ nonce: "0".repeat(64), proof: "0".repeat(64) })}\n`,
      (first: string) => first,
      () => `${JSON.stringify({ ok: true })}\n`,
      () => "not json\n",
      () => `${"x".repeat(300_000)}\n`,
    ]
    for (const answer of answers) {
      let heard = ""
      const server = await squat((socket) => {
        socket.on("data", (chunk: Buffer) => {
          heard += chunk.toString("utf8")
          if (heard.includes("\n")) socket.write(answer(heard))
        })
      })
      expect(await codeOf(connectLocal(folder, "guard", { credential: "hufu_agent_secret" }))).toBe(
        "unauthenticated",
      )
      expect(heard).not.toContain("secret")
      expect(heard.trim().split("\n")).toHaveLength(1)
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it("cannot pass on the proof of the real node for another mode", async () => {
    await startNode()
    const real = await raw()
    // What the node signs for a guard does not open an HTTP connection: the mode is part of the proof.
    real.write(hello("guard"))
    const [challenge] = (await once(real, "data")) as [Buffer]
    expect(JSON.parse(challenge.toString("utf8"))).toMatchObject({
      proof: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    real.write(
      `${JSON.stringify({ proof: createHash("sha256").update(challenge).digest("hex"), details: {} })}\n`,
    )
    expect(await text(real)).toBe("")
    expect(welcomed).toEqual([])
  })

  it("cannot keep the guard waiting", async () => {
    await squat(() => {})
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const outcome = codeOf(connectLocal(folder, "guard"))
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { timeout: 5000 })
    vi.advanceTimersByTime(5001)
    expect(await outcome).toBe("node_unavailable")
  })
})

describe("whoever does not have the key", () => {
  it.each([
    ["nothing that it understands", "GET / HTTP/1.1\r\n\r\n"],
    ["another version", `${JSON.stringify({ hufu: 2, nonce: "0".repeat(64), mode: "http" })}\n`],
    [
      "more than it should",
      `${JSON.stringify({ hufu: 1, nonce: "0".repeat(64), mode: "http", admin: true })}\n`,
    ],
    ["an unknown mode", hello("root")],
    ["a line without end", "x".repeat(300_000)],
  ])("is turned away when it says %s", async (_name, said) => {
    await startNode()
    const socket = await raw()
    socket.write(said)
    const ended = closed(socket)
    socket.resume()
    await ended
    expect(welcomed).toEqual([])
    expect(errors).toHaveLength(1)
  })

  it("cannot repeat what it overheard", async () => {
    await startNode()
    const said: Buffer[] = []
    const relayPath = join(folder, "relay.sock")
    const relay = createServer((client) => {
      const real = connect(socketPath(folder))
      client.on("data", (chunk: Buffer) => said.push(chunk))
      client.pipe(real).pipe(client)
    }).listen(relayPath)
    await once(relay, "listening")
    const { introduce } = await import("./handshake.ts")
    const through = connect(relayPath)
    await introduce(through, openLocalKey(folder), "guard", { name: "overheard" })
    through.destroy()
    await new Promise((resolve) => relay.close(resolve))
    expect(welcomed).toHaveLength(1)

    const socket = await raw()
    const ended = closed(socket)
    socket.resume().write(Buffer.concat(said))
    await ended
    expect(welcomed).toHaveLength(1)
  })

  it("cannot hold a connection open by saying nothing", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    await startNode()
    const socket = await raw()
    const ended = closed(socket)
    socket.resume().write('{"hufu":')
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { timeout: 5000 })
    vi.advanceTimersByTime(5001)
    await ended
    expect(welcomed).toEqual([])
  })
})

describe.skipIf(process.platform === "win32")("who else is on this machine", () => {
  it("finds a socket and a folder that are closed to them", async () => {
    await startNode()
    const path = socketPath(folder)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  })

  it("makes a guard refuse a socket, folder or key that is open to them", async () => {
    await startNode()
    const path = socketPath(folder)
    for (const [file, mode] of [
      [path, 0o600],
      [dirname(path), 0o700],
      [join(folder, "keys", "local.key"), 0o600],
    ] as const) {
      chmodSync(file, mode | 0o022)
      expect(await codeOf(connectLocal(folder, "http"))).toBe("unsafe_permissions")
      chmodSync(file, mode)
    }
    expect(await codeOf(connectLocal(folder, "http"))).toBe("welcome")
  })

  it("keeps the path short where the data folder's is long, and the same however it is written", () => {
    const long = join(folder, "a".repeat(60), "b".repeat(60))
    mkdirSync(long, { recursive: true })
    expect(Buffer.byteLength(socketPath(long))).toBeLessThanOrEqual(100)
    symlinkSync(long, join(folder, "link"))
    expect(socketPath(join(folder, "link"))).toBe(socketPath(long))
    expect(socketPath(`${long}/`)).toBe(socketPath(long))
  })

  it("serves a data folder with a long path", async () => {
    const short = folder
    folder = join(short, "a".repeat(60), "b".repeat(60))
    mkdirSync(join(folder, "keys"), { recursive: true })
    await startNode()
    expect(await codeOf(connectLocal(folder, "http"))).toBe("welcome")
    const place = dirname(socketPath(folder))
    closing.push(() => rmSync(place, { recursive: true, force: true }))
    closing.push(() => void (folder = short))
  })
})
