import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { looks } from "../console/looks.ts"
import { movePage, openPage, type Tab } from "../console/open-console.ts"
import { isLongRun } from "../long-run.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { type AttackedConsole, openAttackedConsole } from "./attacked-console.ts"
import { type HostileScene, makeHostileScene } from "./hostile-scene.ts"
import { hiddenCharacters, hostileTexts } from "./hostile-texts.ts"

// Text that an agent, a tool server or a host wrote, in every field that one of them controls, on every page.

/** Each way in which a page shows what others wrote; every page there is, in every look, by `npm run long`. */
const few = new Set([
  "approvals",
  "approval",
  "approval by name",
  "page of a server",
  "actions",
  "action",
  "failed",
  "arguments",
  "agent",
  "task",
  "server",
  "mandate",
  "registry by facet",
  "registered agent",
  "registered",
  "registration edited",
  "review",
  "grammar",
  "actions/…",
  "registry/…",
  "…",
])

let at: AttackedConsole
let scene: HostileScene
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  at = await openAttackedConsole()
  scene = await makeHostileScene(at.world)
}, 120_000)
afterAll(() => at?.dispose())

/** What is wrong with a page that shows such texts. */
async function faultsOf({ page }: Tab, name: string, width: number): Promise<string[]> {
  const faults: string[] = []
  const found = (await page.evaluate(`({
    taken: globalThis.taken,
    strange: [...document.querySelectorAll("main :is(img, script, iframe, object, embed, video, style, form[action], base, meta, link)")].length,
    leads: [...document.querySelectorAll("main a[href]")].map((it) => it.getAttribute("href")).filter((it) => !it.startsWith("/")),
    headings: document.querySelectorAll("h1").length,
    over: document.documentElement.scrollWidth - innerWidth,
    tall: document.documentElement.scrollHeight,
    shown: document.body.innerText + document.title
      + [...document.querySelectorAll("[title], [aria-label]")].map((it) => it.title + it.ariaLabel).join(" ")
      + [...document.querySelectorAll("textarea, input")].map((it) => it.value).join(" "),
  })`)) as {
    taken: unknown
    strange: number
    leads: string[]
    headings: number
    over: number
    tall: number
    shown: string
  } // as written above
  if (found.taken !== undefined) faults.push(`${name}: a script ran`)
  if (found.strange > 0) faults.push(`${name}: ${found.strange} elements that are not ours`)
  if (found.leads.length > 0) faults.push(`${name}: leads to ${found.leads.join(" ")}`)
  if (found.headings !== 1) faults.push(`${name}: ${found.headings} first headings`)
  if (found.over > 0) faults.push(`${name}: wider than ${width} px by ${found.over}`)
  if (found.tall > 30_000) faults.push(`${name}: ${found.tall} px tall`)
  const hidden = hiddenCharacters.exec(found.shown)
  if (hidden) {
    const around = found.shown.slice(Math.max(0, hidden.index - 40), hidden.index + 20)
    faults.push(
      `${name}: U+${hidden[0].codePointAt(0)?.toString(16)} is not spelled out in ${JSON.stringify(around)}`,
    )
  }
  if (found.shown.length > 150_000) faults.push(`${name}: shows ${found.shown.length} characters`)
  return faults
}

/** Whether the middle of what is found is on the screen, with nothing over it. */
function isOnTop(page: Page, name: string): Promise<boolean> {
  return page.getByRole("button", { name, exact: true }).evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect()
    const top = element.ownerDocument.elementFromPoint(x + width / 2, y + height / 2)
    return top !== null && element.contains(top)
  })
}

