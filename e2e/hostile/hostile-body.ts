import type { Seeded } from "../seeded.ts"
import { modernMeta } from "../upstream/mcp-message.ts"

/** One generated message: its kind for the report, and the bytes that are sent as a body or as a line. */
export interface HostileBody {
  family: string
  bytes: Buffer
}

const maxPlainBytes = 4_000_000
const tools = [
  "add_note",
  "send_note",
  "echo",
  "drop_table",
  "__proto__",
  "constructor",
  "toString",
  "",
  "../add_note",
]
const strangeText = [
  "\u202eadd_note",
  "add_note\u0000",
  "add_note\u200b",
  "ADD_NOTE",
  "add_note ",
  "\ud83d\ude00",
  "\u00e9",
]
const methods = [
  "tools/call",
  "tools/list",
  "tools/call/",
  "Tools/Call",
  "tools//call",
  "resources/read",
  "resources/subscribe",
  "prompts/get",
  "completion/complete",
  "sampling/createMessage",
  "elicitation/create",
  "roots/list",
  "logging/setLevel",
  "tasks/get",
  "tasks/cancel",
  "tasks/update",
  "subscriptions/listen",
  "server/discover",
  "initialize",
  "ping",
  "rpc.discover",
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/tools/list_changed",
  "__proto__",
]

type Maker = (random: Seeded, mark: string) => string | Buffer

/** A well-formed call that carries its own mark, so that its way through the door can be followed. */
export function markedCall(mark: string, tool = "add_note", more: object = {}): string {
  const params = { name: tool, arguments: { id: mark, text: "a note" }, _meta: modernMeta, ...more }
  return JSON.stringify({ jsonrpc: "2.0", id: mark, method: "tools/call", params })
}

const makers: Record<string, Maker> = {
  "well-formed": (_random, mark) => markedCall(mark),
  "broken text": (random, mark) => breakText(markedCall(mark), random),
  "not utf-8": (random, mark) => breakBytes(Buffer.from(markedCall(mark)), random),
  "wrong shape": (random, mark) => wrongShape(random, mark),
  "doubled keys": (random, mark) => doubledKeys(random, mark),
  "deep or wide": (random, mark) => deepOrWide(random, mark),
  "strange numbers": (random, mark) => strangeNumbers(random, mark),
  "strange tool": (random, mark) => markedCall(mark, random.pick([...tools, ...strangeText])),
  "strange method": (random, mark) => strangeMethod(random, mark),
  "prototype keys": (random, mark) => prototypeKeys(random, mark),
  "out of order": (random, mark) => outOfOrder(random, mark),
  "forged state": (random, mark) => forgedState(random, mark),
  batch: (random, mark) =>
    `[${Array.from({ length: 1 + random.int(20) }, (_, n) => markedCall(`${mark}-${n}`)).join(",")}]`,
}

export const families = Object.keys(makers)

/** Generate one message; huge ones are rare, so that a long run stays a run of many messages. */
export function hostileBody(random: Seeded, mark: string): HostileBody {
  if (random.int(400) === 0) return { family: "huge", bytes: Buffer.from(huge(random, mark)) }
  const family = random.pick(families)
  return { family, bytes: Buffer.from(makers[family]?.(random, mark) ?? "") }
}

function breakText(text: string, random: Seeded): string {
  const at = random.int(text.length)
  const breaks = [
    () => text.slice(0, at),
    () => text.slice(at),
    () => text + random.pick(["}", "]", ",", "null", text, "//x", "\u0000"]),
    () => text.replaceAll('"', "'"),
    () => `\ufeff${text}`,
    () => text.slice(0, at) + random.pick(["\u0000", "\\", '"', "{", "\n", "\u2028"]) + text.slice(at),
    () => text.replace("a note", random.pick(["\\ud800", "\\u12", "\\x41", "\t"])),
    () => "",
    () => " ".repeat(random.int(2000)),
  ]
  return random.pick(breaks)()
}

function breakBytes(bytes: Buffer, random: Seeded): Buffer {
  if (random.int(4) === 0) return Buffer.from(bytes.toString("utf8"), "utf16le")
  for (let n = 0; n <= random.int(8); n++) bytes[random.int(bytes.length)] = random.int(256)
  return bytes
}

function wrongShape(random: Seeded, mark: string): string {
  const odd: unknown[] = [null, 0, -1, 1.5, "", "x", [], [1], {}, { id: mark }, true]
  const whole = {
    jsonrpc: "2.0",
    id: mark,
    method: "tools/call",
    params: { name: "add_note", arguments: { id: mark } },
  }
  const shapes: unknown[] = [
    random.pick(odd),
    { ...whole, id: random.pick(odd) },
    { ...whole, jsonrpc: random.pick([...odd, "1.0", "2.00"]) },
    { ...whole, method: random.pick(odd) },
    { ...whole, params: random.pick(odd) },
    { ...whole, params: { name: random.pick(odd), arguments: { id: mark } } },
    { ...whole, params: { name: "add_note", arguments: random.pick(odd) } },
    { ...whole, params: { name: "add_note", arguments: { id: random.pick(odd), text: random.pick(odd) } } },
    { ...whole, params: { ...whole.params, _meta: random.pick([...odd, { progressToken: {} }]) } },
    { ...whole, result: {}, error: { code: 1, message: "x" } },
  ]
  return JSON.stringify(random.pick(shapes))
}

