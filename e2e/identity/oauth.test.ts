import { execFileSync } from "node:child_process"
import { createServer as createTls, type Server as TlsServer } from "node:https"
import { generateKeyPairSync, sign } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import tls from "node:tls"
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client"
import * as oauth from "oauth4webapi"
import { afterAll, beforeAll, expect, test } from "vitest"
import { addPasskey } from "../attacks/attacked-console.ts"
import { buildConsole, consoleFolder, openTab, settle, startBrowser } from "../console/open-console.ts"
import { createWorld, personSecret, type World, type WorldAgent } from "../invariants/world.ts"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { rebuildOf } from "../state/random-life.ts"
import { answerClient, beginAsking, goOn, openBrowser } from "./answer-client.ts"
import { type Answer, messageOf, postMessage } from "./post-message.ts"
import { loopback } from "@hufu/server/http/testing/loopback"

// The node as an authorisation server (OAuth 2.1), with a client that takes every check of the standards strictly, and with MCP's own.

const insecure = { [oauth.allowInsecureRequests]: true }
const redirect = "http://127.0.0.1:9/callback"
const none = oauth.None()
const oauthCode = (code: string) => expect.objectContaining({ error: code })

let world: World & AsyncDisposable
let agent: WorldAgent
let as: oauth.AuthorizationServer
let issuer: string
let documents: { readonly server: TlsServer; readonly url: string; body: object }
let folder: string

beforeAll(async () => {
  if (withoutChromium === undefined) await buildConsole()
  folder = mkdtempSync(join(tmpdir(), "hufu-oauth-"))
  documents = await startDocuments()
  // Its tokens and clients outlive a restart, so it has to be found again.
  const port = await freePort()
  issuer = `http://localhost:${port}`
  world = await createWorld({
    config: { port, oauth: { enabled: true, clientHosts: [new URL(documents.url).host] } },
    consoleFolder,
  })
  agent = await world.agent("worker")
  // A read runs alone once a person has looked at the tool.
  const { items } = await world.local.tool.list({ server: "notes" })
  const definition = items.find(({ tool }) => tool === "get_note")?.definition
  await world.person.tool.confirm({ server: "notes", tool: "get_note", definition: String(definition) })
  await world.grant(agent, {
    grants: [{ effects: ["read", "write"], tools: ["notes/*"], limits: [], mode: "auto" }],
  })
  as = await oauth.processDiscoveryResponse(
    new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), { algorithm: "oauth2", ...insecure }),
  )
}, 120_000)
afterAll(async () => {
  await world.dispose()
  documents.server.close()
  rmSync(folder, { recursive: true })
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, loopback, () => {
      const { port } = server.address() as AddressInfo // it listens on TCP
      server.close(() => resolve(port))
    })
  })
}

/** A web server over TLS, as a client's own would be; this process trusts its certificate. */
async function startDocuments(): Promise<typeof documents> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
  const made = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
  ]
  execFileSync("openssl", [...made, "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" })
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), readFileSync(cert, "utf8")])
  const server = createTls({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(documents.body)),
  )
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return { server, url: `https://localhost:${port}/client`, body: {} }
}

const door = (server = "notes") => `${issuer}/mcp/${server}`

async function register(more: Partial<oauth.Client> = {}): Promise<oauth.Client> {
  const metadata = {
    redirect_uris: [redirect],
    client_name: "A client",
    token_endpoint_auth_method: "none",
    ...more,
  }
  const response = await oauth.dynamicClientRegistrationRequest(as, metadata, insecure)
  return oauth.processDynamicClientRegistrationResponse(response)
}

function secretOf({ client_secret: secret }: oauth.Client): string {
  if (typeof secret !== "string") throw new Error("the client got no secret")
  return secret
}

/** Where the client sends the person, and what it keeps meanwhile. */
async function ask(client: oauth.Client, { scope = "tools:read", resource = door() } = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const url = new URL(String(as.authorization_endpoint))
  const parameters = {
    client_id: client.client_id,
    redirect_uri: redirect,
    response_type: "code",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    scope,
    resource,
    state,
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url, verifier, state }
}

