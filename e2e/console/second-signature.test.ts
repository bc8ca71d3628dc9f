import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createWorld } from "../invariants/world.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { isLongRun } from "../long-run.ts"
import { buildConsole, consoleFolder, movePage, openSignedIn, openTab, startBrowser } from "./open-console.ts"

// A browser cannot check ML-DSA-44: where a ledger signs by it too, the pages say so and name the command that can.

let browser: Browser
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  await buildConsole()
  browser = await startBrowser()
}, 120_000)
afterAll(() => browser?.close())

const looks = [
  ["en-GB", "Not checked here: the log's second signature", "Not checked here: 1 signature by ML-DSA-44"],
  ["zh-CN", "此处未校验：账本的第二签名", "此处未校验 1 个 ML-DSA-44 签名"],
] as const

describe.skipIf(withoutChromium !== undefined)("the pages that verify in the browser", () => {
  test.each([true, false])("say what they leave unchecked, with a second signature: %s", async (mlDsa) => {
    await using world = await createWorld({ consoleFolder, config: { ledger: { mlDsa } } })
    const agent = await world.agent("scribe")
    const door = await world.door("modern", agent)
    await door.call("pay_invoice", { id: "1", amount: 1 })
    const [action] = (await world.local.action.list({})).items
    const { mlDsaKey } = await world.local.log.checkpoint()
    for (const [locale, note, step] of isLongRun ? looks : looks.slice(1)) {
      const { page, context, complaints } = await openTab(browser, { locale })
      const [receipt, entry] = [`/actions/${action?.id}/receipt`, "/entries/1"]
      for (const path of [receipt, entry]) {
        if (path === entry) await movePage(page, path)
        else await openSignedIn(page, (await world.local.signin.create()).url, path)
        await page.locator("[data-sound=true]").waitFor()
        const said = await page.locator("main").innerText()
        expect([path, said.includes(note), said.includes(step)]).toEqual([path, mlDsa, mlDsa])
        expect(said.includes(`--key '${mlDsaKey}'`)).toBe(mlDsa)
      }
      expect(complaints).toEqual([])
      await context.close()
    }
  })
})
