import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createClient } from "@hufu/sdk"
import { createWorld, personSecret, type World } from "../invariants/world.ts"
import {
  type ConsoleBrowser,
  emptyConsole,
  openBrowser,
  openConsole,
  optionsIn,
  statusesOf,
  withoutChromium,
} from "./console-browser.ts"

if (withoutChromium) console.warn(withoutChromium)

let chromium: Browser
let built: Awaited<ReturnType<typeof emptyConsole>>
let world: World
let browser: ConsoleBrowser
/** The token of the browser that the sign-in link let in. */
let seat = ""

const originOf = (of: World) => of.node.consoleOrigin() ?? ""

/** A node, and a browser in front of it that a link let in. */
async function seated(of: World): Promise<{ at: ConsoleBrowser; token: string }> {
  const at = await openConsole(chromium, originOf(of))
  const { token } = await at.exchange((await of.node.signInLink()).url)
  return { at, token }
}

describe.skipIf(withoutChromium)("passkeys, in a real browser", () => {
  beforeAll(async () => {
    built = await emptyConsole()
    chromium = await openBrowser()
    world = await createWorld({ consoleFolder: built.folder })
    ;({ at: browser, token: seat } = await seated(world))
    // The person proves themselves by the secret once, and adds a passkey.
    const { token } = await browser.ask("POST", "/v1/sessions", { secret: personSecret })
    expect(await browser.makePasskey("laptop", token)).toMatchObject({ status: 200 })
  })
  afterAll(async () => {
    await chromium?.close()
    await world?.dispose()
    await built?.remove()
  })

  /** An agent that waits for the person; `user-only` where nothing but the person's own decision lets it. */
  async function asked(name: string, mode: "ask" | "user-only" = "user-only") {
    const agent = await world.agent(name)
    await world.grant(agent, mode === "ask" ? {} : { userOnly: [{ effects: ["send"] }] })
    const door = await world.door("modern", agent)
    const again = () => door.call("send_note", { id: name })
    expect((await again()).verdict).toBe("ask")
    const [hold] = await world.held(agent)
    if (!hold) throw new Error("nothing waits")
    expect(hold.mode).toBe(mode)
    return { hold, again, choice: { hold: hold.id, digest: hold.digest, for: "once" as const } }
  }
  const approve = ({ hold, ...rest }: { hold: string; digest: string; for: string }, token: string) =>
    browser.ask("POST", `/v1/holds/${hold}:approve`, rest, token)

  test("the first one on a node without a person makes its owner the person, once", async () => {
    await using own = await createWorld({ consoleFolder: built.folder, nobody: true })
    const { at, token } = await seated(own)
    expect((await own.local.node.status()).personEnrolled).toBe(false)
    const [made, late] = [await at.makePasskey("laptop", token), await seated(own)]
    expect(made.status).toBe(200)
    expect((await own.local.node.status()).personEnrolled).toBe(true)
    await expect(own.local.person.enrol({ secret: "somebody else's secret" })).rejects.toMatchObject({
      code: "already_enrolled",
    })
    await expect(late.at.makePasskey("another", late.token)).rejects.toThrow(/unauthenticated/)
    const facts = (await allFacts(own)).filter((fact) => /^(?:person|passkey)/.test(fact))
    expect(facts).toEqual(["person.created", "passkey.added", "person.enrolled"])
    // It signs in at once, and the passkey alone signs in later.
    expect((await at.ask("GET", "/v1/passkeys", undefined, made.token)).status).toBe(200)
    expect((await at.signIn()).status).toBe(200)
  })

  test("of two first ones at once, one is the first", async () => {
    await using own = await createWorld({ consoleFolder: built.folder, nobody: true })
    const two = [await seated(own), await seated(own)]
    const adds = await Promise.all(two.map(({ at, token }) => at.preparePasskey("mine", token)))
    const made = await Promise.all(adds.map((add) => add()))
    expect(statusesOf(made)).toEqual([200, 401])
    expect((await own.local.passkey.list()).items).toHaveLength(1)
  })

  test("one that proved exactly this decision approves it", async () => {
    const { hold, again, choice } = await asked("exactly")
    const { status, token } = await browser.prove(choice, seat)
    expect(status).toBe(200)
    expect(await approve(choice, token)).toMatchObject({ status: 200, body: { state: "approved" } })
    expect((await again()).isError).toBe(false)
    expect((await world.local.hold.show({ hold: hold.id })).state).toBe("used")
  })

  test("a session that is merely open approves nothing that only the person decides", async () => {
    const { choice } = await asked("merely-open")
    const { token } = await browser.signIn(seat)
    expect(await approve(choice, token)).toMatchObject({ status: 401, body: { needs: "decision" } })
  })

  test("and ends when it is not used for a quarter of an hour, or after eight hours", async () => {
    const minute = 60_000
    const look = async (token: string) => (await browser.ask("GET", "/v1/passkeys", undefined, token)).status
    const { token } = await browser.signIn(seat)
    for (let passed = 0; passed < 8 * 60 - 14; passed += 14) {
      expect(await look(token)).toBe(200)
      world.clock.advance(14 * minute)
    }
    world.clock.advance(14 * minute)
    expect(await look(token)).toBe(401)
    const idle = await browser.signIn(seat)
    world.clock.advance(15 * minute)
    expect(await look(idle.token)).toBe(401)
    await world.renew()
  })

  test("but may approve what a mandate asks about, while it is fresh", async () => {
    const [one, two] = [await asked("fresh", "ask"), await asked("stale", "ask")]
    const { token } = await browser.signIn(seat)
    expect((await approve(one.choice, token)).status).toBe(200)
    world.clock.advance(61_000)
    expect(await approve(two.choice, token)).toMatchObject({ status: 401, body: { needs: "fresh" } })
    // Looking goes on.
    expect((await browser.ask("GET", "/v1/holds", undefined, token)).status).toBe(200)
    await world.renew()
  })

  test("one that proved another decision approves neither that hold with it nor this one with another digest, span or arguments", async () => {
    const [mine, other] = [await asked("mine"), await asked("other")]
    const { token } = await browser.prove(mine.choice, seat)
    expect(await approve(other.choice, token)).toMatchObject({ status: 409, body: { code: "stale" } })
    const digest = other.choice.digest
    expect(await approve({ ...mine.choice, digest }, token)).toMatchObject({ body: { code: "stale" } })
    const edited = { ...mine.choice, arguments: { id: "something else" } }
    expect(await approve(edited, token)).toMatchObject({ body: { code: "stale" } })
    expect(await approve({ ...mine.choice, for: "task" }, token)).toMatchObject({ body: { code: "stale" } })
    for (const { hold } of [mine, other])
      expect((await world.local.hold.show({ hold: hold.id })).state).toBe("waiting")
  })

  test("an answer for one decision does not pass for another, nor for a sign-in", async () => {
    const [mine, other] = [await asked("swap-mine"), await asked("swap-other")]
    const answer = await browser.ask(
      "POST",
      "/v1/passkeys:options",
      { purpose: "decide", decision: mine.choice },
      seat,
    )
    const response = await browser.sign(optionsIn(answer))
    const swapped = { response, decision: other.choice }
    expect(await browser.ask("POST", "/v1/sessions:passkey", swapped, seat)).toMatchObject({
      status: 401,
      body: { code: "passkey_refused" },
    })
    expect((await browser.ask("POST", "/v1/sessions:passkey", { response }, seat)).status).toBe(401)
    // What was refused for the wrong purpose is not spent: the right one still takes it, once.
    const right = { response, decision: mine.choice }
    expect((await browser.ask("POST", "/v1/sessions:passkey", right, seat)).status).toBe(200)
    expect((await browser.ask("POST", "/v1/sessions:passkey", right, seat)).status).toBe(401)
  })

  test("a session for one decision does nothing else", async () => {
    const { choice } = await asked("nothing-else")
    const { token } = await browser.prove(choice, seat)
    const others: [string, string, object?][] = [
      ["GET", "/v1/node"],
      ["POST", "/v1/agents", { name: "mine" }],
      ["POST", "/v1/passkeys:options", { purpose: "register" }],
      ["DELETE", "/v1/stop"],
    ]
    for (const [method, path, body] of others) {
      const { status } = await browser.ask(method, path, body, token)
      expect({ path, refused: status === 401 || status === 403 }).toEqual({ path, refused: true })
    }
  })

  test("a sign-in is answered once, in two minutes, by a user who was verified", async () => {
    const options = async () =>
      optionsIn(await browser.ask("POST", "/v1/passkeys:options", { purpose: "signin" }, seat))
    const give = (response: object) => browser.ask("POST", "/v1/sessions:passkey", { response }, seat)
    const response = await browser.sign(await options())
    const twice = await Promise.all([give(response), give(response)])
    expect(statusesOf(twice)).toEqual([200, 401])
    expect((await give(response)).status).toBe(401)
    const late = await browser.sign(await options())
    world.clock.advance(121_000)
    expect(await give(late)).toMatchObject({ status: 401, body: { code: "passkey_refused" } })
    await world.renew()
    await browser.verifies(false)
    await expect(options().then((of) => browser.sign(of))).rejects.toThrow(/NotAllowed/)
    await browser.verifies(true)
  })

  test("a copy of the authenticator that is older than the last sign-in is refused", async () => {
    expect((await browser.signIn(seat)).status).toBe(200)
    expect((await browser.signIn(seat)).status).toBe(200)
    await browser.rollBack()
    expect(await browser.signIn(seat)).toMatchObject({ status: 401, body: { code: "passkey_refused" } })
    // It counts on, until it is past what was seen: the authenticator itself is not shut out.
    const later: number[] = []
    while (later.at(-1) !== 200 && later.length < 100) later.push((await browser.signIn(seat)).status)
    expect(later.at(-1)).toBe(200)
  })

  test("a passkey of another node proves nothing here, and its challenge neither", async () => {
    await using other = await createWorld({ consoleFolder: built.folder })
    const { at, token } = await seated(other)
    const proven = await at.ask("POST", "/v1/sessions", { secret: personSecret })
    await at.makePasskey("theirs", proven.token)
    expect((await at.signIn(token)).status).toBe(200)
    // Asked for here, signed there: the browser says where it was, and what it signed says so too.
    const answer = await browser.ask("POST", "/v1/passkeys:options", { purpose: "signin" })
    const response = await at.sign({ ...optionsIn(answer), allowCredentials: [] })
    expect((await browser.ask("POST", "/v1/sessions:passkey", { response })).status).toBe(401)
  })

  test("a page at another port of this host that has the passkey sign is refused: the origin is exact", async () => {
    await using fake = await createWorld({ consoleFolder: built.folder })
    const answer = await browser.ask("POST", "/v1/passkeys:options", { purpose: "signin" })
    // The same authenticator, whose passkey belongs to `localhost`, at the fake page.
    await browser.page.goto(originOf(fake))
    const response = await browser.sign(optionsIn(answer))
    await browser.page.goto(originOf(world))
    expect(await browser.ask("POST", "/v1/sessions:passkey", { response })).toMatchObject({
      status: 401,
      body: { code: "passkey_refused" },
    })
  })

  test("an agent with the account has the socket, the data folder and a browser's token, and proves no person by them", async () => {
    const { choice } = await asked("with-a-shell")
    const { token } = await browser.exchange((await world.local.signin.create()).url)
    const stolen = createClient({ url: originOf(world), token })
    for (const agent of [world.local, stolen]) {
      await expect(agent.hold.approve(choice)).rejects.toMatchObject({ code: "unauthenticated" })
      await expect(agent.passkey.options({ purpose: "register" })).rejects.toMatchObject({
        code: "unauthenticated",
      })
      await expect(agent.agent.create({ name: "mine" })).rejects.toMatchObject({ code: "unauthenticated" })
      const { items } = await agent.passkey.list()
      expect(JSON.stringify(items)).not.toMatch(/publicKey|credential/)
      await expect(agent.passkey.remove({ passkey: items[0]?.id ?? "" })).rejects.toMatchObject({
        code: "unauthenticated",
      })
    }
    // What the data folder keeps of tokens opens nothing.
    const database = new DatabaseSync(join(world.dataFolder, "hufu.db"), { readOnly: true })
    const rows = database.prepare("SELECT body FROM record WHERE kind IN ('browser', 'passkey')").all()
    database.close()
    const text = JSON.stringify(rows)
    const hashes = [...text.matchAll(/\\"hash\\":\\"([\w-]{43})\\"/g)].map(([, hash]) => hash)
    expect(hashes.length).toBeGreaterThan(0)
    for (const hash of hashes)
      expect((await browser.ask("GET", "/v1/node", undefined, `hufu_browser_${hash}`)).status).toBe(401)
    expect(text).not.toContain(token)
    // A second person, by the terminal.
    await expect(world.local.person.enrol({ secret: "an agent's secret" })).rejects.toMatchObject({
      code: "already_enrolled",
    })
    // A passkey of its own, which anybody can make in software: it is asked for a proof of the person.
    await expect(browser.makePasskey("mine", token)).rejects.toThrow(/unauthenticated/)
    expect((await world.local.hold.show({ hold: choice.hold })).state).toBe("waiting")
  })

  test("are added, renamed and removed by a fresh person alone, and a removed one ends its sessions", async () => {
    const { token } = await browser.signIn(seat)
    const { items } = await world.local.passkey.list()
    const [first] = items
    const renamed = await browser.ask("PUT", `/v1/passkeys/${first?.id}`, { name: "my laptop" }, token)
    expect(renamed).toMatchObject({ status: 200, body: { name: "my laptop" } })
    world.clock.advance(61_000)
    expect((await browser.ask("DELETE", `/v1/passkeys/${first?.id}`, undefined, token)).status).toBe(401)
    await expect(browser.makePasskey("second", token)).rejects.toThrow(/unauthenticated/)
    const fresh = await browser.signIn(seat)
    // There is a terminal secret, so the last passkey may go.
    expect((await browser.ask("DELETE", `/v1/passkeys/${first?.id}`, undefined, fresh.token)).status).toBe(
      200,
    )
    for (const ended of [token, fresh.token])
      expect((await browser.ask("GET", "/v1/node", undefined, ended)).status).toBe(401)
    await expect(browser.signIn(seat).then(({ status }) => status)).resolves.toBe(401)
    await world.renew()
  })

  test("the last proof of the person stays", async () => {
    await using own = await createWorld({ consoleFolder: built.folder, nobody: true })
    const { at, token } = await seated(own)
    const made = await at.makePasskey("only", token)
    const { items } = await own.local.passkey.list()
    const remove = (bearer: string) => at.ask("DELETE", `/v1/passkeys/${items[0]?.id}`, undefined, bearer)
    expect(await remove(made.token)).toMatchObject({ status: 403, body: { code: "forbidden" } })
    await at.ask("PUT", "/v1/person", { secret: "a secret for the terminal" }, made.token)
    expect((await remove((await at.signIn(token)).token)).status).toBe(200)
    await expect(own.local.session.create({ secret: "a secret for the terminal" })).resolves.toBeDefined()
  })
})

async function allFacts({ local }: World): Promise<string[]> {
  const { items } = await local.log.entries({ limit: 1000 })
  return items.flatMap(({ entry }) =>
    typeof entry === "object" && entry !== null && "fact" in entry && typeof entry["fact"] === "string"
      ? [entry["fact"]]
      : [],
  )
}