describe.skipIf(withoutChromium !== undefined)("hostile text", { timeout: 120_000 }, () => {
  test.each(looks)(
    "is only text on every page: $locale, $theme, $width px",
    async ({ locale, theme, width }) => {
      await using tab = await at.signedIn("/", { locale, theme, width })
      const faults: string[] = []
      tab.page.on("dialog", (dialog) => {
        faults.push(`a dialog opened: ${dialog.message()}`)
        void dialog.dismiss()
      })
      const pages = Object.entries(scene.pages).filter(([name]) => isLongRun || few.has(name))
      expect(pages.length).toBeGreaterThanOrEqual(few.size)
      for (const [name, path] of pages) {
        const isLoaded = isLongRun || name === "…"
        const opened = isLoaded ? openPage(tab.page, `${at.origin}${path}`) : movePage(tab.page, path)
        await opened.catch((cause: unknown) => {
          throw new Error(`${name} did not open`, { cause })
        })
        faults.push(...(await faultsOf(tab, name, width)))
      }
      expect(faults).toEqual([])
      expect(tab.complaints).toEqual([])
      expect(tab.outside).toEqual([])
    },
    400_000,
  )

  test("neither covers our buttons, nor pushes them away, nor looks like one of them", async () => {
    await using tab = await at.signedIn(`/approvals/${scene.hold}`)
    const { page } = tab
    const scrollBy = async (share: number) => {
      await page.evaluate(`scrollTo(0, (document.documentElement.scrollHeight - innerHeight) * ${share})`)
    }
    for (const share of [0, 0.3, 0.7, 1]) {
      await scrollBy(share)
      for (const name of ["Approve", "Refuse"])
        expect([name, share, await isOnTop(page, name)]).toEqual([name, share, true])
    }
    const card = page.locator(`[data-hold="${scene.hold}"]`)
    expect(await card.getByRole("heading").count()).toBe(0)
    // What is written by others stands in a frame that says so, in another face, and presses nothing.
    const ours = await card.getByRole("button").allInnerTexts()
    expect(ours.filter((name) => /approve|refuse/i.test(name)).sort()).toEqual(["Approve", "Refuse"])
    // Unfolded it does no more.
    const more = card.getByRole("button", { name: /^Show more/ })
    while ((await more.count()) > 0) await more.first().click()
    expect(
      await faultsOf(tab, "unfolded", 1280).then((all) =>
        all.filter((it) => !/ (?:tall|characters)$/.test(it)),
      ),
    ).toEqual([])
    await scrollBy(0.5)
    for (const name of ["Approve", "Refuse"]) expect(await isOnTop(page, name)).toBe(true)

    await page.setViewportSize({ width: 360, height: 740 })
    await openPage(page, `${at.origin}/approvals/${scene.hold}`)
    for (const share of [0, 0.3]) {
      await scrollBy(share)
      expect(await isOnTop(page, "Decide")).toBe(true)
    }
    await page.getByRole("button", { name: "Decide", exact: true }).click()
    await expect.poll(() => isOnTop(page, "Approve")).toBe(true)
    expect(tab.complaints).toEqual([])
  })

  test("is shown by its escapes where it is edited", async () => {
    await using tab = await at.signedIn(`/approvals/${scene.hold}`)
    await tab.page.getByRole("button", { name: "Edit the arguments" }).click()
    const edited = await tab.page.getByLabel("Arguments as JSON").inputValue()
    expect(edited).toContain(String.raw`\u202e`)
    expect(hiddenCharacters.exec(edited)).toBeNull()
    const shown = (await at.world.local.hold.show({ hold: scene.hold })).arguments
    expect(JSON.parse(edited)).toEqual(shown)
  })

  test("is no name of an agent, nor of a server", async () => {
    for (const name of [...Object.values(hostileTexts), "Approve", "а.cyrillic", "-x", "x".repeat(80)]) {
      await expect(at.world.person.agent.create({ name })).rejects.toMatchObject({ code: "invalid_input" })
      const url = at.world.upstream.url
      await expect(at.world.person.server.add({ name, url })).rejects.toMatchObject({ code: "invalid_input" })
      const guard = { id: "", name, credential: "" }
      const door = await at.world.door("guard", guard).catch(() => undefined)
      if (door) expect((await door.call("get_note", { id: "1" })).isError).toBe(true)
    }
    const names = (await at.world.local.agent.list()).items.map((agent) => agent.name)
    expect(names.filter((name) => !/^[a-z0-9][a-z0-9._-]*$/.test(name))).toEqual([])
  })
})
