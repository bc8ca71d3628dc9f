import { readFile } from "node:fs/promises"
import { contentOf } from "@hufu/server/registry/testing/content-of"
import { verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createWorld, personSecret, type World } from "../invariants/world.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { axeViolations } from "./axe-violations.ts"
import {
  buildConsole,
  consoleFolder,
  movePage,
  openSharedTab,
  openSignedIn,
  openTab,
  startBrowser,
  type Tab,
  type TabOptions,
} from "./open-console.ts"
import { isLongRun } from "../long-run.ts"
import { looks } from "./looks.ts"
import { makePagesScene, pagesConfig, pagesOf, type PagesScene } from "./pages-scene.ts"

// The pages over real traffic, in a real browser.

/** One page of each shape is held against the rules of accessibility here; all of them, in every look, by `npm run long`. */
const axed = new Set(["receipt-open", "server", "mandate-new", "registered", "settings"])

let world: World & AsyncDisposable
let browser: Browser
let scene: PagesScene
let origin: string

beforeAll(async () => {
  if (withoutChromium !== undefined) return
  await buildConsole()
  // What waits is still waiting when every look has been gone through.
  world = await createWorld({ consoleFolder, config: { ...pagesConfig, ask: { expirySeconds: 86_400 } } })
  scene = await makePagesScene(world)
  origin = new URL((await world.local.signin.create()).url).origin
  browser = await startBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await world?.dispose()
})

/** The shared profile, let in anew at a path. */
const signedIn = async (path: string, size: { width?: number } = {}) =>
  letIn(await openSharedTab(browser, size), path)

/** A profile of its own. */
async function signedInAlone(path: string, options: TabOptions = {}): Promise<Tab & AsyncDisposable> {
  const tab = await letIn(await openTab(browser, options), path)
  return { ...tab, [Symbol.asyncDispose]: () => tab.context.close() }
}

async function letIn(tab: Tab, path: string): Promise<Tab> {
  await openSignedIn(tab.page, (await world.local.signin.create()).url, path)
  return tab
}

