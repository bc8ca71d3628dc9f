import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openPage } from "../console/open-console.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { type AttackedConsole, addPasskey, openAttackedConsole } from "./attacked-console.ts"
import { type OtherSite, startOtherSite } from "./other-site.ts"

// Attacks on a person who has the console open, from pages and by links, in a real browser over a real node.

let at: AttackedConsole
let elsewhere: OtherSite
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  at = await openAttackedConsole()
  elsewhere = await startOtherSite()
}, 120_000)
afterAll(async () => {
  await elsewhere?.close()
  await at?.dispose()
})

const letter = { id: "1", text: "the very secret letter", to: "li@example.com" }

/** What a page sent to the node. */
function sentBy(page: Page): string[] {
  const sent: string[] = []
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url())
    if (origin === at.origin) sent.push(`${request.method()} ${pathname}`)
  })
  return sent
}

describe.skipIf(withoutChromium !== undefined)("attacks on the console", { timeout: 60_000 }, () => {
  test("CSRF: a page elsewhere changes nothing, though the person is signed in beside it", async () => {
    const { hold } = await at.heldCall("send_note", letter)
    await using tab = await at.signedIn(`/approvals/${hold}`)
    const sent: Record<string, string>[] = []
    tab.page.on("request", (request) => sent.push(request.headers()))
    await openPage(tab.page, `${at.origin}/approvals`)
    // There is nothing that a browser would add by itself to what another page sends.
    expect(await tab.context.cookies()).toEqual([])
    expect(sent.some((headers) => headers["authorization"]?.startsWith("Bearer ") === true)).toBe(true)
    expect(sent.filter((headers) => "cookie" in headers)).toEqual([])

    const evil = await tab.context.newPage()
    const tried = sentBy(evil)
    await evil.goto(elsewhere.origin)
    const stop = `${at.origin}/v1/stop`
    const refuse = `${at.origin}/v1/holds/${hold}:refuse`
    const approve = `${at.origin}/v1/holds/${hold}:approve`
    const { digest } = await at.world.local.hold.show({ hold })
    const simple = (url: string, body: object) =>
      evil.evaluate(
        `fetch(${JSON.stringify(url)}, { method: "POST", mode: "no-cors", credentials: "include",
          headers: { "content-type": "text/plain" }, body: ${JSON.stringify(JSON.stringify(body))} }).then(() => {}, () => {})`,
      )
    await simple(stop, { reason: "from elsewhere" })
    await simple(refuse, { reason: "from elsewhere" })
    await simple(approve, { digest })
    await evil.evaluate(`navigator.sendBeacon(${JSON.stringify(stop)}, "{}")`)
    for (const path of ["/v1/holds", `/v1/holds/${hold}`, "/v1/events"])
      await expect(
        evil.evaluate(`fetch(${JSON.stringify(at.origin + path)}, { credentials: "include" })`),
      ).rejects.toThrow(/Failed to fetch/)
    // A request that is not a simple one is asked about first, and that is refused too.
    await expect(
      evil.evaluate(
        `fetch(${JSON.stringify(stop)}, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })`,
      ),
    ).rejects.toThrow(/Failed to fetch/)
    const [form] = await Promise.all([
      evil.waitForResponse(stop),
      evil.evaluate(`{
        const form = Object.assign(document.createElement("form"), { method: "POST", action: ${JSON.stringify(stop)}, enctype: "text/plain" })
        form.append(Object.assign(document.createElement("input"), { name: '{"reason":"', value: '"}' }))
        document.body.append(form)
        form.submit()
      }`),
    ])
    expect(form.status()).toBe(403)
    for (const path of ["/v1/stop", `/v1/holds/${hold}:refuse`, `/v1/holds/${hold}:approve`])
      expect(tried).toContain(`POST ${path}`)
    expect((await at.world.local.node.status()).stopped).toBe(false)
    expect(await at.stateOf(hold)).toBe("waiting")
  })

  test("clickjacking: no page shows the console in itself, keeps hold of its window, or has a click land on it", async () => {
    const { hold } = await at.heldCall("send_note", letter)
    await using tab = await at.signedIn(`/approvals/${hold}`)
    const evil = await tab.context.newPage()
    await evil.goto(elsewhere.origin)
    for (const element of ["iframe", "object", "embed"]) {
      const member = element === "object" ? "data" : "src"
      await evil.evaluate(
        `new Promise((resolve) => {
          const it = document.createElement(${JSON.stringify(element)})
          it.onload = it.onerror = resolve
          it.${member} = ${JSON.stringify(`${at.origin}/approvals/${hold}`)}
          document.body.append(it)
        })`,
      )
    }
    const framed = evil.frames().slice(1)
    expect(framed.length).toBeGreaterThan(0)
    for (const frame of framed) {
      expect(await frame.evaluate("location.origin")).not.toBe(at.origin)
      expect(await frame.evaluate("document.body.innerText")).not.toContain("letter")
    }
    // A click that was meant for something else, in the very moment in which the button is there.
    await tab.context.addInitScript(`new MutationObserver(() => {
      const button = document.querySelector("button[data-armed]")
      if (button === null || globalThis.clicked !== undefined) return
      globalThis.clicked = button.dataset.armed
      button.click()
    }).observe(document, { subtree: true, childList: true })`)
    // The window that it opens is no window of its own: it neither moves it nor hears of it.
    const [opened] = await Promise.all([
      tab.context.waitForEvent("page"),
      evil.evaluate(
        `{ globalThis.taken = window.open(${JSON.stringify(`${at.origin}/approvals/${hold}`)}) }`,
      ),
    ])
    await opened.locator(`[data-hold="${hold}"]`).waitFor()
    expect(await evil.evaluate("taken.closed")).toBe(true)
    expect(await opened.evaluate("window.opener")).toBeNull()
    // It found a button that was not armed yet.
    expect(await opened.evaluate("clicked")).toBe("false")
    await opened.locator("button[data-armed=true]").waitFor()
    expect(await opened.getByRole("dialog").count()).toBe(0)
    expect(await at.stateOf(hold)).toBe("waiting")
  })

  test("a stolen sign-in link: who opens it second gets nothing, who opens it first approves nothing", async () => {
    await using owner = await at.signedIn("/")
    await addPasskey(owner, at.origin)
    const { hold } = await at.heldCall("send_note", letter)
    const { url } = await at.world.local.signin.create()
    await using thief = await at.stranger()
    await thief.page.goto(url)
    await thief.page.getByRole("navigation").first().waitFor()
    await using late = await at.stranger()
    await late.page.goto(url)
    await late.page.getByRole("alert").waitFor()
    await late.page.getByText("hufu signin", { exact: true }).first().waitFor()
    // What it bought looks; the passkey is the person's.
    await openPage(thief.page, `${at.origin}/approvals/${hold}`)
    await thief.page.locator("button[data-armed=true]").click()
    const dialog = thief.page.getByRole("dialog")
    await dialog.getByText("No proof was given; nothing was decided.").waitFor()
    await dialog.getByRole("button", { name: "Cancel" }).click()
    await thief.page.getByText("You gave no proof, so nothing was decided").waitFor()
    expect(await at.stateOf(hold)).toBe("waiting")
    // And it is named among the browsers that were let in, where the person shuts it out.
    const seats = (await at.world.local.browser.list()).items.toSorted((a, b) => b.createdAt - a.createdAt)
    await at.world.local.browser.revoke({ browser: seats[0]?.id ?? "" })
    await thief.page.reload()
    await thief.page.getByRole("heading", { name: "Open the console from a terminal" }).waitFor()
  })

  test("a stolen approval link shows nothing to whom no link let in", async () => {
    const { hold } = await at.heldCall("send_note", letter)
    await using thief = await at.stranger()
    await thief.page.goto(`${at.origin}/approvals/${hold}`)
    await thief.page.getByRole("heading", { name: "Open the console from a terminal" }).waitFor()
    expect(await thief.page.content()).not.toContain("letter")
    expect(await thief.page.getByRole("button", { name: "Approve" }).count()).toBe(0)
    for (const path of [`/v1/holds/${hold}`, "/v1/holds", "/v1/events", "/v1/actions"]) {
      const status = await thief.page.evaluate(`fetch(${JSON.stringify(path)}).then(({ status }) => status)`)
      expect({ path, status }).toEqual({ path, status: 401 })
    }
  })

  test("a cookie from a second local server on another port neither signs in, nor signs out, nor is sent", async () => {
    const { hold } = await at.heldCall("send_note", letter)
    await using tab = await at.signedIn(`/approvals/${hold}`)
    const { token } = (await tab.page.evaluate(`({ token: sessionStorage.getItem("hufu.browser") })`)) as {
      token: string
    } // what the console keeps for its tab
    const names = ["hufu", "hufu.browser", "session", "token", "Authorization", "csrf"]
    const planted = await startOtherSite([
      ...names.map((name) => `${name}=${token}; Path=/; Max-Age=600`),
      ...Array.from({ length: 20 }, (_, n) => `bomb${n}=${"x".repeat(1000)}; Path=/; Max-Age=600`),
    ])
    try {
      const evil = await tab.context.newPage()
      await evil.goto(planted.origin)
      // The browser keeps cookies by name, whatever the port: they would go to the console as well.
      expect((await tab.context.cookies(at.origin)).length).toBe(names.length + 20)
      const sent: Record<string, string>[] = []
      tab.page.on("request", (request) => {
        if (new URL(request.url()).pathname.startsWith("/v1/")) sent.push(request.headers())
      })
      await openPage(tab.page, `${at.origin}/approvals/${hold}`)
      await tab.page.locator(`[data-hold="${hold}"]`).waitFor()
      expect(sent.length).toBeGreaterThan(0)
      expect(sent.filter((headers) => "cookie" in headers)).toEqual([])
      // A page without the token in its memory is not let in by the same token in a cookie.
      const status = await tab.page.evaluate(
        `fetch("/v1/node", { credentials: "include" }).then(({ status }) => status)`,
      )
      expect(status).toBe(401)
      const answer = await fetch(`${at.origin}/v1/node`, {
        headers: { cookie: names.map((name) => `${name}=${token}`).join("; ") },
      })
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null])
    } finally {
      await planted.close()
    }
  })
})
