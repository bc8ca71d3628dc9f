import { existsSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Output, Request } from "@hufu/core/contract/contract"
import type { HoldChoice } from "@hufu/core/contract/passkey"
import type { Browser, CDPSession, Page } from "playwright-core"
import { startBrowser } from "../console/open-console.ts"

const executablePath = "/usr/bin/chromium"

/** Why these tests cannot run here; undefined where they can. */
export const withoutChromium = existsSync(executablePath)
  ? undefined
  : `there is no ${executablePath}: nothing was shown of passkeys in a browser`

export type Assertion = Request<"session.passkey">["response"]

/** What the API answered to a page. */
export interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** The token in it, or nothing. */
  readonly token: string
}

/** A person in front of a real browser with an authenticator, at the origin of a node's console. */
export interface ConsoleBrowser {
  readonly page: Page
  /** Asks the API as the page would. */
  ask(method: string, path: string, body?: object, token?: string): Promise<Answered>
  exchange(url: string): Promise<Answered>
  /** Makes a passkey with the options of the node. */
  makePasskey(name: string, token: string): Promise<Answered>
  /** Makes one, and tells how to give it to the node. */
  preparePasskey(name: string, token: string): Promise<() => Promise<Answered>>
  /** Has the passkey sign the challenge of these options. */
  sign(options: Output<"passkey.options">["options"]): Promise<Assertion>
  /** A session of the person, by passkey. */
  signIn(token?: string): Promise<Answered>
  /** A session for one decision. */
  prove(decision: HoldChoice, token: string): Promise<Answered>
  /** The authenticator says yes to nothing from now on, or to everything again. */
  verifies(isUser: boolean): Promise<void>
  /** Puts an older copy of the authenticator's passkeys in its place: their counters begin again. */
  rollBack(): Promise<void>
  close(): Promise<void>
}

/** Which statuses several answers have, in order. */
export function statusesOf(answers: readonly Answered[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b)
}

/** The options in an answer to `passkey.options`. */
export function optionsIn({ body }: Answered): Output<"passkey.options">["options"] {
  // The contract's own output.
  return body["options"] as Output<"passkey.options">["options"]
}

/** A page with nothing but the policy that the console has. */
export async function emptyConsole(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "hufu-console-"))
  await writeFile(
    join(folder, "index.html"),
    "<!doctype html><title>Hufu</title><script>document.title += ' console'</script><script src='/other.js'></script>",
  )
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

export async function openBrowser(): Promise<Browser> {
  return startBrowser()
}

/** Opens a page at an origin, with an authenticator of its own that verifies its user. */
export async function openConsole(browser: Browser, origin: string): Promise<ConsoleBrowser> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(origin)
  const devtools = await context.newCDPSession(page)
  const authenticatorId = await addAuthenticator(devtools)

  const ask: ConsoleBrowser["ask"] = async (method, path, body, token) => {
    const headers = {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    // What the page got from the API: an object always.
    const { status, body: answered } = (await page.evaluate(
      `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)})
        .then(async (response) => ({ status: response.status, body: await response.json() }))`,
    )) as Pick<Answered, "status" | "body">
    const { token: given } = answered
    return { status, body: answered, token: typeof given === "string" ? given : "" }
  }
  const credential = (verb: "get" | "create", options: object) =>
    page.evaluate(
      `navigator.credentials.${verb}({
        publicKey: PublicKeyCredential.parse${verb === "get" ? "Request" : "Creation"}OptionsFromJSON(${JSON.stringify(options)}),
      }).then((made) => made.toJSON())`,
    )
  // What an authenticator made, as the contract takes it; the node looks at every member.
  const sign: ConsoleBrowser["sign"] = async (options) => (await credential("get", options)) as Assertion
  const optionsFor = async (asked: Request<"passkey.options">, token?: string) => {
    const answer = await ask("POST", "/v1/passkeys:options", asked, token)
    if (answer.status !== 200) throw new Error(`no options: ${JSON.stringify(answer.body)}`)
    return optionsIn(answer)
  }
  const preparePasskey: ConsoleBrowser["preparePasskey"] = async (name, token) => {
    const response = await credential("create", await optionsFor({ purpose: "register" }, token))
    return () => ask("POST", "/v1/passkeys", { name, response }, token)
  }
  return {
    page,
    ask,
    sign,
    exchange: (url) => ask("POST", "/v1/sign-in-links:exchange", { code: url.split("#signin=")[1] }),
    preparePasskey,
    makePasskey: async (name, token) => (await preparePasskey(name, token))(),
    async signIn(token) {
      const response = await sign(await optionsFor({ purpose: "signin" }, token))
      return ask("POST", "/v1/sessions:passkey", { response, browser: token === undefined }, token)
    },
    async prove(decision, token) {
      const response = await sign(await optionsFor({ purpose: "decide", decision }, token))
      return ask("POST", "/v1/sessions:passkey", { response, decision }, token)
    },
    async verifies(isUser) {
      await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: isUser })
    },
    async rollBack() {
      const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId })
      await devtools.send("WebAuthn.clearCredentials", { authenticatorId })
      for (const each of credentials)
        await devtools.send("WebAuthn.addCredential", {
          authenticatorId,
          credential: { ...each, signCount: 0 },
        })
    },
    close: () => context.close(),
  }
}

async function addAuthenticator(devtools: CDPSession): Promise<string> {
  await devtools.send("WebAuthn.enable")
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return authenticatorId
}
