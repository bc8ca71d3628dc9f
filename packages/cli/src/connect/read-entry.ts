import { isAbsolute } from "node:path"
import { type JsoncNode, memberOf, valueOf } from "./scan-jsonc.ts"

/** What a client's entry for one tool server says. */
export type Entry =
  | StdioEntry
  | HttpEntry
  | { readonly kind: "guarded" }
  | { readonly kind: "left"; readonly why: LeftBecause }

export interface StdioEntry {
  readonly kind: "stdio"
  readonly command: readonly [string, ...string[]]
  /** Variables with a text as their value; others are none of ours. */
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string | undefined
  /** What it says depends on the client: it fills in variables such as `${workspaceFolder}`. */
  readonly dynamic: boolean
  /** A part of the command is a path from the folder in which it starts. */
  readonly relative: boolean
}

export interface HttpEntry {
  readonly kind: "http"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly dynamic: boolean
}

/** Why an entry stays as it is. */
export type LeftBecause = keyof typeof leftBecause

export const leftBecause = {
  shape: {
    en: "it is neither a command nor a URL that Hufu can read",
    zh: "既不是虎符能识别的命令，也不是 URL",
  },
  both: {
    en: "it has a command and a URL: which one the client takes is unknown",
    zh: "同时有命令和 URL，无法确定客户端使用哪一个",
  },
  sse: {
    en: "it speaks the older SSE transport, which Hufu does not",
    zh: "使用旧的 SSE 传输，虎符不支持",
  },
  signIn: {
    en: "the client signs in to it or makes its headers, which a guard cannot",
    zh: "由客户端登录或生成请求头，守卫无法代替",
  },
  envFile: {
    en: "it reads an `envFile`: write its variables into `env`, or guard it by hand with --env",
    zh: "使用 `envFile`：请将变量写入 `env`，或手动用 --env 加守卫",
  },
} as const

const httpTypes = new Set(["http", "streamable-http", "streamableHttp"])
/** Members of an entry for a URL that a command would give another meaning. */
const commandMembers = ["args", "env", "cwd", "envFile"]

/** Reads an entry as its client would. UNTRUSTED: what it cannot be sure of is left as it is. */
export function readEntry(node: JsoncNode): Entry {
  if (node.kind !== "object") return left("shape")
  const read = (key: string) => {
    const member = memberOf(node, key)
    return member === undefined ? undefined : valueOf(member.value)
  }
  const type = read("type")
  const command = read("command")
  const url = read("url")
  if (command !== undefined && url !== undefined) return left("both")
  if (type === "sse") return left("sse")
  if (typeof command === "string" && command !== "") return stdio(command, type, read)
  return typeof url === "string" ? http(url, type, read) : left("shape")
}

type Read = (key: string) => unknown

function stdio(program: string, type: unknown, read: Read): Entry {
  const args = read("args") ?? []
  const environment = read("env") ?? {}
  const folder = read("cwd")
  if (type !== undefined && type !== "stdio") return left("shape")
  if (!isTexts(args) || !isRecord(environment)) return left("shape")
  if (Object.keys(environment).some((name) => !/^[^-=\s][^=\s]*$/.test(name))) return left("shape")
  if (isGuarded([program, ...args])) return { kind: "guarded" }
  if (read("envFile") !== undefined) return left("envFile")
  const values = texts(environment)
  const said = [program, ...args, ...Object.values(values), folder]
  return {
    kind: "stdio",
    command: [program, ...args],
    environment: values,
    folder: typeof folder === "string" && isAbsolute(folder) ? folder : undefined,
    dynamic: said.some(hasPlaceholder),
    relative: [program, ...args].some((part) => /^\.{1,2}(?:[\\/]|$)/.test(part)),
  }
}

function http(url: string, type: unknown, read: Read): Entry {
  const headers = read("headers") ?? {}
  if (type !== undefined && !(typeof type === "string" && httpTypes.has(type))) return left("shape")
  if (commandMembers.some((key) => read(key) !== undefined)) return left("both")
  if (["oauth", "auth", "headersHelper"].some((key) => read(key) !== undefined)) return left("signIn")
  if (!isRecord(headers) || Object.values(headers).some((value) => typeof value !== "string"))
    return left("shape")
  const dynamic = hasPlaceholder(url) || Object.values(headers).some(hasPlaceholder)
  if (!hasPlaceholder(url) && !isWeb(url)) return left("shape")
  if (/\/sse\/?$/.test(url)) return left("sse")
  return { kind: "http", url, headers: texts(headers), dynamic }
}

/** Whether a command line starts a guard, however Hufu is installed and whoever wrote it. */
export function isGuarded(words: readonly string[]): boolean {
  const at = words
    .slice(0, 6)
    .findIndex((word) => /(?:^|[\\/])hufu(?:@[\w.-]+)?(?:\.(?:js|cmd|exe|ps1))?$/i.test(word))
  if (at < 0) return false
  const end = words.indexOf("--", at)
  return words.slice(at + 1, end < 0 ? undefined : end).includes("guard")
}

function left(why: LeftBecause): Entry {
  return { kind: "left", why }
}

function hasPlaceholder(value: unknown): boolean {
  return typeof value === "string" && value.includes("${")
}

function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string")
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function texts(of: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(of).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  )
}
