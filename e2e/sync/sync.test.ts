import { expect, it } from "vitest"
import { runSync } from "./run-sync.ts"

// The small version of `npm run sync`.

it("two nodes have the same after kills on the way, and what the one stops the other refuses", async () => {
  const report = await runSync({ count: 200, kills: 2, suspensions: 1, seed: 7 })
  expect(report).toMatchObject({
    approved: 200,
    mirrored: 200,
    twice: 0,
    kills: 2,
    areLedgersSound: true,
    doors: [200, 404, 401],
  })
  expect(report.mirrorDigest).toBe(report.originDigest)
  expect(report.refusedMs).toHaveLength(1)
}, 120_000)
