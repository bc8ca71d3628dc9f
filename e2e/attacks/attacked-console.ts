import type { Browser } from "playwright-core"
import {
  buildConsole,
  consoleFolder,
  openPage,
  openSignedIn,
  openTab,
  settle,
  startBrowser,
  type Tab,
  type TabOptions,
} from "../console/open-console.ts"
import { pagesConfig } from "../console/pages-scene.ts"
import { createWorld, personSecret, type World } from "../invariants/world.ts"

/** A real node with its real console, in a real browser, for whoever attacks it. */
export interface AttackedConsole {
  readonly world: World
  readonly browser: Browser
  readonly origin: string
  /** A call of a new agent that waits for the person. */
  heldCall(tool: string, args: object, mode?: "ask" | "user-only"): Promise<HeldCall>
  /** A profile that a sign-in link let in, at this path. */
  signedIn(path: string, options?: TabOptions): Promise<Tab & AsyncDisposable>
  /** A fresh profile that nobody let in. */
  stranger(options?: TabOptions): Promise<Tab & AsyncDisposable>
  stateOf(hold: string): Promise<string>
  dispose(): Promise<void>
}

export interface HeldCall {
  readonly hold: string
  readonly again: () => Promise<{ readonly isError: boolean; readonly text: string }>
}

export async function openAttackedConsole(): Promise<AttackedConsole> {
  await buildConsole()
  // What waits is still waiting when a long run comes to it.
  const world = await createWorld({
    consoleFolder,
    config: { ...pagesConfig, ask: { expirySeconds: 86_400 } },
  })
  const browser = await startBrowser()
  const origin = new URL((await world.local.signin.create()).url).origin
  let agents = 0
  const stranger: AttackedConsole["stranger"] = async (options) => {
    const tab = await openTab(browser, options)
    return { ...tab, [Symbol.asyncDispose]: () => tab.context.close() }
  }
  return {
    world,
    browser,
    origin,
    stranger,
    async heldCall(tool, args, mode = "ask") {
      await world.renew()
      const agent = await world.agent(`clerk-${++agents}`)
      await world.grant(agent, mode === "ask" ? {} : { userOnly: [{ tools: [`notes/${tool}`] }] })
      const door = await world.door("modern", agent)
      const { hold } = await door.call(tool, args)
      if (hold === undefined) throw new Error(`\`${tool}\` waits for nobody`)
      return { hold, again: () => door.call(tool, args, { hold }) }
    },
    async signedIn(path, options) {
      const tab = await stranger(options)
      await openSignedIn(tab.page, (await world.local.signin.create()).url, path)
      return tab
    },
    stateOf: async (hold) => (await world.local.hold.show({ hold })).state,
    async dispose() {
      await browser.close()
      await world.dispose()
    },
  }
}

/** Adds a passkey of this profile's authenticator, as the person who knows the terminal secret. */
export async function addPasskey({ page }: Tab, origin: string): Promise<void> {
  await openPage(page, `${origin}/settings`)
  await page.getByRole("button", { name: "Add a passkey" }).click()
  await page.getByLabel("Name").fill("desk")
  await page.getByRole("button", { name: "Make it now" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Terminal secret").fill(personSecret)
  await dialog.getByRole("button", { name: "Continue" }).click()
  await dialog.waitFor({ state: "detached" })
  await page.getByText("desk", { exact: true }).waitFor()
  await settle(page)
}
