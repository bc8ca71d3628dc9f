import { execFile } from "node:child_process"
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { writeDomainStatement } from "@hufu/core/identity/domain-statement"
import { type Client, createClient } from "@hufu/sdk"
import { openOrganisationSignIn } from "@hufu/server/identity/organisations/organisation-sign-in"
import { type DnsServer, startDnsServer } from "@hufu/server/identity/testing/dns-server"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { axeViolations } from "../console/axe-violations.ts"
import { buildConsole, consoleFolder, openTab, settle, startBrowser } from "../console/open-console.ts"
import { openBrowser } from "../identity/answer-client.ts"
import { createWorld, type World } from "../invariants/world.ts"
import { freePort } from "../process/start-listener.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { rebuildOf } from "../state/random-life.ts"
import { type LyingIssuer, startLyingIssuer } from "./lying-issuer.ts"
import { type OidcIssuer, startOidcIssuer } from "./oidc-issuer.ts"

// Who answers for a registration: an organisation that signs in at its own issuer, what it proves, and what it may do. One node, one
// name server, one OpenID provider, and one issuer that lies.

const dayMs = 86_400_000
let world: World & AsyncDisposable
let issuer: OidcIssuer
let liar: LyingIssuer
let dns: DnsServer
let folder: string
let origin: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hufu-ownership-"))
  const port = await freePort()
  origin = `http://localhost:${port}`
  dns = await startDnsServer()
  issuer = await startOidcIssuer(() => `${origin}/organisation`)
  liar = await startLyingIssuer("hufu")
  const secretFile = join(folder, "secret")
  writeFileSync(secretFile, `${issuer.secret}\n`)
  if (withoutChromium === undefined) await buildConsole()
  world = await createWorld({
    consoleFolder,
    config: {
      port,
      registry: {
        here: "example.works/clerk",
        domains: { enabled: true, resolvers: [dns.address] },
        signIn: [
          { issuer: issuer.url, clientId: issuer.clientId, secretFile, name: "Ministry" },
          { issuer: liar.url, clientId: "hufu", name: "Liar" },
        ],
      },
    },
  })
}, 120_000)
afterAll(async () => {
  await world.dispose()
  await Promise.all([issuer.close(), liar.close(), dns.close()])
  rmSync(folder, { recursive: true })
})

const anybody = () => createClient({ url: world.node.url })

/** Begins at the issuer, and goes there with a browser as far as the way back. */
async function atIssuer(): Promise<{ binding: string; address: string }> {
  const { url, binding } = await anybody().organisation.begin({ issuer: issuer.url })
  return { binding, address: await wayBack(url) }
}

/** Goes on from where the issuer's page is. */
async function wayBack(url: string): Promise<string> {
  const browser = openBrowser()
  for (let at = new URL(url), steps = 0; steps < 10; steps += 1) {
    const { leads } = await browser.visit(at)
    if (leads === undefined) break
    if (leads.origin === origin) return leads.href
    at = leads
  }
  throw new Error("the issuer did not lead back")
}

async function signIn(
  subject = "ministry-of-tallies",
): Promise<{ client: Client; developer: string; owner: string }> {
  issuer.who = { subject, name: issuer.who.name }
  const { token, developer } = await anybody().organisation.finish(await atIssuer())
  return {
    client: createClient({ url: world.node.url, token }),
    developer: developer.id,
    owner: developer.owner,
  }
}

function content(name: string, more: object = {}) {
  return {
    name,
    title: "Clerk",
    description: "Keeps tallies.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Tally Works", creditCode: "91350100M000100Y43" },
    interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "https://clerk.works.example/a2a" }],
    skills: [{ id: "count", name: "Count", description: "Counts." }],
    ...more,
  }
}

const pair = () => generateKeyPairSync("ed25519")
const rawOf = (key: KeyObject) => key.export({ format: "jwk" }).x ?? ""

/** Puts what a developer has to sign where only whoever has the domain can put it. */
async function publish(client: Client, domain: string, key: KeyObject, days?: number) {
  const asked = await client.developer.domain({ domain, ...(days === undefined ? {} : { days }) })
  const line = asked.line + sign(null, Buffer.from(asked.text), key).toString("base64url")
  dns.txt.set(asked.record, [line])
  return { ...asked, line }
}

