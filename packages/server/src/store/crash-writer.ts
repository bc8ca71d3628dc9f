import { pino } from "pino"
import { systemClock } from "../clock.ts"
import { intentOf, newAction, outcomeOf } from "./scratch-store.ts"
import { openStore } from "./store.ts"

// A process to be killed: it says on stdout what was acknowledged, and nothing before it was. It writes as the pipeline does:
// most actions without reading anything, some in a transaction, outcomes when something else is written.
const [dataDir = ""] = process.argv.slice(2)
const store = await openStore({ dataDir, clock: systemClock, logger: pino({ level: "silent" }) })
await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
process.stdout.write("open\n")

async function write(writer: number): Promise<void> {
  for (let round = 0; ; round += 1) {
    const action = newAction()
    const index = await store.commit(
      (tx) => {
        store.vault.put(tx, { id: action, subject: "tsk_a", value: { action } })
        return tx.append(intentOf(action))
      },
      { blind: (writer + round) % 40 !== 0 },
    )
    process.stdout.write(`intent ${index} ${action}\n`)
    const outcome = await store.commit((tx) => tx.append(outcomeOf(action)), { lazy: true, blind: true })
    process.stdout.write(`outcome ${outcome} ${action}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)))
