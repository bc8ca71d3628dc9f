import { createRequire } from "node:module"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import type { Registration } from "@hufu/core/registration/registration"
import { installPeers } from "../../conformance/mcp/install-peers.ts"
import { type Engine, textOf } from "./engine.ts"

const folder = fileURLToPath(new URL("./peers", import.meta.url))

/** As much of MiniSearch as is used here. */
interface MiniSearch {
  add(document: object): void
  search(text: string, options: object): { id: number }[]
}

/** MiniSearch as its guide begins: both fields, any word, the title twice as much. */
export async function loadMiniSearch(agents: Iterable<Registration>): Promise<Engine> {
  await installPeers(folder)
  const require = createRequire(`${folder}/package.json`)
  // It is used through the few members above, as its own declarations describe them.
  const Index = require("minisearch") as new (options: object) => MiniSearch
  const index = new Index({ fields: ["title", "text"], idField: "id" })
  let id = 0
  for (const agent of agents) index.add({ id: (id += 1), ...textOf(agent) })
  return {
    name: "MiniSearch",
    ask: (text) => index.search(text, { boost: { title: 2 } }).slice(0, 10).length,
  }
}

/** FTS5 as it comes: its own tokenizer, any word, ordered by bm25. */
export async function loadPlainFts(file: string, agents: Iterable<Registration>): Promise<Engine> {
  const db = new DatabaseSync(file)
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536")
  db.exec("CREATE VIRTUAL TABLE agent USING fts5(title, text)")
  const insert = db.prepare("INSERT INTO agent (title, text) VALUES (?, ?)")
  let n = 0
  db.exec("BEGIN")
  for (const agent of agents) {
    const { title, text } = textOf(agent)
    insert.run(title, text)
    n += 1
    if (n % 500 === 0) db.exec("COMMIT; BEGIN")
  }
  db.exec("COMMIT")
  const find = db.prepare(
    "SELECT rowid FROM agent WHERE agent MATCH ? ORDER BY bm25(agent, 2.0, 1.0) LIMIT 10",
  )
  return {
    name: "SQLite FTS5, plain",
    ask(text) {
      const words = text.match(/[\p{L}\p{N}]+/gu) ?? []
      return find.all(words.map((word) => `"${word}"`).join(" OR ")).length
    },
    close: () => db.close(),
  }
}
