import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core"

const build = fileURLToPath(new URL("../../packages/console/build.ts", import.meta.url))

/** Where the built console is. */
export const consoleFolder = fileURLToPath(new URL("../../packages/console/dist", import.meta.url))

/** What looks on from inside a page: added to a context before its pages are opened. */
export const pageProbe = fileURLToPath(new URL("./page-probe.mjs", import.meta.url))

/** Builds the console if its sources changed. */
export async function buildConsole(): Promise<void> {
  await promisify(execFile)(process.execPath, [build])
}

/** What a signal does to the browser: it ends with it, and so does who started it; or that is for the starter to say. */
export interface OnSignal {
  readonly onSignal: "end" | "leave"
}

/**
 * What Chromium leaves out. First the pages of its own that it would load for the address bar of each window, which nobody sees: they take
 * as long as several of ours. Then what Playwright leaves out, as the last list of a command line is the one that counts.
 */
const leftOut = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
]

/** The pages of tests are gone before their scripts have earned what it takes to compile them a second and a third time. */
const compiledOnce = process.env["VITEST"] === undefined ? [] : ["--js-flags=--no-maglev --no-turbofan"]

/** Debian's Chromium; its own sandbox does not run inside a container. */
export function startBrowser(
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  { onSignal }: OnSignal = { onSignal: "end" },
): Promise<Browser> {
  const ends = onSignal === "end"
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", `--disable-features=${leftOut.join()}`, ...compiledOnce, ...args],
    env: { ...process.env, ...env },
    handleSIGINT: ends,
    handleSIGTERM: ends,
    handleSIGHUP: ends,
  })
}

export interface Tab {
  readonly page: Page
  readonly context: BrowserContext
  /** Every request that left for somewhere else than the node. */
  readonly outside: string[]
  /** What the page complained about: errors, and what its content policy forbade. */
  readonly complaints: string[]
  /** What a person does with the authenticator: agrees, or walks away. */
  setPresence(isPresent: boolean): Promise<void>
}

export interface TabOptions {
  /** Device pixels to one of the page: 2 is a page at 200 %. */
  readonly scale?: number
  readonly width?: number
  readonly height?: number
  readonly locale?: string
  readonly theme?: "light" | "dark"
  readonly reducedMotion?: boolean
}

/** A fresh browser profile with a virtual authenticator that verifies its user. */
export async function openTab(browser: Browser, options: TabOptions = {}): Promise<Tab> {
  const {
    width = 1280,
    height = 800,
    locale = "en-GB",
    theme = "light",
    reducedMotion = false,
    scale = 1,
  } = options
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    locale,
    colorScheme: theme,
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
  })
  const page = await context.newPage()
  const outside: string[] = []
  const complaints: string[] = []
  page.on("request", (request) => {
    const { hostname } = new URL(request.url())
    if (hostname !== "localhost" && hostname !== "127.0.0.1") outside.push(request.url())
  })
  page.on("pageerror", (error) => complaints.push(String(error)))
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text())
  })
  const setPresence = await addAuthenticator(await context.newCDPSession(page))
  return { page, context, outside, complaints, setPresence }
}

const shared = new WeakMap<Browser, Tab>()

/**
 * The tab that tests of a browser use in turn: to open a window takes as long as several pages. Its profile has kept nothing
 * of what another test did, and nothing is told any more of what that test saw.
 */
export async function openSharedTab(
  browser: Browser,
  { width = 1280, height = 800 }: Pick<TabOptions, "width" | "height"> = {},
): Promise<Tab> {
  const tab = shared.get(browser) ?? (await openTab(browser))
  shared.set(browser, tab)
  const { protocol, origin } = new URL(tab.page.url())
  await tab.page.goto("about:blank")
  if (protocol === "http:") {
    const cdp = await tab.context.newCDPSession(tab.page)
    await cdp.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" })
    await cdp.detach()
  }
  await tab.page.setViewportSize({ width, height })
  for (const told of [tab.outside, tab.complaints]) told.length = 0
  return tab
}

async function addAuthenticator(cdp: CDPSession): Promise<Tab["setPresence"]> {
  await cdp.send("WebAuthn.enable")
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return async (isPresent) => {
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: isPresent })
  }
}

/** Goes to a page and waits until everything that it asked for has come. */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await settle(page)
}

/** Opens a page by a sign-in link, which lets the tab in where it leads to. */
export async function openSignedIn(page: Page, link: string, path: string): Promise<void> {
  const { origin, hash } = new URL(link)
  await page.goto(`${origin}${path}${hash}`)
  await page.getByRole("navigation").first().waitFor()
  await settle(page)
}

/**
 * Goes from a page of the console to another one as a link in it does: nothing is loaded again, which takes most of the time that a
 * page takes. An address that leads nowhere is in between, so that the page that is gone to stands there anew.
 */
export async function movePage(page: Page, path: string): Promise<void> {
  for (const next of ["/no-such-page", path]) {
    await page.evaluate(`{
      for (const it of document.querySelectorAll("main h1")) it.dataset.left = "yes"
      history.pushState(null, "", ${JSON.stringify(next)})
    }`)
    await page.locator("main h1:not([data-left])").waitFor()
  }
  await settle(page)
}

/** Waits until the page has its heading, and everything that it asked for has come. */
export async function settle(page: Page): Promise<void> {
  await page.locator("main h1").waitFor()
  await page.locator("main:not(:has([aria-busy=true]))").waitFor()
}
