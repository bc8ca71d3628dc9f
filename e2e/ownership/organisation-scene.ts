import { generateKeyPairSync } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createClient } from "@hufu/sdk"
import type { Page } from "playwright-core"
import { fullContent } from "../console/registry-scene.ts"
import { consoleFolder, settle } from "../console/open-console.ts"
import { openBrowser } from "../identity/answer-client.ts"
import { createWorld } from "../invariants/world.ts"
import { freePort } from "../process/start-listener.ts"
import { startOidcIssuer } from "./oidc-issuer.ts"

/** An organisation that has said who it is and registered an agent, at a node and an issuer of their own. */
export interface OrganisationScene extends AsyncDisposable {
  /** Signs in as a person does: by the page, at the issuer and back. */
  enter(page: Page): Promise<void>
  /** The address of its registration's page. */
  readonly registration: string
}

export async function makeOrganisationScene(): Promise<OrganisationScene> {
  const folder = mkdtempSync(join(tmpdir(), "hufu-organisation-"))
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const issuer = await startOidcIssuer(() => `${origin}/organisation`)
  const secretFile = join(folder, "secret")
  writeFileSync(secretFile, issuer.secret)
  const world = await createWorld({
    consoleFolder,
    config: {
      port,
      registry: {
        signIn: [{ issuer: issuer.url, clientId: issuer.clientId, secretFile, name: "Example Login" }],
      },
    },
  })
  issuer.who = { subject: "example-travel", name: "Example Travel Ltd 示例旅行" }
  const anybody = createClient({ url: world.node.url })
  const { url, binding } = await anybody.organisation.begin({ issuer: issuer.url })
  const browser = openBrowser()
  let at = new URL(url)
  while (at.origin !== origin) at = (await browser.visit(at)).leads ?? new URL(origin)
  const { token } = await anybody.organisation.finish({ binding, address: at.href })
  const client = createClient({ url: world.node.url, token })
  const key = () => generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x ?? ""
  await client.developer.register({
    kind: "organisation",
    name: issuer.who.name,
    country: "CN",
    creditCode: "91350100M000100Y43",
    key: key(),
  })
  await client.developer.document({
    name: "licence.pdf",
    mediaType: "application/pdf",
    content: Buffer.from("%PDF-1.4 a licence").toString("base64"),
  })
  const { registration } = await client.registration.claim({
    content: fullContent("com.example.travel/planner", {
      keys: [{ id: "k1", jwk: { kty: "OKP", crv: "Ed25519", x: key() } }],
    }),
  })
  return {
    registration: `${origin}/organisation/${registration.id}`,
    async enter(page) {
      await page.goto(`${origin}/organisation`)
      await page.getByRole("button", { name: "Example Login" }).click()
      await page.getByText("com.example.travel/planner").waitFor()
      await settle(page)
    },
    async [Symbol.asyncDispose]() {
      await world.dispose()
      await issuer.close()
      rmSync(folder, { recursive: true })
    },
  }
}
