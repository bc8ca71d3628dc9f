import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Scratch, scratch, scratchStart } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { type BrowserAuthority, openBrowsers } from "./browsers.ts"
import { declareWith } from "./declare.ts"

const origin = "http://localhost:7180"
const here = { origin: undefined, host: "localhost:7180" }
const hourMs = 3_600_000
let place: Scratch
let store: Store
let browsers: BrowserAuthority
beforeEach(async () => {
  place = scratch()
  await open()
})
afterEach(async () => {
  await store.close()
  place.remove()
})

async function open(): Promise<void> {
  store = await openStore(place.options())
  browsers = openBrowsers(store, place.clock, declareWith(store.vault))
}

describe("browsers that were let in", () => {
  it("are 32 at most: the one that was used longest ago goes", async () => {
    const tokens: string[] = []
    for (let i = 0; i < 32; i++) {
      place.clock.set(scratchStart + i)
      tokens.push((await browsers.admit(origin, "node")).token)
    }
    place.clock.set(scratchStart + 100)
    browsers.check(tokens[0] ?? "", here)
    await browsers.admit(origin, "node")
    expect(browsers.list()).toHaveLength(32)
    expect(() => browsers.check(tokens[1] ?? "", here)).toThrow(/not let in/)
    expect(browsers.check(tokens[0] ?? "", here).origin).toBe(origin)
  })

  it("are known after a restart, with their last use to within ten minutes, and revoked ones are not", async () => {
    const [kept, revoked] = [await browsers.admit(origin, "node"), await browsers.admit(origin, "node")]
    await browsers.revoke(revoked.record.id, "node")
    place.clock.set(scratchStart + 11 * hourMs)
    browsers.check(kept.token, here)
    await store.close()
    await open()
    place.clock.set(scratchStart + 22 * hourMs)
    expect(browsers.check(kept.token, here).usedAt).toBe(scratchStart + 22 * hourMs)
    expect(() => browsers.check(revoked.token, here)).toThrow(/not let in/)
    place.clock.set(scratchStart + 34 * hourMs)
    expect(browsers.isLive(kept.record.id)).toBe(false)
  })

  it("are at their own origin", async () => {
    const { token } = await browsers.admit("https://hufu.example", "node")
    const check = (from: Parameters<BrowserAuthority["check"]>[1]) => () => browsers.check(token, from)
    expect(check({ origin: "https://hufu.example", host: "HUFU.example" })).not.toThrow()
    expect(check({ origin: "http://hufu.example", host: "hufu.example" })).toThrow(/another page/)
    expect(check({ origin: undefined, host: "localhost:7180" })).toThrow(/another page/)
    expect(check({ origin: undefined, host: undefined })).toThrow(/another page/)
  })

  it("are in the ledger by their id, and by nothing that says where they are", async () => {
    const { record } = await browsers.admit(origin, "usr_a")
    const { entry } = store.ledger.entry(store.ledger.size() - 1)
    expect(entry).toMatchObject({ fact: "browser.admitted", subject: record.id, by: "usr_a" })
    expect(JSON.stringify(entry)).not.toContain("localhost")
  })
})
