import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { loadHufu } from "./hufu-engines.ts"
import { madeAgents, madeQuestions } from "./made-agents.ts"
import { loadPlainFts } from "./peer-engines.ts"

test("the bench's agents are found by its questions, by every engine that is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hufu-bench-discovery-"))
  try {
    const { own, adp, adpFilter } = await loadHufu(join(folder, "a.db"), madeAgents(60))
    const plain = await loadPlainFts(join(folder, "b.db"), madeAgents(60))
    const questions = madeQuestions(20, 60)
    for (const { ask, name } of [own, adp, adpFilter, plain]) {
      let found = 0
      for (const question of questions) if ((await ask(question)) > 0) found += 1
      expect(found, name).toBeGreaterThan(8)
    }
    own.close?.()
    plain.close?.()
    expect([...madeAgents(5)]).toEqual([...madeAgents(5)])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
