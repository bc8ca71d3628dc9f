import { deflateRawSync, gzipSync } from "node:zlib"
import type { Seeded } from "../seeded.ts"
import { legacyRevision, modernRevision } from "../upstream/mcp-message.ts"
import { hostileBody, markedCall } from "./hostile-body.ts"

/** One generated request as the exact bytes that go over the connection. */
export interface HostileRequest {
  family: string
  bytes: Buffer
}

export interface DoorFacts {
  path: string
  host: string
  credential?: string
  /** The credential of another agent, which has its own rights. */
  otherCredential?: string
  session?: string
}

type Lines = string[]
type Maker = (random: Seeded, door: DoorFacts, mark: string) => Buffer

const makers: Record<string, Maker> = {
  "header and body": (random, door, mark) => headerAndBody(random, door, mark),
  credential: (random, door, mark) => send(foreignCredential(random, door), markedCall(mark)),
  "host and origin": (random, door, mark) => hostAndOrigin(random, door, mark),
  framing: (random, door, mark) => framing(random, door, mark),
  "content type": (random, door, mark) => contentType(random, door, mark),
  address: (random, door, mark) => address(random, door, mark),
  "big headers": (random, door, mark) => bigHeaders(random, door, mark),
  pipelined: (random, door, mark) =>
    Buffer.concat(
      Array.from({ length: 2 + random.int(5) }, (_, n) => whole(door, markedCall(`${mark}-${n}`))),
    ),
  repeated: (_random, door, mark) =>
    Buffer.concat([whole(door, markedCall(mark)), whole(door, markedCall(mark))]),
}

const bodyShare = 3 // of four requests, three carry a generated body in a request that is itself in order

/** Generate one request to an HTTP door. */
export function hostileRequest(random: Seeded, door: DoorFacts, mark: string): HostileRequest {
  if (random.int(4) < bodyShare) {
    const { family, bytes } = hostileBody(random, mark)
    return {
      family,
      bytes: whole(door, bytes, random.int(2) === 0 ? legacyHeaders(door) : modernHeaders(bytes)),
    }
  }
  const family = random.pick(Object.keys(makers))
  return { family, bytes: makers[family]?.(random, door, mark) ?? Buffer.alloc(0) }
}

/** A request in order: what hostile parts are put into. */
function whole(door: DoorFacts, body: string | Buffer, more: Lines = modernHeaders(body)): Buffer {
  return send([`POST ${door.path} HTTP/1.1`, `Host: ${door.host}`, ...credentialOf(door), ...more], body)
}

function send(head: Lines, body: string | Buffer, length = Buffer.byteLength(body)): Buffer {
  const lines = [...head, `Content-Length: ${length}`, "", ""]
  return Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), Buffer.from(body)])
}

const credentialOf = ({ credential }: DoorFacts): Lines =>
  credential === undefined ? [] : [`Authorization: Bearer ${credential}`]

const json = ["Content-Type: application/json", "Accept: application/json, text/event-stream"]

function legacyHeaders({ session }: DoorFacts): Lines {
  const inSession = session === undefined ? [] : [`Mcp-Session-Id: ${session}`]
  return [...json, `MCP-Protocol-Version: ${legacyRevision}`, ...inSession]
}

// The headers that belong to a body that may be broken: taken from its text, as an honest client would set them.
function modernHeaders(body: string | Buffer): Lines {
  const text = body.toString("latin1").slice(0, 4000)
  const method = /"method":"([\w/.]+)"/.exec(text)?.[1] ?? "tools/call"
  const name = /"name":"([\w]+)"/.exec(text)?.[1] ?? "add_note"
  return [...json, `MCP-Protocol-Version: ${modernRevision}`, `Mcp-Method: ${method}`, `Mcp-Name: ${name}`]
}

function headerAndBody(random: Seeded, door: DoorFacts, mark: string): Buffer {
  const version = random.pick([
    modernRevision,
    legacyRevision,
    "2024-11-05",
    "1999-01-01",
    "",
    "x".repeat(300),
  ])
  const more = random.pick<Lines>([
    ["Mcp-Method: tools/list", "Mcp-Name: add_note"],
    ["Mcp-Method: tools/call", "Mcp-Name: echo"],
    ["Mcp-Method: tools/call"],
    ["Mcp-Name: add_note"],
    ["Mcp-Method: tools/call", "Mcp-Name: add_note", "Mcp-Name: send_note"],
    ["Mcp-Method: tools/call", "Mcp-Name: =?base64?!!!!?="],
    ["Mcp-Method: tools/call", "Mcp-Name: =?base64?c2VuZF9ub3Rl?="],
    ["Mcp-Method: tools/call", "Mcp-Name: add_note", "Mcp-Param-To: mallory"],
  ])
  return whole(door, markedCall(mark), [...json, `MCP-Protocol-Version: ${version}`, ...more])
}

