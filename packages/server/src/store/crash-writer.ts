import { pino } from "pino"
import { systemClock } from "../clock.ts"
import { intentOf, newAction, outcomeOf } from "./scratch-store.ts"
import { openStore } from "./store.ts"

// A process to be killed: it says on stdout what was acknowledged, and nothing before it was.
const [dataDir = ""] = process.argv.slice(2)
const store = await openStore({ dataDir, clock: systemClock, logger: pino({ level: "silent" }) })
process.stdout.write("open\n")

async function write(): Promise<void> {
  for (;;) {
    const action = newAction()
    const index = await store.commit((tx) => {
      store.vault.put(tx, { id: action, subject: "tsk_a", value: { action } })
      return tx.append(intentOf(action))
    })
    process.stdout.write(`intent ${index} ${action}\n`)
    const outcome = await store.ledger.append(outcomeOf(action), { lazy: true })
    process.stdout.write(`outcome ${outcome.index} ${action}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, write))
