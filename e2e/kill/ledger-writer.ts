import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { equalBytes } from "@hufu/core/evidence/merkle"
import { parseCheckpoint } from "@hufu/core/evidence/checkpoint"
import { parseNote } from "@hufu/core/evidence/signed-note"
import { pino } from "pino"
import { systemClock } from "../../packages/server/src/clock.ts"
import { startPublishing } from "../../packages/server/src/ledger/publish/start-publishing.ts"
import { intentOf, newAction, outcomeOf } from "../../packages/server/src/store/scratch-store.ts"
import { openStore } from "../../packages/server/src/store/store.ts"

// A process to be killed: it opens a ledger and its published folder, holds them against what was said before, and then appends
// and publishes, and says on stdout what is acknowledged: `a INDEX ACTION`, `c CHECKPOINT` in base64, `p SIZE` published.

/** What the processes before have said, and not taken back. */
export interface Said {
  acknowledged: (readonly [index: number, action: string])[]
  checkpoints: string[]
  published: number
}

const [dataDir = "", folder = "", writers = "32"] = process.argv.slice(2)
const logger = pino({ level: "silent" })
const store = await openStore({ dataDir, clock: systemClock, logger })
say(JSON.stringify({ entries: store.ledger.size() }))
for await (const line of createInterface({ input: process.stdin })) {
  say(JSON.stringify(problemsWith(JSON.parse(line) as Said))) // written by the run itself
  break
}
store.ledger.onCheckpoint(({ note }) => say(`c ${Buffer.from(note).toString("base64")}`))
const publishing = await startPublishing({
  folder,
  database: store.folder.database,
  ledger: store.ledger,
  logger,
})
setInterval(() => say(`p ${publishing.state().entries}`), 50)
await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)))

async function write(writer: number): Promise<never> {
  for (let round = 0; ; round += 1) {
    const action = newAction()
    const isBlind = (writer + round) % 40 !== 0
    for (const draft of [intentOf(action), outcomeOf(action)]) {
      const index = await store.commit((tx) => tx.append(draft), { blind: isBlind })
      say(`a ${index} ${action}`)
    }
  }
}

function problemsWith({ acknowledged, checkpoints, published }: Said): string[] {
  const problems: string[] = []
  const { ledger } = store
  for (const [index, action] of acknowledged) {
    const entry = index < ledger.size() ? ledger.entry(index).entry : undefined
    const isKept = entry !== undefined && "action" in entry && entry.action === action
    if (!isKept) problems.push(`entry ${index} was acknowledged and is not there`)
  }
  for (const note of [
    ...checkpoints.map((each) => Buffer.from(each, "base64").toString()),
    ...publishedNote(),
  ])
    if (!isBefore(note)) problems.push(`the ledger does not go on from: ${JSON.stringify(note)}`)
  const [last] = publishedNote()
  const size = last === undefined ? 0 : parseCheckpoint(parseNote(last).text).size
  if (size < published) problems.push(`${published} entries were published, and the folder has ${size}`)
  return problems
}

function publishedNote(): string[] {
  try {
    return [readFileSync(join(folder, "checkpoint"), "utf8")]
  } catch {
    return []
  }
}

function isBefore(note: string): boolean {
  const { size, root } = parseCheckpoint(parseNote(note).text)
  return size <= store.ledger.size() && equalBytes(store.ledger.rootAt(size), root)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
