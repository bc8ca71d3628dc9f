import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type AttackedConsole, addPasskey, openAttackedConsole } from "../attacks/attacked-console.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { openPage, type Tab } from "./open-console.ts"

// What only the person decides, in the console's own page, with an authenticator that Chromium simulates.

let at: AttackedConsole
let tab: Tab
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  at = await openAttackedConsole()
  tab = await at.signedIn("/")
  await addPasskey(tab, at.origin)
}, 120_000)
afterAll(() => at?.dispose())

/** The JSON bodies that a page sends to one path, and the token beside each. */
function sentTo(page: Page, path: RegExp) {
  const sent: { readonly body: Record<string, unknown>; readonly bearer: string }[] = []
  page.on("request", (request) => {
    if (request.method() !== "POST" || !path.test(new URL(request.url()).pathname)) return
    // The contract's inputs are objects.
    const body = (request.postDataJSON() ?? {}) as Record<string, unknown>
    sent.push({ body, bearer: request.headers()["authorization"] ?? "" })
  })
  return sent
}

const letter = (id: string) => ({ id, text: "only I decide this", to: "li@example.com" })

describe.skipIf(withoutChromium !== undefined)("what only the person decides", { timeout: 60_000 }, () => {
  test("is signed by the passkey for exactly this card, just after another proof too, and goes through", async () => {
    const [mine, other] = [
      await at.heldCall("send_note", letter("1"), "user-only"),
      await at.heldCall("send_note", letter("2"), "user-only"),
    ]
    const { page } = tab
    const options = sentTo(page, /\/passkeys:options$/)
    const proofs = sentTo(page, /\/sessions:passkey$/)
    const approvals = sentTo(page, /:approve$/)
    await openPage(page, `${at.origin}/approvals/${mine.hold}`)
    await page.getByText("Only you decide such an action, each time").waitFor()
    expect(await page.getByRole("radio").count()).toBe(0)
    await page.locator("button[data-armed=true]").click()
    await page.getByText(/^Approved/).waitFor()

    const { digest } = await at.world.local.hold.show({ hold: mine.hold })
    const choice = { hold: mine.hold, digest, for: "once" }
    expect(options.map(({ body }) => body)).toEqual([{ purpose: "decide", decision: choice }])
    expect(proofs.map(({ body }) => body["decision"])).toEqual([choice])
    const [approval] = approvals
    expect(approval?.bearer).toMatch(/^Bearer /)
    // The session that the proof bought is spent, and was never worth anything for another card.
    const shown = await at.world.local.hold.show({ hold: other.hold })
    for (const [hold, of] of [
      [mine.hold, digest],
      [other.hold, shown.digest],
    ] as const) {
      const answer = await fetch(`${at.origin}/v1/holds/${hold}:approve`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: approval?.bearer ?? "" },
        body: JSON.stringify({ digest: of, for: "once" }),
      })
      expect([401, 409]).toContain(answer.status)
    }
    expect(await at.stateOf(other.hold)).toBe("waiting")
    expect((await mine.again()).isError).toBe(false)
    await page.getByText("Approved and performed.").waitFor()
    expect(at.world.upstream.calls().map(({ args }) => args["id"])).toEqual(["1"])
    expect(tab.complaints).toEqual([])
  })

  test("is not decided when the authenticator does not know its user, and is when it does again", async () => {
    const { hold, again } = await at.heldCall("pay_invoice", { id: "INV-1", amount: 7 }, "user-only")
    const { page } = tab
    await page.setViewportSize({ width: 360, height: 740 })
    await openPage(page, `${at.origin}/approvals/${hold}`)
    await tab.setPresence(false)
    const approve = page.locator("button[data-armed=true]")
    await approve.click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("No proof was given; nothing was decided.").waitFor()
    await dialog.getByRole("button", { name: "Cancel" }).click()
    await page.getByText("You gave no proof, so nothing was decided").waitFor()
    expect(await at.stateOf(hold)).toBe("waiting")
    expect((await again()).isError).toBe(true)
    await tab.setPresence(true)
    await approve.click()
    await page.getByText(/^Approved/).waitFor()
    expect((await again()).isError).toBe(false)
    expect(at.world.upstream.calls().at(-1)).toEqual({
      tool: "pay_invoice",
      args: { id: "INV-1", amount: 7 },
    })
  })
})