describe("an organisation", () => {
  test("signs in at its own issuer, and is the same developer each time", async () => {
    expect((await anybody().organisation.issuers()).items.map(({ name }) => name)).toEqual([
      "Ministry",
      "Liar",
    ])
    const first = await signIn()
    const again = await signIn()
    expect(again.developer).toBe(first.developer)
    expect((await signIn("another")).owner).not.toBe(first.owner)
    const { developer } = await first.client.developer.me()
    expect(developer).toMatchObject({ kind: "organisation", name: issuer.who.name, proofs: [] })
    expect(await first.client.organisation.end()).toEqual({ ended: true })
    await expect(again.client.developer.me()).rejects.toMatchObject({ code: "unauthenticated" })
  })

  test("is let in by one answer to what it began itself, and by that once", async () => {
    const finish = (of: { binding: string; address: string }) => anybody().organisation.finish(of)
    const refused = expect.objectContaining({ code: "sign_in_refused" })
    const changed = async (change: (address: URL) => void) => {
      const { binding, address } = await atIssuer()
      const url = new URL(address)
      change(url)
      return finish({ binding, address: url.href })
    }
    const once = await atIssuer()
    await finish(once)
    await expect(finish(once)).rejects.toEqual(refused)
    // Somebody else's answer, to whoever began another sign-in.
    const [mine, theirs] = [await atIssuer(), await atIssuer()]
    await expect(finish({ binding: mine.binding, address: theirs.address })).rejects.toEqual(refused)
    await expect(finish({ binding: "A".repeat(43), address: theirs.address })).rejects.toEqual(refused)
    await expect(changed((url) => url.searchParams.set("state", "x"))).rejects.toEqual(refused)
    await expect(changed((url) => url.searchParams.set("iss", liar.url))).rejects.toEqual(refused)
    await expect(changed((url) => url.searchParams.delete("iss"))).rejects.toEqual(refused)
    await expect(changed((url) => url.searchParams.set("code", "x"))).rejects.toEqual(refused)
    await expect(changed((url) => (url.pathname = "/elsewhere"))).rejects.toEqual(refused)
    // A code for one sign-in, with the state of another: what only its beginner keeps (PKCE) is missing.
    const [one, other] = [await atIssuer(), await atIssuer()]
    const mixed = new URL(one.address)
    mixed.searchParams.set("code", new URL(other.address).searchParams.get("code") ?? "")
    await expect(finish({ binding: one.binding, address: mixed.href })).rejects.toEqual(refused)
    const late = await atIssuer()
    world.clock.advance(601_000)
    await expect(finish(late)).rejects.toEqual(refused)
    await world.renew()
    await expect(anybody().organisation.begin({ issuer: "https://elsewhere.example" })).rejects.toMatchObject(
      {
        code: "not_found",
      },
    )
  })

  test.each<[string, () => LyingIssuer["lie"]]>([
    ["another audience", () => ({ claims: { aud: "somebody-else" } })],
    ["two audiences and another party", () => ({ claims: { aud: ["hufu", "x"], azp: "x" } })],
    ["another issuer", () => ({ claims: { iss: issuer.url } })],
    ["another nonce", () => ({ claims: { nonce: "x" } })],
    ["no nonce", () => ({ claims: { nonce: undefined } })],
    ["an end that has passed", () => ({ claims: { exp: 1_000_000_000 } })],
    ["no subject", () => ({ claims: { sub: undefined } })],
    ["a subject of 300 letters", () => ({ claims: { sub: "x".repeat(300) } })],
    ["a signature of another key", () => ({ by: pair().privateKey })],
    ["no signature", () => ({ header: { alg: "none" } })],
    ["a key that is the client's own secret", () => ({ header: { alg: "HS256" } })],
  ])("is not let in by an ID token with %s", async (_, lie) => {
    const { url, binding } = await anybody().organisation.begin({ issuer: liar.url })
    liar.lie = lie()
    await expect(
      anybody().organisation.finish({ binding, address: liar.comesBack(url) }),
    ).rejects.toMatchObject({ code: "sign_in_refused" })
    // The very same without the lie is let in, so that it is the lie that was refused.
    const honest = await anybody().organisation.begin({ issuer: liar.url })
    liar.lie = {}
    const { token } = await anybody().organisation.finish({
      binding: honest.binding,
      address: liar.comesBack(honest.url),
    })
    expect(token).toMatch(/^hufu_developer_/)
  })

  test("manages its own registrations, and touches nothing of the principal's", async () => {
    const { client, owner } = await signIn()
    const agent = await world.agent("of-the-principal")
    await expect(
      client.registration.claim({ content: content("example.works/x"), agent: agent.id }),
    ).rejects.toMatchObject({ code: "forbidden" })
    const { registration } = await client.registration.claim({ content: content("example.works/mine") })
    expect(registration.owner).toBe(owner)
    const principals = await world.person.registration.claim({ content: content("example.works/theirs") })
    const refusals: Promise<unknown>[] = [
      client.registration.change({
        registration: principals.registration.id,
        content: content("example.works/theirs"),
      }),
      client.registration.submit({ registration: principals.registration.id }),
      client.registration.approve({ registration: registration.id }),
      client.registration.disable({ registration: principals.registration.id }),
      client.hold.list({}),
      client.mandate.list({}),
      client.agent.list(),
      client.log.entries({}),
      client.developer.list(),
      client.developer.registration({ registration: principals.registration.id }),
      client.developer.retire({ registration: principals.registration.id }),
      client.stop.declare({}),
      client.mandate.grant({ agent: agent.id, mandate: { words: "all of it", until: Date.now() + 1e6 } }),
    ]
    for (const each of await Promise.allSettled(refusals))
      expect(each).toMatchObject({
        status: "rejected",
        reason: { code: expect.stringMatching(/^(?:unauthenticated|forbidden|proof_refused|not_found)$/) },
      })
    const { developer, registrations } = await client.developer.me()
    expect(developer?.owner).toBe(owner)
    expect(registrations.map(({ name }) => name)).toEqual(["example.works/mine"])
    // For good, and by its owner: nobody of this node has to be asked.
    expect((await client.developer.retire({ registration: registration.id })).registration.state).toBe(
      "retired",
    )
    expect((await client.developer.registration({ registration: registration.id })).registration.state).toBe(
      "retired",
    )
  })

  test("is not kept out by whoever begins without end, nor signed out by others who sign in", async () => {
    const signIn = openOrganisationSignIn({
      issuers: [{ issuer: issuer.url, clientId: issuer.clientId, name: "Ministry", secretFile: "secret" }],
      dataFolder: folder,
      clock: world.clock,
      redirect: () => `${origin}/organisation`,
    })
    const mine = await signIn.begin(issuer.url)
    for (let n = 0; n < 1001; n += 1) await signIn.begin(issuer.url)
    const address = await wayBack(mine.url)
    expect((await signIn.finish(mine.binding, address)).account.issuer).toBe(issuer.url)
    await expect(signIn.finish(mine.binding, address)).rejects.toMatchObject({ code: "sign_in_refused" })
    const me = await anybody().organisation.finish(await atIssuer())
    // Its own oldest session makes room for its newest, and nobody else's.
    issuer.who = { subject: "busy", name: issuer.who.name }
    const first = await anybody().organisation.finish(await atIssuer())
    for (let n = 0; n < 20; n += 1) await anybody().organisation.finish(await atIssuer())
    const meAs = (token: string) => createClient({ url: world.node.url, token }).developer.me()
    await expect(meAs(first.token)).rejects.toMatchObject({ code: "unauthenticated" })
    expect((await meAs(me.token)).developer?.id).toBe(me.developer.id)
  })

  test("hears why its issuer let nobody in", async () => {
    const { url, binding } = await anybody().organisation.begin({ issuer: liar.url })
    const address = new URL(liar.comesBack(url))
    address.searchParams.delete("code")
    address.searchParams.set("error", "access_denied")
    address.searchParams.set("error_description", "Not you".padEnd(400, "!"))
    await expect(anybody().organisation.finish({ binding, address: address.href })).rejects.toMatchObject({
      code: "sign_in_refused",
      extra: { reason: "issuer", issuerError: "access_denied", issuerSays: "Not you".padEnd(300, "!") },
    })
  })
})