async function redeem(
  client: oauth.Client,
  { came, verifier, state, dpop }: { came: URL; verifier: string; state: string; dpop?: oauth.DPoPHandle },
) {
  const parameters = oauth.validateAuthResponse(as, client, came, state)
  const options = { ...insecure, ...(dpop === undefined ? {} : { DPoP: dpop }) }
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    none,
    parameters,
    redirect,
    verifier,
    options,
  )
  return oauth.processAuthorizationCodeResponse(as, client, response)
}

/** The whole way, from the question to the tokens. */
async function letIn(
  client: oauth.Client,
  { dpop, ...asked }: { scope?: string; resource?: string; dpop?: oauth.DPoPHandle } = {},
) {
  const { url, ...kept } = await ask(client, asked)
  const came = await answerClient(world, url, { agent: agent.id })
  return redeem(client, { came, ...kept, ...(dpop === undefined ? {} : { dpop }) })
}

function call(
  tool: "get_note" | "add_note",
  token: string,
  { url = door(), headers = {}, scheme = "Bearer" } = {},
) {
  const { headers: own, body } = messageOf("tools/call", { name: tool, arguments: { id: "n" } })
  return postMessage(url, { headers: { ...own, authorization: `${scheme} ${token}`, ...headers }, body })
}

const said = ({ headers }: Answer) => String(headers["www-authenticate"])

test("whoever comes without a token is told where to ask, and both descriptions are as the standards want them", async () => {
  const { headers, body } = messageOf("tools/list")
  const answer = await postMessage(door(), { headers, body })
  const metadata = /resource_metadata="([^"]+)"/.exec(said(answer))?.[1]
  expect(metadata).toBe(`${issuer}/.well-known/oauth-protected-resource/mcp/notes`)
  const resource = await oauth.processResourceDiscoveryResponse(
    new URL(door()),
    await oauth.resourceDiscoveryRequest(new URL(door()), insecure),
  )
  expect(resource).toMatchObject({
    authorization_servers: [issuer],
    scopes_supported: ["tools:read", "tools:act"],
  })
  expect(as).toMatchObject({
    issuer,
    code_challenge_methods_supported: ["S256"],
    response_types_supported: ["code"],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
  })
  expect((await fetch(`${issuer}/.well-known/oauth-protected-resource/mcp/nothing`)).status).toBe(404)
})

test("a client that registered itself is let in as an agent, reads, and acts once the person allows that too", async () => {
  const client = await register()
  const read = await letIn(client)
  expect(await call("get_note", read.access_token)).toMatchObject({ isDone: true })
  const calls = world.upstream.calls().length
  const more = await call("add_note", read.access_token)
  expect(more).toMatchObject({ status: 403, code: "insufficient_scope" })
  expect(said(more)).toContain('error="insufficient_scope", scope="tools:read tools:act"')
  expect(world.upstream.calls()).toHaveLength(calls)
  const act = await letIn(client, { scope: "tools:read tools:act" })
  expect(await call("add_note", act.access_token)).toMatchObject({ isDone: true })
  const { credentials } = await world.local.agent.show({ agent: agent.id })
  const own = credentials.filter(({ about }) => about?.is === "client" && about.client === client.client_id)
  expect(own).toMatchObject([{ kind: "client", state: "live", about: { by: "consent", name: "A client" } }])
  expect((await world.local.action.list({ agent: agent.id })).items[0]).toMatchObject({ tool: "add_note" })
})

test("a client becomes a new agent where the person says so, and nothing where they refuse", async () => {
  const client = await register({ client_name: "Nota Bene!" })
  const { url, ...kept } = await ask(client)
  const browser = openBrowser()
  const id = await beginAsking(browser, url)
  const shown = await world.local.consent.show({ consent: id })
  expect(shown).toMatchObject({
    server: "notes",
    scopes: ["tools:read"],
    suggested: "nota-bene",
    agent: null,
  })
  expect(shown.client).toMatchObject({
    name: "Nota Bene!",
    returnsTo: "http://127.0.0.1:9",
    known: "registration",
  })
  await expect(world.local.consent.allow({ consent: id, name: "nota-bene" })).rejects.toMatchObject({
    code: "unauthenticated",
  })
  const came = await goOn(world, browser, { id, said: { name: "nota-bene" } })
  const tokens = await redeem(client, { came: came.leads ?? url, ...kept })
  // It is an agent now, with no mandate: everything asks.
  expect(await call("get_note", tokens.access_token)).toMatchObject({ status: 200, isDone: false })
  expect((await world.local.agent.list({})).items.map(({ name }) => name)).toContain("nota-bene")
  const again = await ask(client)
  const refused = await answerClient(world, again.url, "no")
  expect(() => oauth.validateAuthResponse(as, client, refused, again.state)).toThrow(
    oauthCode("access_denied"),
  )
})