// Two parsers that disagree on a doubled key are how a call slips past a check, so each form is tried both ways.
function doubledKeys(random: Seeded, mark: string): string {
  const args = `{"id":"${mark}","text":"a"}`
  const other = `{"id":"${mark}","text":"b","to":"mallory"}`
  const named = random.pick(['"name"', '"n\\u0061me"', '"\\u006eame"'])
  const pair = random.shuffled(["add_note", "send_note"])
  const forms = [
    `"method":"tools/call","params":{"name":"${pair[0]}",${named}:"${pair[1]}","arguments":${args}}`,
    `"method":"tools/call","params":{"name":"add_note","arguments":${args},"arguments":${other}}`,
    `"method":"tools/list","method":"tools/call","params":{"name":"add_note","arguments":${args}}`,
    `"method":"tools/call","params":{"name":"echo"},"params":{"name":"send_note","arguments":${other}}`,
    `"method":"tools/call","params":{"name":"add_note","arguments":{"id":"${mark}","to":"ann","to":"mallory"}}`,
    `"id":"other","method":"tools/call","params":{"name":"add_note","arguments":${args}}`,
  ]
  return `{"jsonrpc":"2.0","id":"${mark}",${random.pick(forms)}}`
}

function deepOrWide(random: Seeded, mark: string): string {
  const depth = 10 ** (1 + random.int(4))
  const deep = random.pick(["[", '{"a":']).repeat(depth)
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: depth }, (_, n) => [`k${n}`, n])))
  const args = random.pick([
    `${deep}1`,
    `${"[".repeat(depth)}${"]".repeat(depth)}`,
    wide,
    `{"id":"${mark}","text":${wide}}`,
  ])
  return `{"jsonrpc":"2.0","id":"${mark}","method":"tools/call","params":{"name":"add_note","arguments":${args}}}`
}

function strangeNumbers(random: Seeded, mark: string): string {
  const number = random.pick([
    "1e400",
    "-0",
    "9007199254740993",
    "0.1e-400",
    "1".repeat(400),
    "01",
    "+1",
    "NaN",
    "0x10",
  ])
  const id = random.pick([`"${mark}"`, number])
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"add_note","arguments":{"id":"${mark}","ms":${number}}}}`
}

function strangeMethod(random: Seeded, mark: string): string {
  const params = random.pick([
    {},
    { uri: "file:///etc/passwd" },
    { uri: "http://169.254.169.254/" },
    { name: "add_note", arguments: { id: mark } },
    { requestId: mark, reason: "because" },
    { taskId: mark },
    { level: "debug" },
  ])
  const id = random.int(4) === 0 ? {} : { id: mark }
  return JSON.stringify({
    jsonrpc: "2.0",
    ...id,
    method: random.pick(methods),
    params: { ...params, _meta: modernMeta },
  })
}

function prototypeKeys(random: Seeded, mark: string): string {
  const key = random.pick(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])
  const value = random.pick(['{"polluted":true}', '{"prototype":{"polluted":true}}', "null", "[]"])
  const inside = `"${key}":${value}`
  const forms = [
    `"params":{"name":"add_note","arguments":{"id":"${mark}",${inside}}}`,
    `"params":{"name":"add_note",${inside},"arguments":{"id":"${mark}"}}`,
    `"params":{"name":"add_note","arguments":{"id":"${mark}"},"_meta":{${inside}}},${inside}`,
  ]
  return `{"jsonrpc":"2.0","id":"${mark}","method":"tools/call",${random.pick(forms)}}`
}

function outOfOrder(random: Seeded, mark: string): string {
  const messages = [
    { id: mark, result: { content: [] } },
    { id: random.int(50), result: { action: "accept", content: {} } },
    { id: mark, error: { code: -32000, message: "no" } },
    { method: "notifications/cancelled", params: { requestId: random.pick([mark, 1, 2, null]) } },
    { method: "notifications/initialized" },
    { method: "tools/call", params: { name: "add_note", arguments: { id: mark } } },
    {
      id: mark,
      method: "initialize",
      params: { protocolVersion: random.pick(["2025-11-25", "1999-01-01", 7, null]) },
    },
  ]
  return JSON.stringify({ jsonrpc: "2.0", ...random.pick(messages) })
}

function forgedState(random: Seeded, mark: string): string {
  const state = random.pick([
    "",
    "x",
    "hld_00000000000000000000000000",
    "e30.e30.e30",
    "A".repeat(5000),
    mark,
  ])
  const answers = { approve: { action: "accept", content: { approved: true, hold: mark } } }
  return markedCall(mark, random.pick(["add_note", "send_note"]), {
    requestState: state,
    inputResponses: answers,
  })
}

function huge(random: Seeded, mark: string): string {
  const text = "x".repeat(random.int(maxPlainBytes))
  return JSON.stringify({
    jsonrpc: "2.0",
    id: mark,
    method: "tools/call",
    params: { name: "add_note", arguments: { id: mark, text } },
  })
}