describe("a tool server that is a registered agent", () => {
  test("has its certificates on hold while it says that it is another version than is registered", async () => {
    const { person, local, upstream } = world
    const { registration } = await person.registration.claim({
      content: content("com.example/tools", {
        interfaces: [{ protocol: "mcp", binding: "streamable-http", url: "https://tools.example.com/mcp" }],
      }),
    })
    await person.registration.submit({ registration: registration.id })
    const { aic } = (await person.registration.approve({ registration: registration.id })).registration
    const meet = async (name: string, version: string) => {
      upstream.about = { serverInfo: { name: "tools", version } }
      await world.person.server.add({ name, url: upstream.url, aic: aic ?? "" })
      await local.tool.list({ server: name })
    }
    const mismatch = async () => (await local.registration.alive({ registration: registration.id })).mismatch
    await meet("tools-same", "1.0.0")
    expect(await mismatch()).toBeNull()
    await meet("tools-other", "1.0.1")
    await expect.poll(mismatch).toMatchObject({ source: "server", registered: "1.0.0", running: "1.0.1" })
    const { shown } = await anybody().registry.show({ registration: registration.id })
    expect(shown?.alive).toMatchObject({ state: null, isMismatched: true, version: "1.0.1" })
    // A minute at least, so that one that goes to and fro does not fill the ledger.
    world.clock.advance(61_000)
    await world.renew()
    await meet("tools-again", "1.0.0")
    await expect.poll(mismatch).toBeNull()
    const facts = (await world.entries()).map(({ entry }) => entry["fact"])
    expect(facts.filter((fact) => fact === "registration.mismatched")).toHaveLength(1)
    expect(facts.filter((fact) => fact === "registration.matched")).toHaveLength(1)
    await local.registration.retire({ registration: registration.id })
  })
})

