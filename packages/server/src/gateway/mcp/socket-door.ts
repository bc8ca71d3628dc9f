import { Failure, isFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Duplex } from "node:stream"
import type { Caller } from "../governor.ts"
import type { Desk } from "./desk.ts"
import { readMessage, rpcCodes, rpcError } from "./rpc.ts"
import { serverBackend } from "./server-backend.ts"
import { openStreamConversation } from "./stream-conversation.ts"
import { createLineSplitter } from "./upstream/json-lines.ts"

/** Serves MCP over streams of newline-delimited JSON: one per guard. */
export interface SocketDoor {
  serve(stream: Duplex, caller: Caller, server: string): void
  close(): void
}

/** As much as a stdio client may say in one line: the same as a tool server may. */
const maxLineBytes = 16 * 1024 * 1024
const maxUnwrittenBytes = 64 * 1024 * 1024

/** No guard is there yet. */
export function createSocketDoor(desk: Desk): SocketDoor {
  const open = new Set<Duplex>()
  const unlisten = desk.servers.onChange((name) => {
    for (const stream of open) if (served.get(stream) === name) stream.end()
  })
  const served = new WeakMap<Duplex, string>()

  function serve(stream: Duplex, caller: Caller, name: string): void {
    const server = desk.servers.get(name)
    if (server === undefined) throw new Failure("not_found", `there is no tool server \`${name}\``)
    desk.governor.standing(caller)
    const send = (message: JsonObject) => {
      if (!stream.writable) return
      // A client that does not read must not fill memory.
      if (stream.writableLength > maxUnwrittenBytes) stream.destroy()
      else stream.write(`${JSON.stringify(message)}\n`)
    }
    const conversation = openStreamConversation(desk, { caller, backend: serverBackend(desk, server), send })
    const leave = desk.presence.enter(caller, "session", (reason) => {
      conversation.stop(reason)
      stream.end()
    })
    open.add(stream)
    served.set(stream, name)
    const split = createLineSplitter(maxLineBytes)
    stream.on("data", (chunk: Buffer) => {
      try {
        for (const line of split(chunk)) receive(line)
      } catch (error) {
        // The framing is lost: nothing after it can be told apart.
        send(rpcError(null, rpcCodes.parse, isFailure(error) ? error.message : "the stream cannot be read"))
        stream.end()
      }
      pace()
    })
    stream.on("error", () => {})
    stream.once("close", () => {
      open.delete(stream)
      conversation.end()
      leave()
    })

    /** Reading stops while as much is under way as an agent may have, or while the client does not read. */
    function pace(): void {
      if (!conversation.full && !stream.writableNeedDrain) return
      stream.pause()
      void conversation.room().then(() => stream.resume())
      if (stream.writableNeedDrain) stream.once("drain", () => stream.resume())
    }

    function receive(line: string): void {
      let message
      try {
        message = readMessage(parseStrict(line))
      } catch (error) {
        send(rpcError(null, rpcCodes.parse, isFailure(error) ? error.message : "the line is not JSON"))
        return
      }
      if (message === undefined)
        send(rpcError(null, rpcCodes.invalidRequest, "this is not one JSON-RPC 2.0 message"))
      else conversation.receive(message)
    }
  }

  return {
    serve,
    close() {
      unlisten()
      for (const stream of open) stream.end()
    },
  }
}
