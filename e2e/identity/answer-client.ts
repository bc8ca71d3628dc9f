import { request } from "undici"
import type { World } from "../invariants/world.ts"

/** What the person says to a client that asks. */
export type Said = { readonly agent: string } | { readonly name: string } | "no"

/** A browser, as far as this needs one: it keeps cookies and follows no redirect by itself. */
export function openBrowser() {
  const cookies = new Map<string, string>()
  return {
    /** Asks for a page and answers where it leads. */
    async visit(url: string | URL) {
      const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ")
      const reply = await request(url, { headers: cookie === "" ? {} : { cookie } })
      const text = await reply.body.text()
      for (const line of [reply.headers["set-cookie"] ?? []].flat()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        cookies.set(name, value)
      }
      const { location } = reply.headers
      const leads = typeof location === "string" ? new URL(location, url) : undefined
      return { status: reply.statusCode, text, leads }
    },
  }
}

/** Begins in a browser what a client sends the person to, as far as the question: its id. */
export async function beginAsking(
  browser: ReturnType<typeof openBrowser>,
  url: string | URL,
): Promise<string> {
  const asked = await browser.visit(url)
  if (asked.leads?.pathname.startsWith("/oauth/interaction/") !== true)
    throw new Error(`the client was not let ask: ${asked.status} ${asked.leads?.href ?? asked.text}`)
  const page = await browser.visit(asked.leads)
  const id = /^\/consent\/([\w-]+)$/.exec(page.leads?.pathname ?? "")?.[1]
  if (id === undefined) throw new Error(`there is no question: ${page.status} ${page.text}`)
  return id
}

/** Answers, and goes on in this browser to where the client waits. */
export async function goOn(
  world: World,
  browser: ReturnType<typeof openBrowser>,
  { id, said }: { id: string; said: Said },
) {
  const answer =
    said === "no"
      ? await world.local.consent.refuse({ consent: id })
      : await world.person.consent.allow({ consent: id, ...said })
  const resumed = await browser.visit(answer.continue)
  if (resumed.leads === undefined) return resumed
  return browser.visit(resumed.leads)
}

/** The whole of it: what comes back to the client. */
export async function answerClient(world: World, url: string | URL, said: Said): Promise<URL> {
  const browser = openBrowser()
  const end = await goOn(world, browser, { id: await beginAsking(browser, url), said })
  if (end.leads === undefined) throw new Error(`nothing came back to the client: ${end.status} ${end.text}`)
  return end.leads
}