describe.skipIf(withoutChromium !== undefined)("the page of an organisation", { timeout: 120_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser.close())

  async function enter(page: Page): Promise<void> {
    await page.goto(`${origin}/organisation`)
    await page.getByRole("button", { name: "Ministry" }).click()
    await page.getByRole("button", { name: "Sign out" }).waitFor()
    await settle(page)
  }

  /** What commands that a page shows print in a terminal, where a key is. */
  async function run(
    commands: readonly string[],
    { privateKey }: { privateKey: KeyObject },
  ): Promise<string> {
    writeFileSync(join(folder, "key.pem"), privateKey.export({ format: "pem", type: "pkcs8" }))
    return (await promisify(execFile)("sh", ["-ec", commands.join("\n")], { cwd: folder })).stdout
  }

  async function faultsOf(page: Page): Promise<string[]> {
    const faults: string[] = []
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      const over = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))
      if (over > 0) faults.push(`wider than ${width} px by ${over} px`)
    }
    for (const { id, nodes } of await axeViolations(page))
      faults.push(`${id} at ${nodes[0]?.target.join(" ")}`)
    return faults
  }

  test("leads to its issuer and back, and shows what of it is proved, and how the rest is", async () => {
    const key = pair()
    issuer.who = { subject: "page-works", name: "Page Works 符节" }
    const { page, context, complaints } = await openTab(browser)
    await enter(page)
    // Nothing that the issuer sent along stays in the address.
    expect(page.url()).toBe(`${origin}/organisation`)
    await page.getByRole("heading", { name: "Page Works" }).waitFor()
    const said = page.locator("details", { hasText: "Say who you are" })
    await said.locator("summary").click()
    // The page says how one makes a key; here there is one already.
    const [, print = ""] = await said.locator("code").allTextContents()
    const printed = await run([print], key)
    expect(printed).toBe(rawOf(key.publicKey))
    await said.getByLabel("Public key").fill(printed)
    await said.getByRole("button", { name: "Say it" }).click()
    await said.getByText("Said.").waitFor()
    const prove = page.locator("details", { hasText: "Prove a domain" })
    await prove.locator("summary").click()
    await prove.getByLabel("Domain").fill("page.example")
    await prove.getByRole("button", { name: "What to sign" }).click()
    const command = async (name: string) =>
      (await prove.locator(`dt:has-text("${name}") + dd code`).first().textContent()) ?? ""
    await prove.getByText("TXT record").first().waitFor()
    expect((await command("File")).startsWith("https://page.example/.well-known/")).toBe(true)
    const signature = await run(
      await prove.locator("dt:has-text('sign it with') + dd code").allTextContents(),
      key,
    )
    dns.txt.set(await command("TXT record"), [(await command("Line")) + signature])
    await prove.getByRole("button", { name: "In the DNS" }).click()
    await prove.getByText("It counts as yours.").waitFor()
    const document = page.locator("details", { hasText: "Send a document" })
    await document.locator("summary").click()
    await document.getByLabel("Document").setInputFiles({
      name: "licence.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.4 a licence"),
    })
    await document.getByRole("button", { name: "Send it" }).click()
    await page.getByRole("list", { name: "Documents" }).getByText("waits for review").waitFor()
    expect(await page.getByRole("button", { name: "Accept" }).count()).toBe(0)
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole("button", { name: "中文" }).click()
    await page.getByRole("heading", { name: "您的机构" }).waitFor()
    await page.getByRole("button", { name: "退出登录" }).click()
    await page.getByText("请选择贵机构的登录方").waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test("manages its registrations: shows that an agent has its key, submits one, and retires it", async () => {
    const { client } = await signIn("page-works")
    const keys = [pair(), generateKeyPairSync("ec", { namedCurve: "P-256" })]
    const { registration } = await client.registration.claim({
      content: content("example.page/clerk", {
        keys: keys.map(({ publicKey }, n) => ({ id: `k${n}`, jwk: publicKey.export({ format: "jwk" }) })),
      }),
    })
    const { page, context, complaints } = await openTab(browser)
    await enter(page)
    await page.getByRole("list", { name: "Your registrations" }).getByRole("link", { name: "Clerk" }).click()
    const list = page.getByRole("list", { name: "Keys of the agent" })
    for (const [n, key] of keys.entries()) {
      const item = list.locator("> li").nth(n)
      await item.locator("summary").click()
      await item.getByRole("button", { name: "Give me a challenge" }).click()
      await item.locator("[role=status] code").nth(1).waitFor()
      const commands = await item.locator("[role=status] code").allTextContents()
      await item.getByLabel("Signature").fill(await run(commands, key))
      await item.getByRole("button", { name: "Check it" }).click()
      await item.getByText("holds until").waitFor()
    }
    const shown = () => client.developer.registration({ registration: registration.id })
    expect((await shown()).registration.proofs.map(({ of, value }) => [of, value?.slice(0, 2)])).toEqual([
      ["domain", "pa"],
      ["key", "k0"],
      ["key", "k1"],
    ])
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole("button", { name: "Ask for its review" }).click()
    await page.getByRole("button", { name: "Take it back" }).waitFor()
    expect((await shown()).registration.state).toBe("pending")
    expect(await page.getByRole("button", { name: "Disable" }).count()).toBe(0)
    await page.getByRole("button", { name: "Retire" }).click()
    await page.getByRole("group", { name: "Retire" }).getByRole("button", { name: "Retire" }).click()
    await expect.poll(async () => (await shown()).registration.state).toBe("retired")
    expect(complaints).toEqual([])
    await context.close()
  })

  test("says in plain words why nobody was let in, and repeats nothing of an address that somebody made up", async () => {
    const { page, context } = await openTab(browser)
    const led = String(new URLSearchParams({ error: "access_denied", error_description: "Call +1 555 0100" }))
    await page.goto(`${origin}/organisation?${led}`)
    await page.getByText("did not begin in this tab").waitFor()
    expect(await page.content()).not.toContain("555 0100")
    await page.getByRole("button", { name: "Liar" }).click()
    await page.waitForURL((url) => url.origin === liar.url)
    const state = new URL(page.url()).searchParams.get("state") ?? ""
    await page.goto(`${origin}/organisation?${led}&state=${state}&iss=${encodeURIComponent(liar.url)}`)
    await page.getByText("You said no at the issuer").waitFor()
    await page.getByText("Call +1 555 0100").waitFor()
    await context.close()
  })
})

