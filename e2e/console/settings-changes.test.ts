import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createWorld, type LedgerItem, personSecret } from "../invariants/world.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { buildConsole, consoleFolder, openSignedIn, openTab, startBrowser } from "./open-console.ts"

// Whatever the settings page changes is a statement in the ledger, with what is so now and what was before: fixed words
// where they say it, else a commitment to both, as names and addresses are private.

let browser: Browser
beforeAll(async () => {
  if (withoutChromium !== undefined) return
  await buildConsole()
  browser = await startBrowser()
}, 120_000)
afterAll(() => browser?.close())

const digest = expect.stringMatching(/^[0-9a-f]{64}$/) as string // a matcher where a digest is

const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true })

async function giveSecret(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Terminal secret").fill(personSecret)
  await dialog.getByRole("button", { name: "Continue" }).click()
}

describe.skipIf(withoutChromium !== undefined)("the settings page", () => {
  test("changes nothing that is not in the ledger with before and after", async () => {
    await using world = await createWorld({ consoleFolder })
    const agent = await world.agent("scribe")
    const { page, context, complaints } = await openTab(browser)
    await openSignedIn(page, (await world.local.signin.create()).url, "/settings")
    const size = (await world.entries()).length
    const statement = async (fact: string): Promise<LedgerItem["entry"] | undefined> =>
      (await world.entries()).slice(size).findLast(({ entry }) => entry["fact"] === fact)?.entry
    const by = (await world.entries()).find(({ entry }) => entry["fact"] === "person.enrolled")?.entry[
      "subject"
    ]

    const passkeys = part(page, "Passkeys")
    await passkeys.getByRole("button", { name: "Add a passkey" }).click()
    await passkeys.getByLabel("Name").fill("old tally")
    await passkeys.getByRole("button", { name: "Make it now" }).click()
    await giveSecret(page)
    await passkeys.getByText("old tally").waitFor()
    expect(await statement("passkey.added")).toMatchObject({ by, digest })
    // One proof serves for a minute.
    const retention = part(page, "How long private content is kept")
    await retention.getByLabel("What actions were").selectOption("30")
    await retention.getByRole("button", { name: "Save" }).click()
    await expect
      .poll(() => statement("retention.set"))
      .toMatchObject({
        by,
        refs: { actions: "days-30", actionsBefore: "keep", tasks: "keep", tasksBefore: "keep" },
      })

    const persons = part(page, "Persons")
    await persons.getByText("Describe a person").click()
    await persons.getByLabel("Name").fill("ann")
    await persons.getByLabel("Or age band").selectOption("12-to-16")
    await persons.getByLabel("Guardian", { exact: true }).fill("her mother")
    await persons.getByLabel("Consents to their using agents").check()
    await persons.getByRole("button", { name: "Save" }).click()
    await persons.getByText("12 to 16 · minor · declared").waitFor()
    expect(await statement("protection.set")).toMatchObject({ by, digest, refs: { consent: "yes" } })
    await persons.getByText("Describe a person").click()
    await persons.getByText("Change").click()
    await persons.getByLabel("Or age band").first().selectOption("adult")
    await persons.getByRole("button", { name: "Save" }).first().click()
    await persons.getByText("adult · declared").waitFor()
    await persons.getByRole("button", { name: /^Remove/ }).click()
    await persons.getByRole("button", { name: /^Remove/ }).click()
    await persons.getByText("Nobody is described yet.").waitFor()
    expect(await statement("protection.removed")).toMatchObject({ by })

    await passkeys.getByRole("button", { name: "Rename" }).click()
    await passkeys.getByLabel("Name").fill("new tally")
    await passkeys.getByRole("button", { name: "Save" }).click()
    await passkeys.getByText("new tally").waitFor()
    expect(await statement("passkey.renamed")).toMatchObject({ by, digest })
    await passkeys.getByRole("button", { name: /^Remove/ }).click()
    await passkeys.getByRole("button", { name: /^Remove/ }).click()
    await passkeys.getByText("There is none.").waitFor()
    const removed = { state: "removed", stateBefore: "live" }
    expect(await statement("passkey.removed")).toMatchObject({ by, digest, refs: removed })

    const credentials = part(page, "Credentials of agents")
    await credentials.getByText("scribe").click()
    await credentials.getByRole("button", { name: "Revoke" }).click()
    await credentials.getByRole("button", { name: "Revoke" }).click()
    await credentials.getByText("revoked", { exact: true }).waitFor()
    expect(await statement("credential.revoked")).toMatchObject({
      refs: { agent: agent.id, state: "revoked", stateBefore: "live" },
    })

    const servers = part(page, "Tool servers")
    await servers.getByRole("button", { name: /^Remove/ }).click()
    await servers.getByRole("button", { name: /^Remove/ }).click()
    await servers.getByText("There is none yet.").waitFor()
    expect(await statement("server.removed")).toMatchObject({
      digest,
      refs: { transport: "http", state: "removed", stateBefore: "live" },
    })

    // Last, as this page sees nothing from then on.
    const browsers = part(page, "Browsers that were let in")
    await browsers.getByRole("button", { name: "Let in no more" }).click()
    await browsers.getByRole("button", { name: "Let in no more" }).click()
    await expect
      .poll(() => statement("browser.revoked"))
      .toMatchObject({
        digest,
        refs: { state: "revoked", stateBefore: "live" },
      })
    expect((await world.local.log.verify({})).ok).toBe(true)
    expect(complaints).toEqual([])
    await context.close()
  }, 120_000)
})
