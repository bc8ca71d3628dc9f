import { buildReceipt } from "@hufu/core/evidence/receipt"
import { verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { parseNote } from "@hufu/core/evidence/signed-note"
import { verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { intentOf, newAction, outcomeOf, type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore } from "../store/store.ts"
import { verifyMlDsa44 } from "./ml-dsa.ts"

const checks = { mlDsa44: verifyMlDsa44 }
let folder: Scratch
beforeEach(() => (folder = scratch()))
afterEach(() => folder.remove())

async function receiptOf(mlDsa: boolean) {
  const store = await openStore(folder.options({ mlDsa }))
  const { ledger } = store
  const action = newAction()
  await ledger.append(intentOf(action))
  const { index } = await ledger.append(outcomeOf(action))
  const { note, size } = await ledger.awaitCheckpoint(index)
  const entries = ledger.entriesOf(action).map(({ bytes, index: at }) => {
    return { bytes, index: at, proof: ledger.proof(at, size) }
  })
  const receipt = buildReceipt({ entries, checkpoint: note, logKey: ledger.vkey })
  const kept = { note, receipt, key: ledger.vkey, second: ledger.mlDsaKey, sound: (await ledger.verify()).ok }
  await store.close()
  return kept
}

describe("a ledger's second signature", () => {
  it("stands beside the first, under a key that stays", async () => {
    const first = await receiptOf(true)
    const keys = [parseVkey(first.second ?? "")]
    expect(await verifyCheckpoint(first.note, parseVkey(first.key), keys, checks)).toMatchObject({
      ok: true,
      witnesses: [{ key: keys[0] }],
    })
    expect(first.sound).toBe(true)
    expect((await receiptOf(true)).second).toBe(first.second)
  })

  it("is asked for by whoever trusts its key, and is reported where it cannot be checked", async () => {
    const { receipt, key, second } = await receiptOf(true)
    const trustedKeys = [key, second ?? ""]
    expect(await verifyReceipt(receipt, { trustedKeys, ...checks })).toMatchObject({
      ok: true,
      witnessed: { by: [], of: 0 },
    })
    const elsewhere = await verifyReceipt(receipt, { trustedKeys })
    expect(elsewhere.ok && elsewhere.steps.map(({ says }) => says.en).join(" ")).toContain(
      "Not checked here: 1 signature by ML-DSA-44",
    )
    const plain = await receiptOf(false)
    expect(plain.second).toBeNull()
    expect(parseNote(plain.note).signatures).toHaveLength(1)
    expect(await verifyReceipt(plain.receipt, { trustedKeys: [key], ...checks })).toMatchObject({ ok: true })
    expect(await verifyReceipt(plain.receipt, { trustedKeys, ...checks })).toMatchObject({
      ok: false,
      step: "checkpoint",
    })
  })
})