test("an answer counts in the browser in which the client began, and in no other", async () => {
  const client = await register()
  const { url } = await ask(client)
  const [attacker, person] = [openBrowser(), openBrowser()]
  const id = await beginAsking(attacker, url)
  const { continue: on } = await world.person.consent.allow({ consent: id, agent: agent.id })
  expect(await person.visit(on)).toMatchObject({ status: 403, leads: undefined })
  // The attacker knows the question, but not the answer that went to the person.
  expect(await attacker.visit(`${issuer}/oauth/interaction/${id}?ticket=guess`)).toMatchObject({
    status: 404,
  })
  expect(await attacker.visit(on)).toMatchObject({ status: 404 })
  const resumed = await attacker.visit(`${issuer}/oauth/authorize/${id}`)
  expect(resumed.leads?.searchParams.get("code") ?? null).toBeNull()
})

test("a description of its own, at an https address, stands for a client (CIMD)", async () => {
  documents.body = {
    client_id: documents.url,
    client_name: "Documented",
    redirect_uris: [redirect],
    token_endpoint_auth_method: "none",
  }
  const client = { client_id: documents.url, token_endpoint_auth_method: "none" }
  const { url, ...kept } = await ask(client)
  const browser = openBrowser()
  const id = await beginAsking(browser, url)
  expect((await world.local.consent.show({ consent: id })).client).toMatchObject({
    id: documents.url,
    known: "document",
  })
  const came = await goOn(world, browser, { id, said: { agent: agent.id } })
  const tokens = await redeem(client, { came: came.leads ?? url, ...kept })
  expect(await call("get_note", tokens.access_token)).toMatchObject({ isDone: true })
  // Nobody else is asked for one.
  const elsewhere = await ask({ client_id: "https://elsewhere.example/client" })
  expect(await openBrowser().visit(elsewhere.url)).toMatchObject({ status: 400, leads: undefined })
})

test("a client that the person made acts by its own credentials, and gets nothing more than they said", async () => {
  const made = await world.person.credential.client({ agent: agent.id, scopes: ["tools:read"] })
  const client = { client_id: made.client }
  const grant = async (scope: string, secret = made.secret) => {
    const auth = oauth.ClientSecretBasic(secret)
    const parameters = { scope, resource: door() }
    const response = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, insecure)
    return oauth.processClientCredentialsResponse(as, client, response)
  }
  const { access_token: token } = await grant("tools:read")
  expect(await call("get_note", token)).toMatchObject({ isDone: true })
  expect(await call("add_note", token)).toMatchObject({ status: 403, code: "insufficient_scope" })
  await expect(grant("tools:act")).rejects.toThrow()
  await expect(grant("tools:read", "hufu_client_guess")).rejects.toThrow()
  await world.local.credential.revoke({ credential: made.record.id })
  expect(await call("get_note", token)).toMatchObject({ status: 401, code: "unauthenticated" })
  await expect(grant("tools:read")).rejects.toMatchObject({ error: "invalid_grant" })
})

test("a client that was let in on its asking cannot help itself to more", async () => {
  const client = await register({
    grant_types: ["authorization_code", "client_credentials"],
    token_endpoint_auth_method: "client_secret_basic",
  })
  const parameters = { scope: "tools:act", resource: door() }
  const auth = oauth.ClientSecretBasic(secretOf(client))
  const help = async () =>
    oauth.processClientCredentialsResponse(
      as,
      client,
      await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, insecure),
    )
  await expect(help()).rejects.toMatchObject({ error: "invalid_grant" })
  const { url } = await ask(client)
  await answerClient(world, url, { agent: agent.id })
  await expect(help()).rejects.toMatchObject({ error: "unauthorized_client" })
})

