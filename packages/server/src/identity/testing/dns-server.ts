import { createSocket } from "node:dgram"
import { once } from "node:events"
import { loopback, loopbackInUrl } from "../../http/testing/loopback.ts"

/** A name server on this machine that answers from what it was told, over UDP. */
export interface DnsServer {
  /** As resolvers are written: address and port. */
  readonly address: string
  readonly txt: Map<string, readonly string[]>
  /** Of either family; of IPv6 nothing but `::1`. */
  readonly addresses: Map<string, string>
  /** Leaves every question unanswered from now on. */
  silence(): void
  close(): Promise<void>
}

const types = { a: 1, txt: 16, aaaa: 28 }
const noSuchName = 3

export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket(loopback === "::1" ? "udp6" : "udp4")
  const txt = new Map<string, readonly string[]>()
  const addresses = new Map<string, string>()
  let isSilent = false
  socket.on("message", (question, from) => {
    if (isSilent) return
    const { name, end } = nameIn(question)
    const type = question.readUInt16BE(end)
    const data =
      type === types.txt ? (txt.get(name) ?? []).map(stringsOf) : addressBytes(addresses.get(name), type)
    const isKnown = txt.has(name) || addresses.has(name)
    const head = Buffer.from(question.subarray(0, 12))
    head.writeUInt16BE(0x8400 | (isKnown ? 0 : noSuchName), 2)
    head.writeUInt16BE(data.length, 6)
    head.writeUInt32BE(0, 8)
    const asked = question.subarray(12, end + 4)
    const answers = data.map((each) => {
      const record = Buffer.alloc(12)
      record.writeUInt16BE(0xc00c, 0)
      record.writeUInt16BE(type, 2)
      record.writeUInt16BE(1, 4)
      record.writeUInt16BE(each.length, 10)
      return Buffer.concat([record, each])
    })
    socket.send(Buffer.concat([head, asked, ...answers]), from.port, from.address)
  })
  socket.bind(0, loopback)
  await once(socket, "listening")
  return {
    address: `${loopbackInUrl}:${socket.address().port}`,
    txt,
    addresses,
    silence: () => void (isSilent = true),
    async close() {
      socket.close()
      await once(socket, "close")
    },
  }
}

function addressBytes(address: string | undefined, type: number): Buffer[] {
  if (address === "::1") return type === types.aaaa ? [Buffer.from([...Array(15).fill(0), 1])] : []
  return address === undefined || type !== types.a ? [] : [Buffer.from(address.split(".").map(Number))]
}

function nameIn(question: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.subarray(at + 1, at + 1 + length).toString("ascii"))
    at += length + 1
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 }
}

/** A text in strings of at most 255 bytes. */
function stringsOf(text: string): Buffer {
  const bytes = Buffer.from(text)
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 255) {
    const some = bytes.subarray(at, at + 255)
    parts.push(Buffer.from([some.length]), some)
  }
  return Buffer.concat(parts)
}
