import { once } from "node:events"
import { pino } from "pino"
import { isFailure } from "@hufu/core/failure"
import { systemClock } from "../clock.ts"
import { intentOf, newAction } from "./scratch-store.ts"
import { openStore } from "./store.ts"

// A process whose files may not grow beyond a limit: it writes until that refuses, waits for a word, and goes on.
const [dataDir = ""] = process.argv.slice(2)
// Writing beyond the limit is an error to report, not a reason to die.
process.on("SIGXFSZ", () => {})
const store = await openStore({ dataDir, clock: systemClock, logger: pino({ level: "silent" }) })
let written = 0

async function untilRefused(limit: number): Promise<string> {
  for (let i = 0; i < limit; i += 1) {
    const batch = await Promise.allSettled(
      Array.from({ length: 50 }, () => store.ledger.append(intentOf(newAction()))),
    )
    written += batch.filter((result) => result.status === "fulfilled").length
    const refused = batch.find((result) => result.status === "rejected")
    if (refused === undefined) continue
    return isFailure(refused.reason) ? refused.reason.code : String(refused.reason)
  }
  return "none"
}

const first = await untilRefused(1_000)
// What is left may still hold a smaller batch than the one that was refused.
const again = await untilRefused(1_000)
console.log(JSON.stringify({ first, again, written, size: store.ledger.size() }))
await once(process.stdin, "data")
const later = await untilRefused(5)
const verdict = await store.ledger.verify()
console.log(JSON.stringify({ later, written, size: store.ledger.size(), verdict }))
await store.close()
process.exit(0)
