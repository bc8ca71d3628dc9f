import { existsSync, writeFileSync } from "node:fs"
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Outcome } from "./client-under-test.ts"

/** One call and how to see what came of it. */
export type ReferenceCall = {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly isRight: (outcome: Outcome) => boolean
  /** How many times the effect is there to be seen; absent where the tool leaves no trace. */
  readonly timesHappened?: () => Promise<number>
}

/** One of the four reference servers of MCP, with a call that only reads and one that changes something. */
export type ReferenceServer = {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Tools that every client is shown, whatever it declares. */
  readonly tools: readonly string[]
  readonly read: ReferenceCall
  /** A fresh call each time, so that no two share their arguments. */
  readonly change: (nonce: string) => ReferenceCall
}

export type ReferenceServers = {
  readonly servers: readonly ReferenceServer[]
  readonly remove: () => Promise<void>
}

const program = (name: string): string =>
  fileURLToPath(import.meta.resolve(`@modelcontextprotocol/${name}/dist/index.js`))

const says =
  (text: string) =>
  (outcome: Outcome): boolean =>
    outcome.ok && !outcome.isError && outcome.text.includes(text)

/** Prepares the four servers, each on its own folder. */
export async function prepareServers(): Promise<ReferenceServers> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mcp-servers-")))
  return {
    servers: [everything(), await filesystem(folder), memory(folder), sequentialThinking()],
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function everything(): ReferenceServer {
  return {
    name: "everything",
    args: [program("server-everything"), "stdio"],
    env: {},
    tools: ["echo", "get-sum", "get-env", "trigger-long-running-operation"],
    read: { tool: "echo", args: { message: "hello" }, isRight: says("Echo: hello") },
    change: (nonce) => ({ tool: "echo", args: { message: nonce }, isRight: says(`Echo: ${nonce}`) }),
  }
}

async function filesystem(folder: string): Promise<ReferenceServer> {
  const root = join(folder, "files")
  await mkdir(root)
  await writeFile(join(root, "note.txt"), "a note for the matrix")
  return {
    name: "filesystem",
    args: [program("server-filesystem"), root],
    env: {},
    tools: ["read_text_file", "write_file", "edit_file", "list_directory"],
    read: {
      tool: "read_text_file",
      args: { path: join(root, "note.txt") },
      isRight: says("a note for the matrix"),
    },
    // Each time that it is performed adds one mark, which writing the same text twice would not show.
    change(nonce) {
      const path = join(root, `${nonce}.txt`)
      writeFileSync(path, nonce)
      return {
        tool: "edit_file",
        args: { path, edits: [{ oldText: nonce, newText: `${nonce}+` }] },
        isRight: says(`${nonce}+`),
        timesHappened: async () => (await readFile(path, "utf8")).split("+").length - 1,
      }
    },
  }
}

function memory(folder: string): ReferenceServer {
  const file = join(folder, "memory.jsonl")
  return {
    name: "memory",
    args: [program("server-memory")],
    env: { MEMORY_FILE_PATH: file },
    tools: ["create_entities", "delete_entities", "read_graph", "search_nodes"],
    read: { tool: "read_graph", args: {}, isRight: says("entities") },
    change: (nonce) => ({
      tool: "create_entities",
      args: { entities: [{ name: nonce, entityType: "test", observations: ["made by the matrix"] }] },
      isRight: says(nonce),
      timesHappened: async () =>
        existsSync(file) ? (await readFile(file, "utf8")).split(`"name":"${nonce}"`).length - 1 : 0,
    }),
  }
}

function sequentialThinking(): ReferenceServer {
  const think = (thought: string): ReferenceCall => ({
    tool: "sequentialthinking",
    args: { thought, nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
    isRight: says("thoughtHistoryLength"),
  })
  return {
    name: "sequential-thinking",
    args: [program("server-sequential-thinking")],
    env: {},
    tools: ["sequentialthinking"],
    read: think("one and one is two"),
    change: think,
  }
}