function foreignCredential(random: Seeded, door: DoorFacts): Lines {
  const own = door.credential ?? "none"
  const session = door.session === undefined ? [] : [`Mcp-Session-Id: ${door.session}`]
  const lines = random.pick<Lines>([
    [],
    ["Authorization: Bearer "],
    [`Authorization: Bearer ${own.slice(0, -1)}`],
    [`Authorization: Bearer ${own.toUpperCase()}`],
    [`Authorization: Basic ${Buffer.from(`${own}:`).toString("base64")}`],
    [`Authorization: Bearer x`, `Authorization: Bearer ${own}`],
    [`Authorization: Bearer ${door.otherCredential ?? "x"}`, ...session],
    [`Authorization: Bearer ${"A".repeat(9000)}`],
    [`Cookie: session=${own}`],
  ])
  return [
    `POST ${door.path} HTTP/1.1`,
    `Host: ${door.host}`,
    ...legacyHeaders({ path: "", host: "" }),
    ...lines,
  ]
}

function hostAndOrigin(random: Seeded, door: DoorFacts, mark: string): Buffer {
  const host = random.pick([
    door.host,
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "",
    "[::ffff:7f00:1]",
  ])
  const origin = random.pick<Lines>([
    [],
    ["Origin: https://evil.example"],
    ["Origin: null"],
    ["Origin: file://"],
  ])
  const target = random.int(6) === 0 ? `http://evil.example${door.path}` : door.path
  const head = [`POST ${target} HTTP/1.1`, `Host: ${host}`, ...origin, ...credentialOf(door)]
  return send([...head, ...modernHeaders(markedCall(mark))], markedCall(mark))
}

function framing(random: Seeded, door: DoorFacts, mark: string): Buffer {
  const body = markedCall(mark)
  const head = [
    `POST ${door.path} HTTP/1.1`,
    `Host: ${door.host}`,
    ...credentialOf(door),
    ...modernHeaders(body),
  ]
  const text = (lines: Lines, after: string) => Buffer.from(`${lines.join("\r\n")}\r\n\r\n${after}`, "latin1")
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  return random.pick<() => Buffer>([
    () => send(head, body, body.length + 100),
    () => send(head, body, Math.max(0, body.length - 10)),
    () => send([...head, "Transfer-Encoding: chunked"], chunk),
    () => text([...head, "Transfer-Encoding: chunked"], chunk),
    () => text([...head, "Transfer-Encoding: chunked"], `zz\r\n${body}`),
    () => text([...head, "Transfer-Encoding: gzip, chunked"], chunk),
    () => text([...head, `Content-Length: ${body.length}`, "Content-Length: 5"], body),
    () => text([...head, "Content-Length: -1"], body),
    () => text([...head, "Upgrade: websocket", "Connection: Upgrade"], ""),
    () => text([...head, "Expect: 100-continue", `Content-Length: ${body.length}`], body),
    () => Buffer.from(`${head.join("\n")}\n\n${body}`),
    () => Buffer.from(`GET ${door.path}\r\n\r\n`),
    () => Buffer.from(Array.from({ length: 200 }, () => random.int(256))),
  ])()
}

function contentType(random: Seeded, door: DoorFacts, mark: string): Buffer {
  const body = Buffer.from(markedCall(mark))
  const bomb = gzipSync(Buffer.alloc(4_000_000))
  const [type, encoded] = random.pick<[Lines, Buffer]>([
    [["Content-Type: text/plain"], body],
    [["Content-Type: application/x-www-form-urlencoded"], body],
    [[], body],
    [["Content-Type: application/json; charset=utf-16"], Buffer.from(markedCall(mark), "utf16le")],
    [["Content-Type: application/json", "Content-Encoding: gzip"], gzipSync(body)],
    [["Content-Type: application/json", "Content-Encoding: gzip"], bomb],
    [["Content-Type: application/json", "Content-Encoding: deflate"], deflateRawSync(body)],
    [["Content-Type: application/json", "Accept: text/html"], body],
  ])
  return whole(door, encoded, [...type, `MCP-Protocol-Version: ${legacyRevision}`])
}

function address(random: Seeded, door: DoorFacts, mark: string): Buffer {
  const method = random.pick([
    "POST",
    "GET",
    "DELETE",
    "PUT",
    "PATCH",
    "OPTIONS",
    "HEAD",
    "TRACE",
    "PROPFIND",
  ])
  const path = random.pick([
    door.path,
    `${door.path}/`,
    `${door.path}/../../v1/node`,
    `${door.path}%2f..%2f..%2fv1%2fnode`,
    `${door.path}%00`,
    `${door.path}?server=other`,
    `/${door.path}`,
    door.path.toUpperCase(),
    "/mcp",
    "/mcp/",
    "/mcp/__proto__",
    "/mcp/nobody",
    `/mcp/${"a".repeat(5000)}`,
    "/v1/node",
    "/v1/holds/hld_0000000000:approve",
    "/v1/agents/__proto__",
    "*",
  ])
  return send([`${method} ${path} HTTP/1.1`, `Host: ${door.host}`, ...legacyHeaders(door)], markedCall(mark))
}

function bigHeaders(random: Seeded, door: DoorFacts, mark: string): Buffer {
  const more = random.pick<Lines>([
    [`X-Big: ${"a".repeat(100_000)}`],
    Array.from({ length: 1500 }, (_, n) => `X-${n}: ${n}`),
    [`Mcp-Session-Id: ${"s".repeat(8000)}`],
    ["Mcp-Session-Id: __proto__"],
    ["X-Bad: a\u0000b"],
    ["X Bad: a"],
  ])
  return whole(door, markedCall(mark), [...legacyHeaders(door), ...more])
}
