import { randomUUID } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startProcess } from "../process/start-process.ts"

/** One end that somebody wanted to reach. */
export interface Attempt {
  readonly pid: number
  /** `tcp`, `udp` or `dns` where a Node process said so itself, else the kernel's table. */
  readonly by: string
  readonly to: string
}

export interface SocketWatch {
  /** The environment that a process needs to be watched. */
  readonly env: Readonly<Record<string, string>>
  /** What the Node processes tried, in order, ends inside too. */
  attempts(): Attempt[]
  /** The next end outside that the kernel's tables show. */
  nextSeen(): Promise<Attempt>
  /** Ends the watch. */
  stop(): Promise<Attempt[]>
}

const looker = fileURLToPath(new URL("./outside-sockets.ts", import.meta.url))
const recorder = new URL("./record-attempts.mjs", import.meta.url).href

/** Watches every socket of the processes that are started with its environment, from the kernel's side and from theirs. */
export async function watchSockets(folder: string, inside: readonly string[]): Promise<SocketWatch> {
  const mark = randomUUID()
  const file = join(folder, "attempts.jsonl")
  const looking = await startProcess(process.execPath, [looker, "--mark", mark, "--inside", inside.join(",")])
  const lines = (text: string) => text.split("\n").filter((line) => line !== "")
  // Both are written by these tests' own programs.
  const read = (line: string) => JSON.parse(line) as Attempt
  return {
    env: { HUFU_TEST_WATCHED: mark, HUFU_TEST_ATTEMPTS: file, NODE_OPTIONS: `--import=${recorder}` },
    attempts: () => (existsSync(file) ? lines(readFileSync(file, "utf8")).map(read) : []),
    nextSeen: async () => read(await looking.nextLine()),
    async stop() {
      const seen: Attempt[] = []
      await looking.stop()
      for (let line = await looking.nextLine(); line !== ""; line = await looking.nextLine())
        seen.push(read(line))
      return seen
    },
  }
}