describe("what a developer says", () => {
  let client: Client
  let developer: string
  let registration: string
  const key = pair()
  const agentKey = pair()
  const name = "example.works/clerk"
  const domain = "works.example"
  const said = { kind: "organisation", name: "Tally Works", creditCode: "91350100M000100Y43" } as const
  const shownProofs = async () =>
    (await world.local.registration.show({ registration })).registration.proofs.map(
      ({ how, of, value }) => `${how} ${of} ${value?.split(" ")[0]}`,
    )
  const found = async () =>
    (await anybody().registry.search({ text: "clerk", verified: "yes" })).items.map((each) => each.name)

  test("of itself counts once staff has accepted what it sent", async () => {
    ;({ client, developer } = await signIn("works"))
    await expect(
      client.developer.register({ ...said, creditCode: "91350100M000100Y44" }),
    ).rejects.toMatchObject({ code: "invalid_input" })
    await client.developer.register({ ...said, key: rawOf(key.publicKey) })
    const bytes = Buffer.from(`%PDF-1.7 Unmistakable ${"licence ".repeat(60_000)}`)
    const sent = await client.developer.document({
      name: "licence.pdf 执照",
      mediaType: "application/pdf",
      content: bytes.toString("base64"),
    })
    const document = createHash("sha256").update(bytes).digest("hex")
    expect(sent).toMatchObject({ proofs: [], documents: [{ id: document, state: "pending" }] })
    await expect(client.developer.file({ developer, document })).rejects.toMatchObject({
      code: "unauthenticated",
    })
    await expect(
      client.developer.document({
        name: "long",
        mediaType: "image/png",
        content: Buffer.alloc(700_001).toString("base64"),
      }),
    ).rejects.toMatchObject({ code: "too_large" })
    const read = await world.person.developer.file({ developer, document })
    expect(Buffer.from(read.content, "base64").equals(bytes)).toBe(true)
    const reviewed = await world.person.developer.review({ developer, document, accept: true, days: 200 })
    expect(reviewed.proofs.map(({ how, value }) => [how, value])).toEqual([
      ["document", said.name],
      ["credit-code", said.creditCode],
    ])
    await expect(world.person.developer.review({ developer, document, accept: false })).rejects.toMatchObject(
      { code: "stale" },
    )
  })

  test("of a domain counts once its key has signed it where only the domain's owner can write", async () => {
    const claimed = await client.registration.claim({
      content: content(name, {
        keys: [{ id: "k1", jwk: { kty: "OKP", crv: "Ed25519", x: rawOf(agentKey.publicKey) } }],
      }),
    })
    registration = claimed.registration.id
    await expect(client.registration.submit({ registration })).rejects.toMatchObject({
      code: "proof_refused",
    })
    const prove = () => client.developer.prove({ domain, how: "dns" })
    await expect(prove()).rejects.toMatchObject({ code: "proof_refused" })
    await publish(client, domain, pair().privateKey)
    await expect(prove()).rejects.toMatchObject({ code: "proof_refused" })
    // Another's statement of the same domain, word for word.
    const other = (await signIn("copycat")).client
    const theirs = pair()
    await other.developer.register({ kind: "organisation", name: "Copycat", key: rawOf(theirs.publicKey) })
    const { line } = await publish(client, domain, key.privateKey)
    await expect(other.developer.prove({ domain, how: "dns" })).rejects.toMatchObject({
      code: "proof_refused",
    })
    // One that the same key signed for another registry.
    const { text, record, until } = await client.developer.domain({ domain })
    const elsewhere = text.replace(origin, "https://other.example")
    dns.txt.set(record, [
      writeDomainStatement(
        { registry: "https://other.example", domain, developer, until: until / 1000 },
        sign(null, Buffer.from(elsewhere), key.privateKey).toString("base64url"),
      ),
    ])
    await expect(prove()).rejects.toMatchObject({ code: "proof_refused" })
    dns.txt.set(record, [line])
    expect((await prove()).proofs.at(-1)).toMatchObject({ how: "dns", of: "domain", value: domain })
    await client.registration.submit({ registration })
    await world.person.registration.approve({ registration })
    expect(await shownProofs()).toEqual([
      `document developer Tally`,
      `credit-code developer ${said.creditCode}`,
      `dns domain ${domain}`,
    ])
    await expect.poll(found).toEqual([name])
    // On the faces that have a place for it.
    const card = (await (
      await fetch(`${world.node.url}/registry/${registration}/agent-card.json`)
    ).json()) as {
      capabilities: { extensions: { params: { verified: { value: string }[] } }[] }
    }
    const verified = card.capabilities.extensions.flatMap(({ params }) => params.verified)
    expect(verified.map(({ value }) => value)).toContain(domain)
    const entry = (await (
      await fetch(`${world.node.url}/registry/${registration}/ard-entry.json`)
    ).json()) as object
    expect(entry).toMatchObject({
      identifier: `urn:air:${domain}:agents:clerk`,
      trustManifest: { identity: `https://${domain}` },
    })
  })

  test("stands at the host's well-known addresses, signed, and as long as it may be used", async () => {
    const get = async (path: string, headers: Record<string, string> = {}) =>
      fetch(`${world.node.url}/.well-known/${path}`, { headers })
    const { keys } = (await (await fetch(`${world.node.url}/registry/keys.json`)).json()) as {
      keys: { kid: string; x: string }[]
    }
    const did = (await (await get("did.json")).json()) as {
      id: string
      verificationMethod: { id: string; publicKeyJwk: { x: string } }[]
    }
    expect(did.id).toBe(`did:web:localhost%3A${new URL(origin).port}`)
    expect(did.verificationMethod).toMatchObject([
      { id: `${did.id}#${keys[0]?.kid}`, publicKeyJwk: { x: keys[0]?.x } },
    ])
    const card = await get("agent-card.json")
    expect(await card.text()).toBe(
      await (await fetch(`${world.node.url}/registry/${registration}/agent-card.json`)).text(),
    )
    const tag = card.headers.get("etag") ?? ""
    expect((await get("agent-card.json", { "if-none-match": tag })).status).toBe(304)
    // It has no interface of ACPs, so that it has no ACS.
    expect((await get("acs.json")).status).toBe(404)
    for (const [path, type] of [
      ["ai-catalog.json", "application/ai-catalog+json"],
      ["ard.json", "application/json"],
    ] as const) {
      const catalogue = await get(path)
      expect(catalogue.headers.get("content-type")).toBe(type)
      expect(catalogue.headers.get("signature-input")).toContain('"content-digest"')
      expect(await catalogue.json()).toMatchObject({
        specVersion: "1.0",
        host: { identifier: did.id },
        entries: [{ identifier: `urn:air:${domain}:agents:clerk` }],
      })
    }
    await world.local.registration.disable({ registration })
    expect((await get("agent-card.json")).status).toBe(404)
    expect(await (await get("ard.json")).json()).toMatchObject({ entries: [] })
    await world.person.registration.enable({ registration })
    expect((await get("agent-card.json")).status).toBe(200)
    expect((await get("nothing.json")).status).toBe(404)
  })

  test("of an agent's key counts once the key has answered a challenge, for as long as it is that key", async () => {
    const { challenge, text } = await client.registration.challenge({ registration, key: "k1" })
    const answer = (by: KeyObject) => ({
      registration,
      key: "k1",
      challenge,
      signature: sign(null, Buffer.from(text), by).toString("base64url"),
    })
    await expect(client.registration.prove(answer(key.privateKey))).rejects.toMatchObject({
      code: "signature_refused",
    })
    await expect(world.person.registration.prove(answer(agentKey.privateKey))).rejects.toMatchObject({
      code: "forbidden",
    })
    await client.registration.prove(answer(agentKey.privateKey))
    expect(await shownProofs()).toContain("key key k1")
    const jwk = { kty: "OKP", crv: "Ed25519", x: rawOf(pair().publicKey) }
    await client.registration.change({ registration, content: content(name, { keys: [{ id: "k1", jwk }] }) })
    await client.registration.submit({ registration })
    expect(await shownProofs()).toContain("key key k1")
    await world.person.registration.approve({ registration })
    expect(await shownProofs()).not.toContain("key key k1")
  })

  test("counts only for what it was said of: another name, another key, another developer", async () => {
    await client.registration.change({
      registration,
      content: content(name, { developer: { kind: "organisation", name: "Somebody Else" } }),
    })
    await client.registration.submit({ registration })
    await world.person.registration.approve({ registration })
    expect(await shownProofs()).toEqual([`dns domain ${domain}`])
    await client.registration.change({ registration, content: content(name) })
    await client.registration.submit({ registration })
    await world.person.registration.approve({ registration })
    expect(await shownProofs()).toHaveLength(3)
    await client.developer.register({ ...said, name: "Tally Works 2", key: rawOf(key.publicKey) })
    expect(await shownProofs()).toEqual([`dns domain ${domain}`])
    await client.developer.register({ ...said, key: rawOf(pair().publicKey) })
    expect(await shownProofs()).toEqual([])
    await expect.poll(found).toEqual([])
    await client.developer.register({ ...said, key: rawOf(key.publicKey) })
    await client.developer.prove({ domain, how: "dns" })
    expect(await shownProofs()).toEqual([`dns domain ${domain}`])
  })

  test("follows from the ledger, and stands nowhere in the data folder", async () => {
    expect((await rebuildOf(world.local)).differences).toEqual([])
    await world.restart((dataFolder) => {
      for (const file of ["hufu.db", "hufu.db-wal", "hufu.journal"].map((each) => join(dataFolder, each)))
        if (existsSync(file))
          for (const text of [
            "Unmistakable",
            "Tally Works",
            "works.example",
            "91350100M000100Y43",
            issuer.secret,
          ])
            expect(readFileSync(file).includes(text)).toBe(false)
      return Promise.resolve()
    })
    expect(await shownProofs()).toEqual([`dns domain ${domain}`])
  })

  test("runs out, is then asked again, and counts no more in the meantime", async () => {
    const { items } = await world.local.developer.list()
    expect(items.find(({ id }) => id === developer)?.due).toEqual([])
    world.clock.advance(61 * dayMs)
    const due = async () => (await world.local.developer.list()).items.find(({ id }) => id === developer)
    expect(await due()).toMatchObject({ proofs: [{ value: domain }], due: [{ value: domain }] })
    world.clock.advance(30 * dayMs)
    expect(await due()).toMatchObject({ proofs: [], due: [{ value: domain }] })
    expect(await shownProofs()).toEqual([])
    const face = (await (
      await fetch(`${world.node.url}/registry/${registration}/ard-entry.json`)
    ).json()) as object
    expect(JSON.stringify(face)).not.toContain(`urn:air:${domain}`)
    ;({ client } = await signIn("works"))
    await expect(client.developer.prove({ domain, how: "dns" })).rejects.toThrow(/has run out/)
    await publish(client, domain, key.privateKey, 5)
    expect((await client.developer.prove({ domain, how: "dns" })).due).toMatchObject([{ value: domain }])
    expect(await shownProofs()).toEqual([`dns domain ${domain}`])
  })

  test("goes with the developer, beyond recovery, when that is erased", async () => {
    await world.renew()
    await world.person.subject.erase({ subject: developer, reason: "right" })
    expect(await shownProofs()).toEqual([])
    await expect(client.developer.me()).rejects.toMatchObject({ code: "unauthenticated" })
    expect((await world.local.developer.list()).items.map(({ id }) => id)).not.toContain(developer)
    expect((await rebuildOf(world.local)).differences).toEqual([])
  })
})
