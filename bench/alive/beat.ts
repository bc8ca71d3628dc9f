import { readFileSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { quantile } from "../statistics.ts"

// A program of its own: sends heartbeats at a rate over connections that stay, and says how they were answered.

/** What it is told on its command line, as JSON. */
export interface BeatOrder {
  readonly host: string
  readonly port: number
  /** A file with the agents, each with its credential and code. */
  readonly agents: string
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
  /** How many heartbeats of one agent go in one request. */
  readonly batch: number
}

/** What it says, one line for each second and one at the end. */
export interface BeatReport {
  readonly second: number
  readonly done: boolean
  /** Since the first was sent. */
  readonly tookSeconds: number
  readonly sent: number
  readonly accepted: number
  readonly wrong: number
  readonly waiting: number
  readonly p50Ms: number
  readonly p99Ms: number
}

interface Agent {
  readonly aic: string
  readonly credential: string
}

// The bench writes both.
const order = JSON.parse(process.argv[2] ?? "{}") as BeatOrder
const agents = JSON.parse(readFileSync(order.agents, "utf8")) as Agent[]
const tickMs = 10

let [sent, accepted, wrong, next] = [0, 0, 0, 0]
let latencies: number[] = []
const all: number[] = []

/** Requests follow each other on a connection without waiting; the answers come in their order. */
class Line {
  readonly #socket: Socket
  readonly #waiting: { readonly at: number; readonly beats: number }[] = []
  #text = ""

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding("latin1")
    socket.on("data", (text: string) => this.#read(text))
  }

  get waiting(): number {
    return this.#waiting.length
  }

  send(text: string, beats: number): void {
    this.#waiting.push({ at: performance.now(), beats })
    this.#socket.write(text)
  }

  end(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text += text
    for (;;) {
      const head = this.#text.indexOf("\r\n\r\n")
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(this.#text.slice(0, head))?.[1] ?? 0)
      if (this.#text.length < head + 4 + length) return
      const isFine = this.#text.startsWith("HTTP/1.1 200 ")
      if (!isFine && wrong === 0) process.stderr.write(`${this.#text.slice(0, head + 4 + length)}\n`)
      this.#text = this.#text.slice(head + 4 + length)
      const of = this.#waiting.shift()
      if (of === undefined) continue
      latencies.push(performance.now() - of.at)
      if (isFine) accepted += of.beats
      else wrong += of.beats
    }
  }
}

function requestOf({ aic, credential }: Agent): string {
  const record = JSON.stringify({
    schemaVersion: "1.0.0",
    timestamp: new Date().toISOString(),
    aic,
    logType: "heartbeat",
    body: { uptimeSeconds: Math.floor(performance.now() / 1000) },
    resource: { "service.name": "bench", "service.version": "1.0.0" },
  })
  const body = order.batch === 1 ? record : `${record}\n`.repeat(order.batch)
  const type = order.batch === 1 ? "application/json" : "application/x-ndjson"
  return `POST /acps-amp-v2/logs HTTP/1.1\r\nhost: localhost:${order.port}\r\nauthorization: Bearer ${credential}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

function report(second: number, done: boolean): void {
  all.push(...latencies)
  const sorted = (done ? all : latencies).toSorted((one, other) => one - other)
  latencies = []
  const waiting = lines.reduce((sum, line) => sum + line.waiting, 0)
  const figures = { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) }
  const tookSeconds = (performance.now() - begun) / 1000
  const said: BeatReport = { second, done, tookSeconds, sent, accepted, wrong, waiting, ...figures }
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

const lines = await Promise.all(
  Array.from(
    { length: order.connections },
    () =>
      new Promise<Line>((resolve, reject) => {
        const socket = connect({ host: order.host, port: order.port, noDelay: true })
        socket.once("error", reject)
        socket.once("connect", () => resolve(new Line(socket)))
      }),
  ),
)
process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
const begun = performance.now()
let second = 0
const timer = setInterval(() => {
  const elapsed = Math.min(order.seconds, (performance.now() - begun) / 1000)
  const due = Math.floor(elapsed * order.perSecond)
  while (sent + order.batch <= due) {
    const agent = agents[next % agents.length]
    const line = lines[next % lines.length]
    next += 1
    sent += order.batch
    if (agent !== undefined) line?.send(requestOf(agent), order.batch)
  }
  if (Math.floor(elapsed) > second && elapsed < order.seconds) report((second = Math.floor(elapsed)), false)
  const isOver = elapsed >= order.seconds
  if (isOver && lines.every(({ waiting }) => waiting === 0)) {
    clearInterval(timer)
    for (const line of lines) line.end()
    report(order.seconds, true)
  }
}, tickMs)
