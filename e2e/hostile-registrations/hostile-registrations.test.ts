import { createPrivateKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto"
import { type AddressInfo, createServer } from "node:net"
import { connect } from "node:tls"
import { RegistrationContent } from "@hufu/core/registration/registration-content"
import { arbitraryContent } from "@hufu/core/registration/registration.arbitrary"
import { faceNames } from "@hufu/core/registration/faces/face-path"
import { acmeClient } from "@hufu/server/identity/testing/acme-client"
import { opensslFolder, opensslVersion } from "@hufu/server/identity/testing/openssl"
import { signingRequest } from "@hufu/server/identity/testing/signing-request"
import { signedBytes } from "@hufu/server/registry/discovery/adp/forward-chain"
import { sample } from "fast-check"
import { loopback } from "@hufu/server/http/testing/loopback"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createWorld, personSecret, type World } from "../invariants/world.ts"

// Registrations, cards, questions and certificates as an attacker would send them, to one node: each is refused with its code.

const peer = generateKeyPairSync("ed25519")
const peerAic = "1.2.156.3088.1.1.1.PEER.0.0000"
const ownAic = "1.2.156.3088.1.1.1.OURS.0.0000"
const folder = opensslFolder()
let world: World & AsyncDisposable
let mtlsPort: number

beforeAll(async () => {
  mtlsPort = await freePort()
  world = await createWorld({
    level: "warn",
    config: {
      registry: { share: true },
      ca: { door: { port: mtlsPort } },
      discovery: {
        aic: ownAic,
        peers: [
          {
            aic: peerAic,
            url: "http://127.0.0.1:9/acps-adp-v2/discover",
            key: peer.publicKey.export({ format: "jwk" }).x ?? "",
          },
        ],
      },
    },
  })
  await world.person.ca.init({ name: "Tally" })
}, 60_000)
afterAll(async () => {
  await world.dispose()
  folder.remove()
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, loopback, () => {
      const { port } = server.address() as AddressInfo // it listens on TCP
      server.close(() => resolve(port))
    })
  })
}

let claimed = 0
function content(more: object = {}) {
  claimed += 1
  return {
    name: `com.example/agent-${claimed}`,
    title: "Planner",
    description: "Plans journeys.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Example" },
    interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "https://agent.example.com/a2a" }],
    skills: [{ id: "plan", name: "Plan", description: "Plans a journey." }],
    ...more,
  }
}
const skills = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `s${at}`, name: "s", description: "s" }))
const many = (count: number, of: unknown) => Array.from({ length: count }, () => of)
const nested = (levels: number, inner: object = condition): object =>
  levels === 0 ? { conditions: [inner] } : { groups: [nested(levels - 1, inner)] }
const condition = { field: "name", op: "eq", value: "x" }

/** What was refused, by its code; `done` where nothing was. */
async function codeOf(work: Promise<unknown>): Promise<string | number> {
  try {
    await work
    return "done"
  } catch (error) {
    return (error as { code: string }).code
  }
}
const claim = (of: Record<string, unknown>) =>
  codeOf(world.person.registration.claim({ content: of as never }))
const imported = (face: "agent-card" | "acs" | "server", of: object) =>
  codeOf(world.local.registration.import({ face, text: JSON.stringify(of) }))