/** What comes to be true, however busy the machine is. */
const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 })

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${origin}${path}`)
  await page.locator("main h1").waitFor()
  // Until what was asked for is there.
  await soon(() => page.locator("main [aria-busy=true]").count()).toBe(0)
}

/** Gives the proof that the page asks for: here the terminal secret, as there is no passkey. */
async function giveProof(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Terminal secret").fill(personSecret)
  await dialog.getByRole("button", { name: "Continue" }).click()
  await dialog.waitFor({ state: "detached" })
}

describe.skipIf(withoutChromium !== undefined)("the pages of the console", { timeout: 120_000 }, () => {
  test.each(looks)(
    "each have a name, fit, ask nobody else, and break no rule of accessibility: $locale, $theme, $width px",
    async ({ locale, theme, width }) => {
      await using tab = await signedInAlone("/", { locale, theme, width })
      const faults: string[] = []
      const titles = new Set<string>()
      for (const [name, path] of Object.entries(pagesOf(scene))) {
        await (isLongRun ? open : movePage)(tab.page, path)
        if (isLongRun || axed.has(name)) {
          for (const { id, nodes } of await axeViolations(tab.page))
            faults.push(`${name}: ${id} at ${nodes[0]?.target.join(" ")}`)
        }
        const over = Number(await tab.page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        if (over > 0) faults.push(`${name}: wider than the page by ${over} px`)
        if ((await tab.page.locator("main [role=alert]").count()) > 0) faults.push(`${name}: it failed`)
        titles.add(await tab.page.title())
      }
      expect(faults).toEqual([])
      expect(tab.outside).toEqual([])
      expect(tab.complaints).toEqual([])
      const inChinese = [...titles].filter((title) => /\p{Script=Han}.* · 虎符$/u.test(title))
      if (locale === "zh-CN") expect(inChinese.length).toBeGreaterThan(8)
      else expect([...titles].every((title) => title.endsWith(" · Hufu"))).toBe(true)
    },
    400_000,
  )

  test("actions are searched by one grammar, completed, and the search is in the address", async () => {
    const tab = await signedIn("/actions")
    const { page } = tab
    const rows = page.getByRole("list", { name: "Actions" }).getByRole("listitem")
    await soon(() => rows.count()).toBe(5)
    const box = page.getByRole("combobox", { name: "Search" })
    await box.fill("ver")
    await page.getByRole("option", { name: "verdict:" }).click()
    await page.getByRole("option", { name: "verdict:deny" }).click()
    await soon(() => rows.count()).toBe(1)
    expect(new URL(page.url()).searchParams.get("q")).toBe("verdict:deny")
    await page.reload()
    await soon(() => rows.count()).toBe(1)
    await box.fill("verdict:maybe")
    await box.press("Enter")
    await page.getByText("is not something that").waitFor()
    await box.fill("agent:nobody-here")
    await box.press("Enter")
    await page.getByText("No action fits this search").waitFor()
    await page.getByRole("button", { name: "Clear the search" }).first().click()
    await soon(() => rows.count()).toBe(5)
  })

  test("what happens meanwhile waits behind a pill while somebody is in the list, and while it is paused", async () => {
    const tab = await signedIn("/actions?paused=yes")
    const { page } = tab
    const rows = page.getByRole("list", { name: "Actions" }).getByRole("listitem")
    await rows.first().waitFor()
    const before = await rows.count()
    const first = await rows.first().textContent()
    const steward = { id: scene.agent, name: "steward", credential: "" }
    const { credential } = await world.person.credential.issue({ agent: "steward" })
    const door = await world.door("modern", { ...steward, credential })
    await door.call("get_note", { id: "1" })
    await page.getByRole("button", { name: "1 new" }).waitFor()
    expect(await rows.count()).toBe(before)
    expect(await rows.first().textContent()).toContain(first?.replace(/^.*ago/, "") ?? "")
    await page.getByRole("button", { name: "1 new" }).click()
    await soon(() => rows.count()).toBe(before + 1)
    await page.getByRole("button", { name: "Go on" }).click()
    await page.mouse.move(5, 700)
    await door.call("get_note", { id: "2" })
    await soon(() => rows.count()).toBe(before + 2)
  })

  test("an action shows each step of its path, and is tried again with other arguments", async () => {
    const tab = await signedIn(`/actions/${scene.approved}`)
    const { page } = tab
    const states = page.locator("main ol > li[data-state]")
    await soon(() => states.count()).toBe(8)
    expect(await states.evaluateAll((items) => items.map((item) => item.dataset["state"]))).toEqual(
      Array.from({ length: 8 }, () => "passed"),
    )
    await movePage(page, `/actions/${scene.denied}`)
    await soon(() => page.locator("main li[data-state=stopped]").textContent()).toContain("Decide")
    await movePage(page, `/actions/${scene.waiting}`)
    await soon(() => page.locator("main li[data-state=waiting]").textContent()).toContain("Ask")
    await movePage(page, `/actions/${scene.approved}`)
    const size = (await world.local.node.status()).entries
    await page.getByLabel("Arguments, as JSON").fill('{"id":')
    await page.getByRole("button", { name: "Say what would happen" }).click()
    await page.getByText("This is not a JSON object.").waitFor()
    await page.getByLabel("Arguments, as JSON").fill('{"id":"2","to":"else@example.com"}')
    await page.getByRole("button", { name: "Say what would happen" }).click()
    const result = page.locator("main [role=status] dl")
    await result.waitFor()
    expect(await result.textContent()).toContain("asked")
    expect((await world.local.node.status()).entries).toBe(size)
  })

  test("a receipt is checked in the browser step by step, and one changed byte turns it red", async () => {
    const tab = await signedIn(`/actions/${scene.approved}/receipt?open=arguments`)
    const { page } = tab
    const verdict = page.locator("main [data-sound]")
    await verdict.waitFor()
    expect(await verdict.getAttribute("data-sound")).toBe("true")
    const steps = page.getByRole("list", { name: "Checked, step by step" }).getByRole("listitem")
    await soon(() => steps.count()).toBe(8)
    await page.getByRole("button", { name: "Flip one byte" }).click()
    await page.locator("main [data-sound=false]").waitFor()
    expect(await steps.nth(5).textContent()).toContain("failed")
    expect(await steps.nth(6).textContent()).toContain("not reached")
    await page.getByRole("button", { name: "Undo the flipped byte" }).click()
    await page.locator("main [data-sound=true]").waitFor()
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download the receipt" }).click(),
    ])
    expect(download.suggestedFilename()).toBe(`${scene.approved}.json`)
    const { key } = await world.local.log.checkpoint()
    const saved = await readFile(await download.path(), "utf8")
    expect(await verifyReceipt(saved, { trustedKeys: [key] })).toMatchObject({ ok: true })
  })

  test("a mandate's page shows who passed it on to whom, and what is set aside for them", async () => {
    const { page } = await signedIn(`/mandates/${scene.mandate}`)
    const chain = page.getByRole("region", { name: "Who passed it on to whom" })
    await chain.getByText("set aside for others below").waitFor()
    await chain.getByRole("link", { name: "porter" }).waitFor()
    expect(await chain.getByText("holds", { exact: true }).count()).toBe(2)
  })

  test("a mandate is built with its sentence and what it would have covered, and granted after a proof", async () => {
    const tab = await signedIn("/mandates/new?agent=steward")
    const { page } = tab
    const grant = page.getByRole("button", { name: "Grant it" })
    expect(await grant.isDisabled()).toBe(true)
    const form = page.getByRole("group", { name: "Grant 1" })
    await form.getByLabel("send", { exact: true }).check()
    await form.getByLabel("Tools", { exact: true }).fill("notes/send_note")
    await form.getByLabel("Only tools whose profile").uncheck()
    await form.getByLabel("Argument", { exact: true }).fill("to")
    await form.getByLabel("has to be").selectOption("oneOf")
    await form.getByLabel("Value", { exact: true }).fill("li@example.com")
    await form.getByRole("button", { name: "Add the limit" }).click()
    await page.getByText("may send with").first().waitFor()
    await page.getByText(/1 covered/).waitFor()
    const before = (await world.local.mandate.list()).items.length
    await grant.click()
    await giveProof(page)
    await page.getByText("Granted.").waitFor()
    const { items } = await world.local.mandate.list()
    expect(items).toHaveLength(before + 1)
    await page.getByRole("link", { name: "To the mandate" }).click()
    // What narrows needs no proof.
    await page.getByRole("button", { name: "Narrow it" }).click()
    await page.getByLabel("you are asked each time").check()
    await page.getByRole("button", { name: "Narrow now" }).click()
    await page.getByText("asking each time").waitFor()
    await page.getByRole("button", { name: "Revoke" }).click()
    await page.getByRole("group", { name: "Revoke" }).getByRole("button", { name: "Revoke" }).click()
    await page.getByText("This mandate is not live any more").waitFor()
    expect((await world.local.mandate.list()).items).toHaveLength(before)
  })

  test("a changed tool shows its difference word by word, and is confirmed by the person alone", async () => {
    const tab = await signedIn(`/tools/${scene.server}`)
    const { page } = tab
    const card = page.getByRole("list", { name: "Tools" }).getByRole("listitem").first()
    expect(await card.locator("ins").textContent()).toContain("sends it to everybody")
    const confirmIt = async () => {
      await card.getByRole("button", { name: "Confirm this profile" }).click()
      await card.getByRole("group").getByRole("button", { name: "Confirm this profile" }).click()
    }
    await confirmIt()
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click()
    const changed = async () =>
      (await world.local.tool.list({ server: "notes" })).items.filter((tool) => tool.changed).length
    expect(await changed()).toBe(1)
    await card.getByRole("group").getByRole("button", { name: "Confirm this profile" }).click()
    await giveProof(page)
    await soon(changed).toBe(0)
  })

  test("an agent is made and its credential shown once; it is suspended at once, and resumed by the person", async () => {
    const tab = await signedIn("/agents?new=yes")
    const { page } = tab
    await page.getByLabel("Name").fill("Not A Name")
    await page.getByText("This is not a name").waitFor()
    await page.getByLabel("Name").fill("courier")
    await page.getByRole("button", { name: "Create, with a credential" }).click()
    await giveProof(page)
    await page.getByText("It is shown this once").waitFor()
    const secret = (await page.locator("main [role=status] code").textContent()) ?? ""
    expect(secret).toMatch(/^hufu_agent_/)
    await page.getByRole("link", { name: "To the agent" }).click()
    await page.getByRole("button", { name: "Suspend" }).waitFor()
    expect(await page.content()).not.toContain(secret)
    await page.getByRole("button", { name: "Suspend" }).click()
    await page.getByText("1 live credential").waitFor()
    await page.getByRole("group", { name: "Suspend" }).getByRole("button", { name: "Suspend" }).click()
    await soon(async () => (await world.local.agent.show({ agent: "courier" })).agent.state).toBe("suspended")
    await page.getByRole("button", { name: "Resume" }).click()
    await page.getByRole("group", { name: "Resume" }).getByRole("button", { name: "Resume" }).click()
    await soon(async () => (await world.local.agent.show({ agent: "courier" })).agent.state).toBe("live")
  })

  test("the ledger is read at any place, and every byte of it checked", async () => {
    const tab = await signedIn("/ledger?from=2")
    const { page } = tab
    const entries = page.getByRole("list", { name: "Entries" }).getByRole("listitem")
    expect(await entries.first().textContent()).toMatch(/^2/)
    await page.getByRole("button", { name: "Check every byte" }).click()
    await page.getByText(/^Sound: \d+ entries/).waitFor()
    await movePage(page, "/ledger?from=999999")
    await page.getByText("There is no entry there").waitFor()
  })

  test("an entry has an address of its own, where the browser proves it, in both languages", async () => {
    const tab = await signedIn("/ledger?from=2")
    const { page } = tab
    const first = page.getByRole("list", { name: "Entries" }).getByRole("listitem").first()
    await first.locator("summary").click()
    await first.getByRole("link", { name: "Its own page, with its proofs" }).click()
    await page.waitForURL(/\/entries\/2$/)
    await page.getByText("This entry is sound").waitFor()
    expect(await page.locator("main [data-sound=true]").count()).toBe(1)
    const { hash } = await world.local.log.entry({ entry: "2" })
    await open(page, `/entries/${hash}?lang=zh`)
    await page.getByText("该条目有效").waitFor()
  })

  test("rules are read, a draft is checked, and an action is tried against it", async () => {
    const tab = await signedIn("/settings/rules?q=own-data")
    const { page } = tab
    expect(await page.getByRole("list", { name: "In force" }).getByRole("listitem").count()).toBe(1)
    const draft = page.getByLabel("Draft rules, in Cedar")
    await draft.fill("forbid (principal")
    await page.getByRole("button", { name: "Check the draft" }).click()
    await page.getByText("The draft would not load:").waitFor()
    await draft.fill(
      '@id("user/quiet")\n@why("no writing now")\n@why_zh("现在不许写")\nforbid (principal, action == Hufu::Action::"write", resource);',
    )
    await page.getByRole("button", { name: "Check the draft" }).click()
    await page.getByText("The draft is sound").waitFor()
    await page.getByLabel("Agent").selectOption("steward")
    await page.getByLabel("Tool server").selectOption("notes")
    await page.getByLabel("Tool", { exact: true }).selectOption("delete_note")
    await page.getByRole("button", { name: "Say what would happen" }).click()
    await page.locator("main [role=status] dl").waitFor()
    await page.getByText("No draft is configured").waitFor()
    const coverage = page.getByRole("region", { name: "Which rules past actions met" })
    await coverage.getByRole("button", { name: "Look" }).click()
    const cover = await world.local.rules.coverage({})
    await coverage.getByText("Rules that none met").waitFor()
    for (const rule of cover.neverHit) await coverage.getByText(rule, { exact: true }).waitFor()
  })

  test("a stranger finds an agent and reads what it is, and nothing of its mandates or its drafts", async () => {
    const { page, complaints } = await openSharedTab(browser)
    await open(page, "/registry?q=trains")
    expect(await page.getByRole("navigation").count()).toBe(0)
    const hits = page.getByRole("list", { name: "Registry" }).getByRole("listitem")
    await soon(() => hits.count()).toBe(1)
    await page.getByText("Found in tag:").waitFor()
    await page.getByRole("checkbox", { name: /^MCP/ }).check()
    expect(new URL(page.url()).searchParams.get("protocol")).toBe("mcp")
    const told = page.waitForResponse((answer) => answer.url().includes("/v1/registry/agents/"))
    await hits.getByRole("link").click()
    await page.getByText("hold it to this").waitFor()
    // It was heard of, and says that the registered version runs.
    await page.getByText("the registered version runs").waitFor()
    const answer = await (await told).text()
    const { registration } = await world.local.registration.show({ registration: scene.registry.usable })
    for (const secret of ["look after my notes", "mnd_", registration.owner ?? "", registration.agent ?? ""])
      expect(answer).not.toContain(secret)
    const losses = page.getByRole("list", { name: "The same in other forms" }).getByRole("listitem")
    await losses.filter({ hasText: "A2A AgentCard" }).locator("summary").click()
    await losses.getByText("has no place there").first().waitFor()
    await open(page, `/registry/${scene.registry.disabled}`)
    await page.getByText("Do not use this agent: the registry disabled it").waitFor()
    expect(await page.content()).not.toContain("agent.travel.example.com")
    await open(page, `/registry/${scene.registry.draft}`)
    await page.getByText("There is no such registration").waitFor()
    await open(page, `/registrations/${scene.registry.draft}`)
    await page.getByText("hufu signin").waitFor()
    expect(complaints).toEqual([])
  })

  test("a registration is imported, completed, submitted, rejected with a reason, and approved in the end", async () => {
    const { page } = await signedIn("/registrations/new")
    const card = await fetch(`${world.node.url}/registry/${scene.registry.usable}/agent-card.json`)
    await page.locator("summary", { hasText: "Import" }).click()
    await page.getByLabel("Or its text").fill(await card.text())
    await page.getByRole("button", { name: "Read it" }).click()
    await page.getByText("It was read into the draft below.").waitFor()
    const fields = page.getByRole("group", { name: "What it is", exact: true })
    await fields.getByLabel("Name", { exact: true }).fill("com.example/Not A Name")
    await page.getByText("give a name such as com.example/travel-planner").waitFor()
    const save = page.getByRole("button", { name: "Save the draft" })
    expect(await save.isDisabled()).toBe(true)
    await fields.getByLabel("Name", { exact: true }).fill("com.example/rail")
    await fields.getByLabel("Title").fill("Rail")
    await save.click()
    await giveProof(page)
    await page.getByRole("link", { name: "To the registration" }).click()
    const stateOf = async () =>
      (await world.local.registration.show({ registration: "com.example/rail" })).registration.state
    expect(await stateOf()).toBe("draft")
    const { id } = (await world.local.registration.show({ registration: "com.example/rail" })).registration
    const submit = async () => {
      await open(page, `/registrations/${id}`)
      await page.getByRole("button", { name: "Ask for its review" }).click()
      await giveProof(page)
      await soon(stateOf).toBe("pending")
    }
    await submit()
    await open(page, "/registrations/review")
    const desk = page.getByRole("list", { name: "Review", exact: true }).locator("> li")
    const twin = desk.filter({ hasText: "com.example/p1anner" }).filter({ hasText: "U+0430" })
    await soon(() => twin.count()).toBe(1)
    const own = desk.filter({ hasText: "com.example/rail" })
    await own.getByRole("button", { name: "Reject" }).click()
    await own.getByLabel("Why").fill("Say who runs it.")
    await own.getByRole("group", { name: "Reject" }).getByRole("button", { name: "Reject" }).click()
    await giveProof(page)
    await soon(stateOf).toBe("rejected")
    await open(page, `/registrations/${id}?edit=yes`)
    await page.getByText("Say who runs it.").waitFor({ state: "detached" })
    await page.getByRole("button", { name: "Save the draft" }).click()
    await giveProof(page)
    await submit()
    await open(page, "/registrations/review")
    await own.getByRole("button", { name: "Approve" }).click()
    await giveProof(page)
    await soon(stateOf).toBe("approved")
    await soon(() => own.count()).toBe(0)
  })

  test("a reviewer sees all that waits, page after page", async () => {
    for (let n = 0; n < 20; n += 1) {
      const content = contentOf(`waits-${n}`)
      const { registration } = await world.person.registration.claim({ content })
      await world.person.registration.submit({ registration: registration.id })
    }
    const { items } = await world.local.registration.list({ of: "waiting", limit: 100 })
    const { page } = await signedIn("/registrations/review")
    const waiting = page.getByRole("list", { name: "Review", exact: true }).locator("> li")
    await soon(() => waiting.count()).toBe(20)
    // Until all of them stand there the button moves.
    await soon(() => waiting.locator("details").count()).toBe(20)
    await page.getByRole("button", { name: "Show more" }).click()
    await soon(() => waiting.count()).toBe(items.length)
    // What is decided above does not bring anybody here twice.
    await world.person.registration.reject({ registration: items[0]?.id ?? "", reason: "Say who runs it." })
    await soon(() => waiting.count()).toBe(items.length - 1)
    const names = await waiting.locator("> div:first-child h2").allTextContents()
    expect(new Set(names).size).toBe(names.length)
  })

  test("certificates are shown with what signed them, fetched for by ACME, and revoked", async () => {
    const { page } = await signedIn("/certificates")
    await page.getByLabel("Agent", { exact: true }).fill("com.example/planner")
    await page.getByRole("button", { name: "Make the account's key" }).click()
    await giveProof(page)
    await page.getByText("MAC key").waitFor()
    const issued = page.getByRole("list", { name: "Issued" }).getByRole("listitem").first()
    await issued.locator("summary").click()
    await issued.getByText("BEGIN CERTIFICATE").waitFor()
    await issued.getByRole("button", { name: "Revoke" }).click()
    await issued.getByLabel("Why").selectOption("superseded")
    await issued.getByRole("group").getByRole("button", { name: "Revoke" }).click()
    await issued.getByText("why: another takes its place").waitFor()
    expect((await world.local.ca.list({})).items.some(({ status }) => status === "revoked")).toBe(true)
  })

  test("settings rename nothing without a proof, and shut a browser out without one", async () => {
    await using looking = await signedInAlone("/settings")
    await using other = await signedInAlone("/")
    const { page } = looking
    await page.getByRole("button", { name: "Add a passkey" }).click()
    await page.getByLabel("Name").fill("desk")
    await page.getByRole("button", { name: "Make it now" }).click()
    await giveProof(page)
    await page.getByText("desk").waitFor()
    expect((await world.local.passkey.list()).items.map(({ name }) => name)).toEqual(["desk"])
    // The newest is the other tab's.
    const [newest] = (await world.local.browser.list()).items.toSorted((a, b) => b.createdAt - a.createdAt)
    const item = page
      .getByRole("list", { name: "Browsers that were let in" })
      .getByRole("listitem")
      .filter({ hasText: newest?.id.slice(-6) ?? "" })
    await item.getByRole("button", { name: "Let in no more" }).click()
    await item.getByRole("group").getByRole("button", { name: "Let in no more" }).click()
    await soon(async () => (await world.local.browser.list()).items.some(({ id }) => id === newest?.id)).toBe(
      false,
    )
    await other.page.reload()
    await soon(() => other.page.getByRole("navigation").count()).toBe(0)
  })

  // The last one, as its rows would be in the way of those before.
  test("a list keeps the row that is worked in however far one scrolls, and the keyboard goes on from there", async () => {
    const { credential } = await world.person.credential.issue({ agent: "steward" })
    const door = await world.door("modern", { id: scene.agent, name: "steward", credential })
    for (let n = 0; n < 80; n++) await door.call("get_note", { id: String(n) })
    const tab = await signedIn("/actions?paused=yes")
    const { page } = tab
    const linkOf = (row: number) => page.locator(`main li[data-index='${row}'] a`)
    const hasFocus = (row: number) => linkOf(row).evaluate((link) => link.matches(":focus"))
    const address = await linkOf(2).getAttribute("href")
    await linkOf(2).focus()
    await page.mouse.move(640, 500)
    await page.mouse.wheel(0, 2500)
    await linkOf(60).waitFor()
    expect(await hasFocus(2)).toBe(true)
    expect(await linkOf(2).getAttribute("href")).toBe(address)
    await page.keyboard.press("Tab")
    expect(await hasFocus(3)).toBe(true)
    // Without a row that is worked in, elements are used again; at rest they stand in order.
    await page.locator("main [type=search]").focus()
    await page.evaluate("scrollTo(0, 0)")
    await page.mouse.wheel(0, 2500)
    await linkOf(60).waitFor()
    await linkOf(2).waitFor({ state: "detached" })
    const order = () =>
      page.evaluate<string>(
        "[...document.querySelectorAll('main li[data-index]')].map((row) => row.dataset.index).join()",
      )
    await soon(async () => {
      const rows = (await order()).split(",").map(Number)
      return rows.length > 10 && rows.every((row, at) => at === 0 || row === (rows[at - 1] ?? 0) + 1)
    }).toBe(true)
  })

  test.each(isLongRun ? [1280, 360] : [360])(
    "a list shows its rows at every place of it, and ends with the last one: %i px",
    async (width) => {
      const tab = await signedIn("/actions?paused=yes", { width })
      const { page } = tab
      await page.locator("main li[data-index='0']").waitFor()
      const height = () => page.evaluate<number>("document.documentElement.scrollHeight")
      const atTop = await height()
      for (const share of [0.2, 0.4, 0.6, 0.8, 1, 0]) {
        await page.evaluate(`scrollTo(0, (document.documentElement.scrollHeight - innerHeight) * ${share})`)
        // Where the list is in view and no row is.
        await soon(() =>
          page.evaluate(`(() => {
          const list = document.querySelector("main ul:has(> [data-index])")
          const { top, bottom } = list.getBoundingClientRect()
          let covered = Math.max(0, top + list.clientTop)
          for (const row of list.children) {
            const { top, bottom } = row.getBoundingClientRect()
            if (top <= covered + 1) covered = Math.max(covered, bottom)
          }
          return Math.max(0, Math.round(Math.min(innerHeight, bottom) - covered) - 1)
        })()`),
        ).toBe(0)
        if (share < 1) continue
        const last = page.locator("main ul:has(> [data-index]) > :last-child")
        await soon(() => last.evaluate((row) => row.getBoundingClientRect().bottom > 0)).toBe(true)
        expect(
          await page.getByText("There is nothing older.").evaluate((end) => end.getBoundingClientRect().top),
        ).toBeLessThan(800)
      }
      expect(await height()).toBe(atTop)
    },
  )
})