test("a token that is bound to a key counts with a fresh proof by it, once", async () => {
  const client = await register()
  const pair = await oauth.generateKeyPair("ES256")
  const tokens = await letIn(client, { dpop: oauth.DPoP(client, pair) })
  expect(tokens.token_type).toBe("dpop")
  const { headers, body } = messageOf("tools/call", { name: "get_note", arguments: { id: "n" } })
  const sent: Headers[] = []
  const send = (handle: oauth.DPoPHandle) =>
    oauth.protectedResourceRequest(tokens.access_token, "POST", new URL(door()), new Headers(headers), body, {
      ...insecure,
      DPoP: handle,
      [oauth.customFetch]: (url, init) => {
        sent.push(new Headers(init.headers))
        return fetch(url, { method: init.method, headers: init.headers, body })
      },
    })
  expect((await send(oauth.DPoP(client, pair))).status).toBe(200)
  const proof = String(sent[0]?.get("dpop"))
  const refusal = async (more: Record<string, string>, scheme = "DPoP") => {
    const answer = await call("get_note", tokens.access_token, { scheme, headers: more })
    expect(answer).toMatchObject({ status: 401, code: "access_token_refused" })
    expect(said(answer)).toMatch(/^DPoP /)
    return answer.refused
  }
  expect(await refusal({ dpop: proof })).toBe("replay")
  expect(await refusal({}, "Bearer")).toBe("binding")
  expect(await refusal({ dpop: `${proof.slice(0, -4)}AAAA` })).toBe("proof")
  await expect(send(oauth.DPoP(client, await oauth.generateKeyPair("ES256")))).rejects.toMatchObject({
    status: 401,
  })
})

test("a token for another resource, of another issuer or passed on is refused by name", async () => {
  await world.person.server.add({ name: "mail", url: "http://127.0.0.1:9/" })
  const client = await register()
  const { access_token: token } = await letIn(client)
  const refused = async (answer: Promise<Answer>) => {
    const { status, code, refused: why } = await answer
    expect({ status, code }).toEqual({ status: 401, code: "access_token_refused" })
    return why
  }
  expect(await refused(call("get_note", token, { url: door("mail") }))).toBe("audience")
  expect(await refused(call("get_note", token, { url: `${issuer}/mcp` }))).toBe("audience")
  // Of the whole door is of each server behind it.
  const all = await letIn(client, { resource: `${issuer}/mcp` })
  expect(await call("get_note", all.access_token)).toMatchObject({ isDone: true })
  expect(await refused(call("get_note", foreign({ iss: "https://elsewhere.example" })))).toBe("issuer")
  // What says that it is from here, and was signed elsewhere.
  expect(await refused(call("get_note", foreign({ iss: issuer })))).toBe("signature")
  // Neither the token nor any other credential goes on to a tool server.
  expect(JSON.stringify(world.upstream.received)).not.toContain(token)
})

/** A token of somebody else's, with a signature of theirs. */
function foreign(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const now = Math.floor(world.clock.now() / 1000)
  const body = {
    aud: door(),
    exp: now + 600,
    iat: now,
    client_id: "c",
    credential: "crd_00000000",
    scope: "tools:act",
    ...claims,
  }
  const signed = `${encode({ alg: "EdDSA", typ: "at+jwt", kid: "k" })}.${encode(body)}`
  return `${signed}.${sign(null, Buffer.from(signed), generateKeyPairSync("ed25519").privateKey).toString("base64url")}`
}

test("an answer of another authorisation server is not taken for this one's", async () => {
  const client = await register()
  const { url, ...kept } = await ask(client)
  const came = await answerClient(world, url, { agent: agent.id })
  expect(came.searchParams.get("iss")).toBe(issuer)
  const mixedUp = { ...as, issuer: "https://elsewhere.example" }
  expect(() => oauth.validateAuthResponse(mixedUp, client, came, kept.state)).toThrow(/iss/)
  // A code is for whoever began, with what they kept, once.
  await expect(
    redeem(client, { came, ...kept, verifier: oauth.generateRandomCodeVerifier() }),
  ).rejects.toMatchObject({
    error: "invalid_grant",
  })
})