async function submitted(of: Record<string, unknown>): Promise<string | number> {
  return codeOf(
    world.person.registration
      .claim({ content: of as never })
      .then(({ registration }) => world.person.registration.submit({ registration: registration.id })),
  )
}
/** What a foreign protocol answers, by its own code. */
async function posted(path: string, body: unknown, token?: string): Promise<string | number> {
  const response = await fetch(`${world.node.url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })
  if (response.ok) return "done"
  const answer = (await response.json()) as { error?: { code: number }; errorCode?: string; code?: string }
  return answer.error?.code ?? answer.errorCode ?? answer.code ?? response.status
}
/** A claim, byte by byte as it is given. */
async function claimText(text: string): Promise<string | number> {
  const { token } = await world.local.session.create({ secret: personSecret })
  return posted("/v1/registrations", text, token)
}
const adp = (body: unknown) => posted("/acps-adp-v2/discover", body)
const tenMegabytes = "x".repeat(10_000_000)

describe("a registration that is too much", () => {
  test.each<[string, () => Promise<string | number>, string | number]>([
    ["10 MB of description", () => claim(content({ description: tenMegabytes })), "too_large"],
    ["10 MB of title", () => claim(content({ title: tenMegabytes })), "too_large"],
    [
      "more than its 192 KiB in all",
      () =>
        claim(
          content({
            queries: many(5, "x".repeat(300)),
            skills: skills(256).map((each) => ({ ...each, description: "x".repeat(1000) })),
          }),
        ),
      "invalid_input",
    ],
    ["100,000 skills", () => claim(content({ skills: skills(100_000) })), "too_large"],
    ["1,000 skills", () => claim(content({ skills: skills(1000) })), "invalid_input"],
    ["257 skills", () => claim(content({ skills: skills(257) })), "invalid_input"],
    ["a skill twice", () => claim(content({ skills: [...skills(2), ...skills(1)] })), "invalid_input"],
    [
      "33 interfaces",
      () => claim(content({ interfaces: many(33, content().interfaces[0]) })),
      "invalid_input",
    ],
    [
      "10,000 keys of one object",
      () => claim(content(Object.fromEntries(skills(10_000).map(({ id }) => [id, 1])))),
      "invalid_input",
    ],
    [
      "5,000 lists in each other",
      () => claimText(`{"content":${"[".repeat(5000)}${"]".repeat(5000)}}`),
      "invalid_json",
    ],
    [
      "a member twice",
      () => claimText('{"content":{"name":"com.example/a","name":"com.example/b"}}'),
      "invalid_json",
    ],
    [
      "a member called __proto__",
      () => claimText('{"content":{"__proto__":{"state":"approved"}}}'),
      "invalid_input",
    ],
    [
      "a state of its own",
      () => claim(content({ state: "approved", aic: "1.2.156.3088.1.1.1.1.1.0000" })),
      "invalid_input",
    ],
    ["a card of 10 MB", () => imported("agent-card", { name: tenMegabytes }), "too_large"],
    [
      "a card with 100,000 skills",
      () => imported("agent-card", { name: "x", skills: skills(100_000) }),
      "too_large",
    ],
    ["a card with 257 skills", () => imported("agent-card", { name: "x", skills: skills(257) }), "too_many"],
    ["an ACS with 1,000 skills", () => imported("acs", { skills: skills(1000) }), "too_many"],
    ["a discovery of 10 MB", () => adp({ query: tenMegabytes }), 41300],
    [
      "a search by ARD of 10 MB",
      () => posted("/ard/search", { query: { text: tenMegabytes } }),
      "INVALID_ARGUMENT",
    ],
  ])("%s", async (_, attack, code) => {
    expect(await attack()).toBe(code)
  })

  test("and what it may be at most is taken, so that it is the rest that was refused", async () => {
    expect(await claim(content({ skills: skills(256) }))).toBe("done")
    expect(await imported("agent-card", { name: "x", skills: skills(256) })).toBe("done")
  })
})

describe("a filter", () => {
  test.each<[string, object, string | number]>([
    ["three levels deep is answered", nested(2), "done"],
    ["four levels deep", nested(3), 40004],
    ["ten levels deep", nested(10), 40004],
    ["30 levels deep", nested(30), 40000],
    ["of 101 conditions", { conditions: many(101, condition) }, 40004],
    ["of 1,001 conditions in ten groups", { groups: many(10, { conditions: many(101, condition) }) }, 40004],
    ["by a field that is none", { conditions: [{ ...condition, field: "constructor.prototype" }] }, 40004],
    ["by an operator that is none", { conditions: [{ ...condition, op: "regex" }] }, 40004],
    ["of 100,000 values", { conditions: [{ field: "name", op: "in", value: many(100_000, "x") }] }, 40004],
  ])("%s", async (_, filter, code) => {
    expect(await adp({ type: "filtered", filter })).toBe(code)
  })

  test("nested a thousand times over is not even read", async () => {
    const deep = `${'{"groups":['.repeat(1000)}{}${"]}".repeat(1000)}`
    expect(await adp(`{"type":"filtered","filter":${deep}}`)).toBe(40000)
  })
})

describe("a name that is to be taken for another", () => {
  test.each<[string, object, string]>([
    ["with a Cyrillic letter", { name: "com.example/plаnner" }, "invalid_input"],
    ["in full width", { name: "com.example/ｐlanner" }, "invalid_input"],
    ["in capitals", { name: "com.example/Planner" }, "invalid_input"],
    ["with a hidden character", { name: "com.example/plan\u200bner" }, "invalid_input"],
    ["with a direction mark in its title", { title: "reyap \u202egnisnart" }, "invalid_input"],
    ["with a tag character in its title", { title: "Planner\u{e0041}" }, "invalid_input"],
    ["with a path", { name: "com.example/../admin" }, "invalid_input"],
    ["with a domain in Punycode's clothes", { name: "xn--e1awd7f.example/planner?x" }, "invalid_input"],
  ])("%s", async (_, more, code) => {
    expect(await claim(content(more))).toBe(code)
  })

  test("in letters that look alike is shown to the reviewer as that", async () => {
    await world.person.registration.claim({
      content: content({ name: "com.example/treasurer", title: "Treasurer" }),
    })
    const { flags } = await world.person.registration.claim({
      content: content({ name: "com.example/treasvrer-1", title: "Тreаsurer" }),
    })
    expect(flags).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "title-looks-like", name: "com.example/treasurer" }),
        { kind: "mixed-scripts", of: null, name: null },
      ]),
    )
    const twin = await world.person.registration.claim({
      content: content({ name: "com.example/tre-asurer", title: "Other" }),
    })
    expect(twin.flags.map(({ kind }) => kind)).toContain("name-looks-like")
  })
})

/** Every place of a value, with its text. */
function* leaves(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; text: string }> {
  if (typeof value === "string") yield { path, text: value }
  else if (typeof value === "object" && value !== null)
    for (const [key, member] of Object.entries(value))
      yield* leaves(member, [...path, Array.isArray(value) ? Number(key) : key])
}

function replaced(value: unknown, path: readonly (string | number)[], text: string): unknown {
  const [step, ...rest] = path
  if (step === undefined) return text
  if (Array.isArray(value)) return value.map((each, at) => (at === step ? replaced(each, rest, text) : each))
  return { ...(value as object), [step]: replaced((value as Record<string, unknown>)[step], rest, text) }
}

/** Random ones, those that say most first, so that few of them have every place. */
const richest = sample(arbitraryContent, { numRuns: 70, seed: 6 })
  .filter(({ interfaces }) => interfaces.length > 0)
  .map((of) => ({ ...of, form: "agent" as const }))
  .sort((one, other) => JSON.stringify(other).length - JSON.stringify(one).length)

/** One registration for each place of the schema that random ones fill, without regard to which item of a list it is. */
function everyPlace(
  fits: (text: string) => boolean,
): Map<string, { of: RegistrationContent; path: readonly (string | number)[] }> {
  const places = new Map<string, { of: RegistrationContent; path: readonly (string | number)[] }>()
  for (const usable of richest) {
    for (const { path, text } of leaves(usable)) {
      const where = `/${path.map((step) => (typeof step === "number" ? "*" : step)).join("/")}`
      if (fits(text) && !places.has(where)) places.set(where, { of: usable, path })
    }
  }
  return places
}

describe("an address that leads inside", () => {
  const inside = [
    "https://127.0.0.1/x",
    "http://localhost:7180/v1/node",
    "http://[::1]/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/",
    "https://[::ffff:192.168.0.1]/",
    "http://[fd00:ec2::254]/",
    "https://metadata.internal/",
    "file:///etc/passwd",
    "javascript:alert(1)//",
    "https://user:secret@example.com/",
    "https://example.com\\@127.0.0.1/",
  ]

  test("is refused in every place that takes an address", { timeout: 60_000 }, async () => {
    const places = everyPlace((text) => /^[a-z]+:\/\//.test(text))
    process.stdout.write(`places of addresses: ${[...places.keys()].join(" ")}\n`)
    expect([...places.keys()]).toEqual(
      expect.arrayContaining([
        "/icon",
        "/documentation",
        "/website",
        "/repository/url",
        "/developer/url",
        "/contact/url",
        "/contact/security",
        "/interfaces/*/url",
        "/packages/*/url",
        "/certifications/*/url",
        "/capabilities/extensions/*/uri",
      ]),
    )
    const taken: string[] = []
    // Each place by some of them, and each of them at many places.
    const some = [...places].flatMap(([where, place], at) =>
      [0, 5, 9].map((step) => ({ where, ...place, url: inside[(at + step) % inside.length] ?? "" })),
    )
    expect(new Set(some.map(({ url }) => url)).size).toBe(inside.length)
    for (const { where, of, path, url } of some) {
      claimed += 1
      const changed = { ...(replaced(of, path, url) as RegistrationContent), name: `com.example/s${claimed}` }
      const code = await submitted(changed)
      if (code !== "forbidden" && code !== "invalid_input") taken.push(`${where} ${url}: ${code}`)
    }
    expect(taken).toEqual([])
    // Without the address the very same are taken.
    const refused: string[] = []
    for (const of of new Set([...places.values()].map((place) => place.of))) {
      claimed += 1
      const code = await submitted({ ...of, name: `com.example/s${claimed}` })
      if (code !== "done") refused.push(`${of.name}: ${code}`)
    }
    expect(refused).toEqual([])
  })
})

describe("a script", () => {
  const script = `<script>alert(1)</script><img src=x onerror="alert(1)">{{7*7}}`

  test("in every place is refused, or is a text wherever it is shown", async () => {
    const took: string[] = []
    const refused: RegistrationContent[] = []
    const changed = new Map<RegistrationContent, RegistrationContent>()
    for (const [where, { of, path }] of everyPlace(() => true)) {
      const now = replaced(changed.get(of) ?? of, path, script) as RegistrationContent
      if (RegistrationContent.safeParse(now).success) {
        changed.set(of, now)
        took.push(where)
      } else refused.push(replaced(of, path, script) as RegistrationContent)
    }
    // What the schema refuses the node refuses, by the very same schema.
    expect(refused.length).toBeGreaterThan(20)
    for (const each of refused.filter((_, at) => at % 10 === 0))
      expect(await claim(each)).toBe("invalid_input")
    const ids: string[] = []
    for (const each of changed.values()) {
      claimed += 1
      const { registration } = await world.person.registration.claim({
        content: { ...each, name: `com.example/t${claimed}` } as never,
      })
      await world.person.registration.submit({ registration: registration.id })
      await world.person.registration.approve({ registration: registration.id })
      ids.push(registration.id)
    }
    expect(took).toEqual(
      expect.arrayContaining([
        "/title",
        "/description",
        "/developer/name",
        "/skills/*/name",
        "/skills/*/description",
      ]),
    )
    let shown = 0
    process.stdout.write(
      `scripts in ${took.length} places of ${ids.length} registrations, refused in ${refused.length}\n`,
    )
    // The first ones have most of them.
    for (const id of ids.slice(0, 5))
      for (const face of faceNames) {
        const response = await fetch(`${world.node.url}/registry/${id}/${face}.json`)
        if (response.status === 404) continue
        expect(response.headers.get("content-type")).toMatch(/^application\/(?:[a-z0-9.-]+\+)?json$/)
        expect(response.headers.get("x-content-type-options")).toBe("nosniff")
        expect(response.headers.get("content-security-policy")).toContain("default-src 'none'")
        const text = await response.text()
        JSON.parse(text)
        shown += text.includes("<script>") ? 1 : 0
      }
    expect(shown).toBeGreaterThan(10)
    const found = await fetch(`${world.node.url}/v1/registry/search?text=alert`)
    expect(found.headers.get("content-type")).toBe("application/json")
  }, 60_000)
})

describe("a certificate", () => {
  const dial = async (of: { key?: KeyObject; chain?: string }): Promise<string> => {
    const ca = await (await fetch(`${world.node.url}/acps-atr-v2/ca/trust-bundle`)).text()
    const { key, chain } = of
    const socket = connect({
      host: loopback,
      port: mtlsPort,
      servername: "localhost",
      ca,
      ...(key === undefined ? {} : { key: key.export({ format: "pem", type: "pkcs8" }), cert: chain }),
    })
    let failed: string | undefined
    socket.on("error", (error: Error & { code?: string }) => (failed = error.code ?? error.message))
    socket.write("GET /mcp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    let came = ""
    socket.on("data", (bytes: Buffer) => (came += bytes.toString("utf8")))
    await new Promise((resolve) => socket.once("close", resolve))
    return came === "" ? (failed ?? "closed") : (came.split("\r\n", 1)[0] ?? "")
  }
  const logged = () =>
    world.errors.flatMap((line) => {
      const { reason } = JSON.parse(line) as { reason?: string }
      return reason === undefined ? [] : [reason]
    })
  const obtain = async (usage: "clientAuth" | "serverAuth", name: string) => {
    const agent = await world.agent(name)
    const bound = await world.person.ca.account({ agent: agent.id })
    const client = await acmeClient(bound.directory)
    await client.newAccount(bound)
    const key = generateKeyPairSync("ed25519").privateKey
    const chain = await client.obtain(bound.aic, usage, signingRequest(key, { commonName: bound.aic }))
    return { key, chain, aic: bound.aic }
  }

  test.skipIf(opensslVersion === undefined)(
    "of nobody, of a foreign authority, or of one that goes by our name, ends in the handshake",
    async () => {
      expect(await dial({})).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET/)
      const sound = await obtain("clientAuth", "ann")
      expect(await dial(sound)).toMatch(/^HTTP\/1\.1/)
      const [leaf = "", between = ""] = sound.chain.split(/(?<=-----END CERTIFICATE-----\n)/)
      const { subject } = new X509Certificate(between)
      const ours = `/${subject.split("\n").join("/")}`
      folder.run("genpkey -algorithm ed25519 -out root.key")
      folder.run("genpkey -algorithm ed25519 -out leaf.key")
      // A root of the attacker's, called as our intermediate is, and a leaf called as ours is.
      folder.run("req -x509 -new -key root.key -days 2 -out root.pem", "-subj", ours)
      folder.run("req -new -key leaf.key -out leaf.csr", "-subj", `/CN=${sound.aic}`)
      folder.run("x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 -out leaf.pem")
      const pem = (name: string) => folder.run(`x509 -in ${name}`).out
      const key = createPrivateKey(folder.run("pkey -in leaf.key").out)
      expect(await dial({ key, chain: pem("leaf.pem") + pem("root.pem") })).not.toMatch(/^HTTP/)
      // Our own leaf, behind the attacker's chain, with the attacker's key.
      await expect(dial({ key, chain: leaf + pem("root.pem") })).rejects.toThrow(/key values mismatch/)
      const server = await obtain("serverAuth", "bob")
      expect(await dial(server)).not.toMatch(/^HTTP/)
    },
  )

  test("that has run out, or was revoked, is named in the log, and lets nobody in", async () => {
    const late = await obtain("clientAuth", "carol")
    const gone = await obtain("clientAuth", "dave")
    expect([await dial(late), await dial(gone)].every((line) => line.startsWith("HTTP/1.1"))).toBe(true)
    const { items } = await world.local.ca.list({ limit: 100 })
    const fingerprint = new X509Certificate(gone.chain).fingerprint256.replaceAll(":", "").toLowerCase()
    const id = items.find((each) => each.fingerprint === fingerprint)?.id ?? ""
    await world.local.ca.revoke({ certificate: id, reason: "key-compromise" })
    expect(await dial(gone)).not.toMatch(/^HTTP/)
    expect(logged()).toContain("certificate_revoked")
    world.clock.advance(60 * 86_400_000)
    expect(await dial(late)).not.toMatch(/^HTTP/)
    expect(logged()).toContain("certificate_expired")
    await world.renew()
  })
})

describe("a forward chain", () => {
  const part = {
    chain: [peerAic],
    trusted: [],
    requestId: "r-1",
    type: "explicit",
    query: "x",
    filter: undefined,
  }
  const signature = (of = part, key = peer.privateKey) =>
    sign(null, signedBytes(of), key).toString("base64url")
  const sound = {
    type: "explicit",
    query: "x",
    requestId: "r-1",
    forwardChain: [peerAic],
    forwardTrustedServers: [],
    forwardSignatures: [signature()],
  }
  const stranger = "1.2.156.3088.1.1.1.EVIL.0.0000"

  test.each<[string, () => object, string | number]>([
    ["that is sound is answered", () => sound, "done"],
    ["that ends with a server that nobody named", () => ({ ...sound, forwardChain: [stranger] }), 50803],
    ["without a signature", () => ({ ...sound, forwardSignatures: [] }), 50805],
    ["with a signature of nothing", () => ({ ...sound, forwardSignatures: ["A".repeat(86)] }), 50805],
    [
      "with a signature of another key",
      () => ({ ...sound, forwardSignatures: [signature(part, generateKeyPairSync("ed25519").privateKey)] }),
      50805,
    ],
    ["of another question", () => ({ ...sound, query: "y" }), 50805],
    ["of another request", () => ({ ...sound, requestId: "r-2" }), 50805],
    ["that trusts somebody else", () => ({ ...sound, forwardTrustedServers: [stranger] }), 50805],
    ["with a filter that was put in", () => ({ ...sound, filter: { conditions: [condition] } }), 50805],
    [
      "from which a server was taken out",
      () => ({
        ...sound,
        forwardSignatures: [signature({ ...part, chain: [stranger, peerAic] })],
      }),
      50805,
    ],
    ["into which a server was put", () => ({ ...sound, forwardChain: [stranger, peerAic] }), 50805],
    ["that was here before", () => ({ ...sound, forwardChain: [ownAic, peerAic] }), 50801],
    ["that goes in a circle", () => ({ ...sound, forwardChain: [peerAic, peerAic] }), 50801],
    [
      "that is longer than it may be",
      () => ({ ...sound, forwardDepthLimit: 1, forwardChain: [stranger, peerAic] }),
      50802,
    ],
    ["of what is no code", () => ({ ...sound, forwardChain: ["nobody"] }), 40003],
  ])("%s", async (_, body, code) => {
    expect(await adp(body())).toBe(code)
  })
})
