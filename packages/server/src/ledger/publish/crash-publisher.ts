import { readFileSync } from "node:fs"
import { join } from "node:path"
import { signCheckpoint } from "@hufu/core/evidence/checkpoint"
import { openReader } from "../../store/sqlite-connection.ts"
import { parseLedgerKey } from "../ledger-key.ts"
import { openLogSource } from "./log-source.ts"
import { openPublisher } from "./publisher.ts"

// A process to be killed: it publishes a ledger a few entries further at a time, and says on stdout what is published.
const [dataDir = "", folder = ""] = process.argv.slice(2)
const source = openLogSource(openReader(join(dataDir, "hufu.db")))
const key = parseLedgerKey(readFileSync(join(dataDir, "keys", "ledger.key"), "utf8"), source.origin)
if (key === null) throw new Error("the data folder has no key")
const publisher = await openPublisher({
  folder,
  source,
  // A kill loses nothing that was published: there is nothing to write again.
  logger: { warn: (of: unknown) => process.stdout.write(`warned ${JSON.stringify(of)}\n`) },
})
process.stdout.write(`published ${publisher.size}\n`)
while (publisher.size < source.size()) {
  const size = Math.min(publisher.size + 1 + Math.floor(Math.random() * 90), source.size())
  const root = source.rootAt(size)
  await publisher.publish({
    size,
    root,
    note: signCheckpoint({ origin: key.origin, size, root }, key.signer),
  })
  process.stdout.write(`published ${publisher.size}\n`)
}
process.stdout.write("all\n")