test("what a client asks wrongly is refused before the person is asked", async () => {
  const client = await register()
  const { url } = await ask(client)
  const without = (name: string, value?: string) => {
    const changed = new URL(url)
    changed.searchParams.delete(name)
    if (value !== undefined) changed.searchParams.set(name, value)
    return openBrowser().visit(changed)
  }
  const errorOf = async (visit: ReturnType<typeof without>) => (await visit).leads?.searchParams.get("error")
  expect(await errorOf(without("code_challenge"))).toBe("invalid_request")
  expect(await errorOf(without("code_challenge_method", "plain"))).toBe("invalid_request")
  expect(await errorOf(without("resource"))).toBe("invalid_target")
  expect(await errorOf(without("resource", "https://elsewhere.example/mcp"))).toBe("invalid_target")
  expect(await without("redirect_uri", "https://elsewhere.example/")).toMatchObject({
    status: 400,
    leads: undefined,
  })
  expect(await without("client_id", "nobody")).toMatchObject({ status: 400, leads: undefined })
})

test("refresh tokens are used once, survive a restart, and end with the credential within a second", async () => {
  const client = await register()
  const first = await letIn(client)
  const refresh = async (token: string | undefined) =>
    oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, none, String(token), insecure),
    )
  await world.restart()
  const second = await refresh(first.refresh_token)
  expect(await call("get_note", second.access_token)).toMatchObject({ isDone: true })
  // A token that comes twice was stolen: nothing that came of it counts any more.
  await expect(refresh(first.refresh_token)).rejects.toMatchObject({ error: "invalid_grant" })
  await expect(refresh(second.refresh_token)).rejects.toMatchObject({ error: "invalid_grant" })
  const third = await letIn(client)
  await world.local.agent.suspend({ agent: agent.id })
  expect(await call("get_note", third.access_token)).toMatchObject({ status: 403, code: "agent_suspended" })
  await world.person.agent.resume({ agent: agent.id })
  const { credentials } = await world.local.agent.show({ agent: agent.id })
  const own = credentials.find(
    ({ about, state }) => state === "live" && about?.is === "client" && about.client === client.client_id,
  )
  await world.local.credential.revoke({ credential: String(own?.id) })
  expect(await call("get_note", third.access_token)).toMatchObject({ status: 401, code: "unauthenticated" })
  await expect(refresh(third.refresh_token)).rejects.toMatchObject({ error: "invalid_grant" })
  // Let in again, what was given before does not come back.
  await letIn(client)
  expect((await call("get_note", third.access_token)).refused).toBe("revoked")
})

/** What MCP's own client keeps for whoever uses it, and where it sent the person. */
function mcpClient(more: object = {}) {
  const kept = {
    client: undefined as { client_id?: string } | undefined,
    tokens: undefined as object | undefined,
    verifier: "",
    asked: undefined as URL | undefined,
  }
  // The shapes are the client's own, kept as it hands them over.
  const provider = {
    redirectUrl: redirect,
    clientMetadata: { redirect_uris: [redirect], client_name: "MCP client" },
    clientInformation: () => kept.client as never,
    saveClientInformation: (information: object) => void (kept.client = information),
    tokens: () => kept.tokens as never,
    saveTokens: (tokens: object) => void (kept.tokens = tokens),
    redirectToAuthorization: (url: URL) => void (kept.asked = url),
    saveCodeVerifier: (verifier: string) => void (kept.verifier = verifier),
    codeVerifier: () => kept.verifier,
    ...more,
  }
  const connect = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(door()), { authProvider: provider })
    const client = new Client({ name: "mcp", version: "1" })
    return { client, transport, connected: client.connect(transport) }
  }
  const answered = async () =>
    (await answerClient(world, String(kept.asked), { agent: agent.id })).searchParams
  return { kept, connect, answered }
}

