import { connect, type NetConnectOpts } from "node:net"

/** What a door did with raw bytes: every status line that it answered with, and the start of what it said. */
export interface RawAnswer {
  statuses: number[]
  text: string
}

const keptBytes = 64 * 1024
const silenceMs = 150
const patienceMs = 8000

/** Send bytes on a connection of their own; wait until the door closes it or has nothing more to say. */
export function sendBytes(to: NetConnectOpts, bytes: Buffer, expected = 1): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(to)
    let text = ""
    let quiet: NodeJS.Timeout | undefined
    const finish = () => {
      clearTimeout(quiet)
      socket.destroy()
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((found) => Number(found[1]))
      resolve({ statuses, text })
    }
    // A request that is never finished is answered with silence: the wait is short once bytes have gone out.
    const wait = (ms: number) => {
      clearTimeout(quiet)
      quiet = setTimeout(finish, ms)
    }
    socket.setEncoding("latin1")
    socket.on("connect", () => socket.write(bytes))
    socket.on("data", (chunk: string) => {
      if (text.length < keptBytes) text += chunk
      wait(answersIn(text) >= expected ? 0 : silenceMs)
    })
    socket.on("error", finish)
    socket.on("close", finish)
    wait(isWhole(bytes) ? patienceMs : silenceMs)
  })
}

// An answer that is complete by its own length ends the wait; one in chunks ends with the last, empty chunk.
function answersIn(text: string): number {
  let count = 0
  for (const part of text.split(/(?=HTTP\/1\.1 \d{3} )/)) {
    const end = part.indexOf("\r\n\r\n")
    if (end === -1) continue
    const length = /content-length: (\d+)/i.exec(part.slice(0, end))?.[1]
    if (length === undefined ? part.endsWith("0\r\n\r\n") : part.length - end - 4 >= Number(length)) count++
  }
  return count
}

// Whether the bytes hold all that their own length promises: only then is an answer owed.
function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf("\r\n\r\n")
  const lengths = [
    ...bytes
      .subarray(0, Math.max(0, end))
      .toString("latin1")
      .matchAll(/content-length: (\d+)/gi),
  ]
  const [only] = lengths
  return lengths.length === 1 && only !== undefined && bytes.length - end - 4 >= Number(only[1])
}
