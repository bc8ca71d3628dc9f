import { once } from "node:events"
import { isFailure } from "@hufu/core/failure"
import { systemClock } from "../clock.ts"
import { intentOf, newAction } from "./scratch-store.ts"
import { openStore } from "./store.ts"

// A process whose files may not grow beyond a limit: it writes until that refuses, waits for a word, and goes on.
const [dataDir = "", way = "tables"] = process.argv.slice(2)
// Writing beyond the limit is an error to report, not a reason to die.
process.on("SIGXFSZ", () => {})
/** What was logged of the journal; a checkpoint that could not be signed is told apart. */
const errors: string[] = []
const logger = {
  info: () => {},
  warn: () => {},
  error: (_entry: unknown, said = "") => void (said.includes("journal") && errors.push(said)),
}
const options = { dataDir, clock: systemClock, logger }
const store = await openStore(options)
await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
let written = 0

const intoTables = (): Promise<unknown> => store.ledger.append(intentOf(newAction()))

/** As the pipeline lets an action out: into the journal first. */
function intoJournal(): Promise<unknown> {
  const id = newAction()
  return store.commit(
    (tx) => {
      store.vault.keep(tx, { id, subject: "tsk_a", text: JSON.stringify("x".repeat(5_000)) })
      tx.append(intentOf(id))
    },
    { blind: true },
  )
}

const write = way === "tables" ? intoTables : intoJournal
const codeOf = (error: unknown): string => (isFailure(error) ? error.code : String(error))

async function untilRefused(limit: number): Promise<string> {
  for (let i = 0; i < limit; i += 1) {
    const batch = await Promise.allSettled(Array.from({ length: 50 }, write))
    written += batch.filter((result) => result.status === "fulfilled").length
    const refused = batch.find((result) => result.status === "rejected")
    if (refused !== undefined) return codeOf(refused.reason)
  }
  return "none"
}

/** How many entries whoever asks is shown, or why not. */
function read(): number | string {
  try {
    return store.query<{ n: number }>("SELECT count(*) AS n FROM entry")[0]?.n ?? 0
  } catch (error) {
    return codeOf(error)
  }
}

/** How an attempt to open the store that was closed ends; it stays closed. */
async function reopened(): Promise<string> {
  try {
    await (await openStore(options)).close()
    return "none"
  } catch (error) {
    return codeOf(error)
  }
}

const first = await untilRefused(1_000)
// What is left may still hold a smaller batch than the one that was refused.
const again = await untilRefused(1_000)
const told = errors.length
console.log(JSON.stringify({ first, again, written, size: store.ledger.size(), read: read(), told }))
if (way === "close") {
  const closed = await store.close().then(() => "none", codeOf)
  console.log(JSON.stringify({ closed, reopened: await reopened() }))
  await once(process.stdin, "data")
  console.log(JSON.stringify({ reopened: await reopened() }))
  process.exit(0)
}
await once(process.stdin, "data")
const later = await untilRefused(5)
const verdict = await store.ledger.verify()
console.log(JSON.stringify({ later, written, size: store.ledger.size(), read: read(), verdict }))
await store.close()
process.exit(0)
