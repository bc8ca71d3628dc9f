import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { chromium } from "playwright-core"
import { createClient } from "@hufu/sdk"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildConsole, consoleFolder, openPage } from "../console/open-console.ts"
import { createWorld, personSecret, type World, type WorldAgent } from "../invariants/world.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { runHufu } from "./run-hufu.ts"

// An agent that can run commands and read files as the person's account, and wants its own action approved.

let world: World & AsyncDisposable
let agent: WorldAgent
let hold: string
let digest: string
beforeAll(async () => {
  if (withoutChromium === undefined) await buildConsole()
  world = await createWorld({ consoleFolder })
  agent = await world.agent("with-a-shell")
  await world.grant(agent, {})
  const door = await world.door("modern", agent)
  hold = (await door.call("send_note", { id: "1", to: "mallory@example.com" })).hold ?? ""
  ;({ digest } = await world.local.hold.show({ hold }))
}, 120_000)
afterAll(() => world?.dispose())

/** It waits as before, and nothing left. */
async function expectNothing(): Promise<void> {
  expect((await world.local.hold.show({ hold })).state).toBe("waiting")
  expect(world.upstream.calls()).toEqual([])
}

describe("an agent with a shell that approves itself", { timeout: 120_000 }, () => {
  test("by the CLI: no flag, file, variable or guess stands in for the person", async () => {
    const shell = (args: readonly string[], stdin = "") =>
      runHufu([...args, "--data", world.dataFolder, "--json"], {
        stdin,
        env: { HUFU_SECRET: personSecret, HUFU_TOKEN: agent.credential, CI: "1" },
      })
    const tries: [args: string[], stdin?: string][] = [
      [["approve", hold]],
      [["approve", hold], `${personSecret}\n`],
      [["approve", hold, "--secret-stdin"], "a guess of the secret\n"],
      [["approve", hold, "--secret-stdin"], `${agent.credential}\n`],
      [["approve", hold, "--yes"], "y\n"],
      [["approve", hold, "--secret", personSecret]],
      [["enrol", "--secret-stdin"], "an agent's own secret\n"],
    ]
    for (const [args, stdin] of tries) {
      const { code } = await shell(args, stdin)
      expect({ args, refused: code !== 0 }).toEqual({ args, refused: true })
    }
    await expectNothing()
  })

  test("by the API: none of the tokens that it can have is the person", async () => {
    const { token } = await exchanged()
    const hook = await world.person.credential.issue({ agent: agent.id, kind: "hook" })
    const clients = [
      world.local,
      createClient({ url: world.node.url }),
      ...[agent.credential, hook.credential, token].map((each) =>
        createClient({ url: world.node.consoleOrigin() ?? "", token: each }),
      ),
    ]
    for (const client of clients) {
      await expect(client.hold.approve({ hold, digest })).rejects.toMatchObject({ code: "unauthenticated" })
      await expect(
        client.mandate.grant({
          agent: agent.id,
          mandate: {
            words: "all",
            until: Date.now() + 60_000,
            grants: [{ effects: ["send"], tools: ["*"], limits: [], mode: "auto" }],
          },
        }),
      ).rejects.toMatchObject({ code: "unauthenticated" })
    }
    await expectNothing()
  })

  test("by the data folder: what is written into it while the node runs decides nothing, and no secret is in it", async () => {
    for (const secret of [personSecret, agent.credential])
      expect(await filesWith(world.dataFolder, secret)).toEqual([])
    const database = new DatabaseSync(join(world.dataFolder, "hufu.db"))
    database.exec("PRAGMA busy_timeout = 5000")
    const { changes } = database
      .prepare(
        `UPDATE record SET state = 'approved', body = json_set(body, '$.state', 'approved') WHERE kind = 'hold' AND id = ?`,
      )
      .run(hold)
    database.close()
    expect(Number(changes)).toBe(1)
    const door = await world.door("legacy", agent)
    const args = { id: "1", to: "mallory@example.com" }
    expect((await door.call("send_note", args, { hold })).isError).toBe(true)
    await expectNothing()
  })
})