test("MCP's own client registers, is let in, acts after a step up, and comes back with what it kept", async () => {
  const { kept, connect, answered } = mcpClient()
  const first = await connect()
  await expect(first.connected).rejects.toBeInstanceOf(UnauthorizedError)
  await first.transport.finishAuth(await answered())
  const second = await connect()
  await using _ = { [Symbol.asyncDispose]: () => second.client.close() }
  await second.connected
  expect((await second.client.callTool({ name: "get_note", arguments: { id: "n" } })).isError ?? false).toBe(
    false,
  )
  kept.asked = undefined
  await expect(second.client.callTool({ name: "add_note", arguments: { id: "n" } })).rejects.toBeInstanceOf(
    UnauthorizedError,
  )
  expect(String(kept.asked)).toContain("tools%3Aact")
  await second.transport.finishAuth(await answered())
  expect((await second.client.callTool({ name: "add_note", arguments: { id: "n" } })).isError ?? false).toBe(
    false,
  )
})

test("MCP's own client is let in by its published description, without registering (CIMD)", async () => {
  documents.body = {
    client_id: documents.url,
    client_name: "MCP client of a site",
    redirect_uris: [redirect],
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
  }
  const { kept, connect, answered } = mcpClient({ clientMetadataUrl: documents.url })
  const first = await connect()
  await expect(first.connected).rejects.toBeInstanceOf(UnauthorizedError)
  expect(kept.client?.client_id).toBe(documents.url)
  expect(kept.asked?.searchParams.get("client_id")).toBe(documents.url)
  await first.transport.finishAuth(await answered())
  const second = await connect()
  await using _ = { [Symbol.asyncDispose]: () => second.client.close() }
  await second.connected
  expect((await second.client.callTool({ name: "get_note", arguments: { id: "n" } })).isError ?? false).toBe(
    false,
  )
  const { credentials } = await world.local.agent.show({ agent: agent.id })
  expect(credentials.some(({ about }) => about?.is === "client" && about.client === documents.url)).toBe(true)
})

test("no token, code or secret stands in the data folder, and the tables still follow from the ledger", async () => {
  const client = await register({ token_endpoint_auth_method: "client_secret_basic" })
  const made = await world.person.credential.client({ agent: agent.id })
  expect((await rebuildOf(world.local)).differences).toEqual([])
  await world.restart((dataFolder) => {
    const bytes = ["hufu.db", "hufu.db-wal", "hufu.journal"].map((name) =>
      readIfThere(join(dataFolder, name)),
    )
    for (const secret of [secretOf(client), client.client_id, made.secret, "A client"])
      expect(bytes.some((each) => each.includes(secret))).toBe(false)
    return Promise.resolve()
  })
})

// By the terminal secret, and then by a passkey.
test.skipIf(withoutChromium !== undefined).each([
  ["zh-CN", "放行"],
  ["en-GB", "Let it in"],
] as const)(
  "the person lets a client in on the console's page, with a proof of who they are: %s",
  { timeout: 60_000 },
  async (locale, allow) => {
    const browser = await startBrowser()
    try {
      const tab = await openTab(browser, { locale })
      const { page } = tab
      await page.goto((await world.local.signin.create()).url)
      await settle(page)
      if (locale === "en-GB") await addPasskey(tab, issuer)
      const client = await register({ client_name: "\u202eA client <b>of</b> mine" })
      const { url, ...kept } = await ask(client, { scope: "tools:read tools:act" })
      await page.goto(url.href)
      await settle(page)
      expect(await page.locator("main b").count()).toBe(0)
      const returned = page.waitForRequest((request) => request.url().startsWith(redirect))
      await page.getByRole("button", { name: allow }).click()
      if (locale === "zh-CN") {
        await page.getByLabel("终端口令").fill(personSecret)
        await page.getByRole("button", { name: "继续" }).click()
      }
      const tokens = await redeem(client, { came: new URL((await returned).url()), ...kept })
      // A new agent: it has no mandate yet.
      expect(await call("add_note", tokens.access_token)).toMatchObject({ status: 200, isDone: false })
      expect({ complaints: tab.complaints, outside: tab.outside }).toEqual({ complaints: [], outside: [] })
    } finally {
      await browser.close()
    }
  },
)

// The last one: from here on the node is ahead of the authorisation server, which looks at the system's clock.
test("a token ends with its time", async () => {
  const { access_token: token } = await letIn(await register())
  expect(await call("get_note", token)).toMatchObject({ isDone: true })
  world.clock.advance(601_000)
  expect((await call("get_note", token)).refused).toBe("expiry")
})

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}