describe.skipIf(withoutChromium !== undefined)("an agent with a shell and the browser profile", () => {
  test("finds no session of the person in it, and what it finds looks and approves nothing", async () => {
    const profile = await mkdtemp(join(tmpdir(), "hufu-profile-"))
    const stolen = await mkdtemp(join(tmpdir(), "hufu-stolen-"))
    const open = (folder: string) =>
      chromium.launchPersistentContext(folder, {
        executablePath: "/usr/bin/chromium",
        args: ["--no-sandbox"],
        locale: "en-GB",
      })
    try {
      const own = await open(profile)
      const page = own.pages()[0] ?? (await own.newPage())
      const bearers = new Set<string>()
      page.on("request", (request) => {
        const bearer = /^Bearer (.+)$/.exec(request.headers()["authorization"] ?? "")?.[1]
        if (bearer !== undefined) bearers.add(bearer)
      })
      const { url } = await world.local.signin.create()
      await page.goto(url)
      await page.getByRole("navigation").first().waitFor()
      // The person approves something else, and so has a session in this profile.
      const other = await world.agent("another")
      await world.grant(other, {})
      const door = await world.door("modern", other)
      const { hold: theirs = "" } = await door.call("add_note", { id: "2" })
      await openPage(page, `${new URL(url).origin}/approvals/${theirs}`)
      await page.locator("button[data-armed=true]").click()
      const dialog = page.getByRole("dialog")
      await dialog.getByLabel("Terminal secret").fill(personSecret)
      await dialog.getByRole("button", { name: "Continue" }).click()
      await page.getByText(/^Approved/).waitFor()
      // The profile is on the disk when the browser has ended.
      await own.close()
      await cp(profile, stolen, { recursive: true, filter: (from) => !/Singleton/.test(from) })

      const session = [...bearers].filter((bearer) => !bearer.startsWith("hufu_browser_"))
      const looks = [...bearers].filter((bearer) => bearer.startsWith("hufu_browser_"))
      expect([session.length > 0, looks.length]).toEqual([true, 1])
      for (const secret of [...session, personSecret]) expect(await filesWith(stolen, secret)).toEqual([])
      for (const token of looks) {
        const thief = createClient({ url: new URL(url).origin, token })
        await expect(thief.hold.approve({ hold, digest })).rejects.toMatchObject({ code: "unauthenticated" })
      }
      // The copy, opened as the person's browser would be, asks for the proof that it has not.
      const copy = await open(stolen)
      const seen = copy.pages()[0] ?? (await copy.newPage())
      await seen.goto((await world.local.signin.create()).url)
      await seen.getByRole("navigation").first().waitFor()
      await openPage(seen, `${new URL(url).origin}/approvals/${hold}`)
      await seen.locator("button[data-armed=true]").click()
      await seen.getByRole("dialog").getByLabel("Terminal secret").fill("a guess of the secret")
      await seen.getByRole("dialog").getByRole("button", { name: "Continue" }).click()
      await seen.getByRole("dialog").getByRole("alert").waitFor()
      await copy.close()
      expect((await world.local.hold.show({ hold })).state).toBe("waiting")
    } finally {
      for (const folder of [profile, stolen]) await rm(folder, { recursive: true, force: true })
    }
  }, 120_000)
})

/** A browser's token, as `hufu signin` lets anybody with the account have one. */
async function exchanged(): Promise<{ token: string }> {
  const { url } = await world.local.signin.create()
  const { origin, hash } = new URL(url)
  const response = await fetch(`${origin}/v1/sign-in-links:exchange`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ code: hash.slice("#signin=".length) }),
  })
  // The contract's own output.
  return (await response.json()) as { token: string }
}

/** Which files of a folder hold a text, in one of the ways in which a browser writes it. */
async function filesWith(folder: string, secret: string): Promise<string[]> {
  const wanted = [Buffer.from(secret, "utf8"), Buffer.from(secret, "utf16le")]
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const file of files.filter((each) => each.isFile())) {
    const bytes = await readFile(join(file.parentPath, file.name))
    if (wanted.some((each) => bytes.includes(each))) found.push(file.name)
  }
  return found
}
