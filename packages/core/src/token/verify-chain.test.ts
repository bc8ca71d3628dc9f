import { generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto"
import { expect, test } from "vitest"
import { fromBase64Url, toBase64Url } from "../evidence/base64.ts"
import { Mandate } from "../mandate/mandate.ts"
import { type Ed25519Jwk, jwkOf } from "./ed25519-jwk.ts"
import { signJws } from "./jws.ts"
import { makeDerivedToken, makeProof, makeRootToken } from "./make-token.ts"
import { tokenType } from "./mandate-token.ts"
import { makeStatusList, packStatuses, readStatusList, statusFrom } from "./status-list.ts"
import { type ChainTrust, verifyTokenChain } from "./verify-chain.ts"
import { verifyTokenCall } from "./verify-token-call.ts"

interface Party {
  readonly jwk: Ed25519Jwk
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

function party(): Party {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  const { x = "" } = publicKey.export({ format: "jwk" })
  return { jwk: jwkOf(fromBase64Url(x)), sign: signer(privateKey) }
}

function signer(key: KeyObject): Party["sign"] {
  return (bytes) => new Uint8Array(signWith(null, bytes, key))
}

const [node, a, b, c] = [party(), party(), party(), party()] as const
const now = 1_800_000_000
const issuer = "https://hufu.example"
const uri = "https://hufu.example/status"
const id = (prefix: string, n: number) => `${prefix}_0000000${n}`

function mandate(n: number, more: object = {}): Mandate {
  return Mandate.parse({
    id: id("mnd", n),
    agent: id("agt", n),
    principal: "usr_00000000",
    parent: n === 1 ? null : id("mnd", n - 1),
    task: n === 1 ? null : id("tsk", n),
    words: "",
    grants: [
      {
        effects: ["read", "send"],
        tools: ["mail/*"],
        limits: [{ argument: "/to", kind: "prefix", prefix: "ann" }],
        mode: "auto",
      },
    ],
    userOnly: [{ effects: ["pay"] }],
    otherwise: "deny",
    until: (now + 5000) * 1000,
    createdAt: 0,
    ...more,
  })
}

const times = { issuedAt: now - 10, expiresAt: now + 600 }
const root = (of: Mandate = mandate(1), more: object = {}) =>
  makeRootToken(
    { id: "root", mandate: of, holder: a.jwk, issuer, status: { uri, idx: 3 }, ...times, ...more },
    node.sign,
  )
const below = (parent: string, n: number, by: Party, to: Party, more: object = {}, of: object = {}) =>
  makeDerivedToken(
    parent,
    { id: `t${n}`, mandate: mandate(n, of), holder: to.jwk, ...times, ...more },
    by.sign,
  )

function trust(more: Partial<ChainTrust> = {}): ChainTrust {
  return { issuers: new Map([[issuer, node.jwk]]), now, statusOf: () => "valid", ...more }
}

const faultOf = async (tokens: readonly string[], more?: Partial<ChainTrust>) => {
  const found = await verifyTokenChain(tokens, trust(more))
  return found.ok ? "ok" : `${found.link} ${found.fault}`
}

test("a chain holds when each link is signed by the one above it and narrower", async () => {
  const first = root()
  const second = below(first, 2, a, b)
  const third = below(second, 3, b, c, { expiresAt: now + 60 })
  const found = await verifyTokenChain([first, second, third], trust())
  expect(found).toMatchObject({ ok: true, leaf: mandate(3), holder: c.jwk })
  expect(found.ok && found.mandates.map((each) => each.id)).toEqual([1, 2, 3].map((n) => id("mnd", n)))
})

const first = root()
const second = below(first, 2, a, b)
const wider = { grants: [{ ...mandate(1).grants[0], limits: [] }] }
const [header = "", payload = "", signature = ""] = first.split(".")
const withPayload = (change: (claims: Record<string, unknown>) => object) => {
  const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(payload)))
  return `${header}.${toBase64Url(new TextEncoder().encode(JSON.stringify(change(claims))))}.${signature}`
}
const none = toBase64Url(new TextEncoder().encode('{"alg":"none","typ":"hufu-mandate+jwt"}'))
const faults: Record<string, [readonly string[], string, Partial<ChainTrust>?]> = {
  "nothing at all": [[], "0 too_long"],
  "more links than a chain has": [Array.from({ length: 9 }, () => first), "0 too_long"],
  "a token that is too large": [["a".repeat(70_000)], "0 too_large"],
  "a chain that is too large": [Array.from({ length: 8 }, () => "a".repeat(40_000)), "0 too_large"],
  "no token": [["a.b"], "0 malformed"],
  "a spelling that is not canonical": [[`${first}=`], "0 malformed"],
  "an issuer that is not trusted": [[first], "0 unknown_issuer", { issuers: new Map() }],
  "another payload under the same signature": [
    [withPayload((claims) => ({ ...claims, exp: now + 999 }))],
    "0 forged",
  ],
  "no signature": [[`${none}.${payload}.`], "0 forged"],
  "a link by somebody else": [[first, below(first, 2, c, b)], "1 forged"],
  "a link of another parent": [[root(mandate(1), { id: "other" }), second], "1 not_by_parent"],
  "a root in the middle": [[first, root(mandate(2), { issuer })], "1 not_by_parent"],
  "a link as a root": [[second], "0 unknown_issuer"],
  "a wider link": [[first, below(first, 2, a, b, {}, wider)], "1 not_narrower"],
  "a link that says that the principal widened it": [
    [first, below(first, 2, a, b, {}, { ...wider, widened: id("hld", 1) })],
    "1 not_narrower",
  ],
  "a narrower link that says so, below which nothing above would count": [
    [first, below(first, 2, a, b, {}, { widened: id("hld", 1) })],
    "1 not_narrower",
  ],
  "a link that lets the user-only go": [
    [first, below(first, 2, a, b, {}, { userOnly: [] })],
    "1 not_narrower",
  ],
  "a link that lasts longer": [[first, below(first, 2, a, b, { expiresAt: now + 601 })], "1 lasts_longer"],
  "a token that lasts longer than its mandate": [
    [root(mandate(1, { until: (now + 5) * 1000 }))],
    "0 lasts_longer",
  ],
  "a token that lasts longer than any may": [[root(mandate(1), { expiresAt: now + 4000 })], "0 lasts_longer"],
  "a link of another principal": [
    [first, below(first, 2, a, b, {}, { principal: "usr_11111111" })],
    "1 other_principal",
  ],
  "a link to the same agent": [[first, below(first, 2, a, b, {}, { agent: id("agt", 1) })], "1 repeated"],
  "a link to the same key": [[first, below(first, 2, a, a)], "1 repeated"],
  "more depth than the root allows": [
    [root(mandate(1), { maxDepth: 0 }), below(root(mandate(1), { maxDepth: 0 }), 2, a, b)],
    "1 depth",
  ],
  "an expired root": [[first], "0 expired", { now: now + 600 }],
  "one of tomorrow": [[root(mandate(1), { issuedAt: now + 100 })], "0 not_yet"],
  "a time that is no number": [[first], "0 expired", { now: Number.NaN }],
  "no status at the root": [
    [makeRootToken({ id: "r", mandate: mandate(1), holder: a.jwk, issuer, ...times }, node.sign)],
    "0 no_status",
  ],
  "a revoked root": [[first, second], "0 revoked", { statusOf: () => "invalid" }],
  "a suspended root": [[first, second], "0 suspended", { statusOf: () => "suspended" }],
  "a status that nobody knows": [[first, second], "0 status_unknown", { statusOf: () => "unknown" }],
}

test.each(Object.entries(faults))("refuses %s", async (_what, [tokens, fault, more]) => {
  expect(await faultOf(tokens, more)).toBe(fault)
})

test("a header that names a key, an algorithm or an extension of its own is not followed", async () => {
  const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(payload)))
  expect(await faultOf([signJws(tokenType, claims, node.sign)])).toBe("ok")
  for (const header of [
    { alg: "EdDSA", typ: tokenType, jwk: c.jwk },
    { alg: "HS256", typ: tokenType },
    { alg: "EdDSA", typ: "JWT" },
    { alg: "EdDSA", typ: tokenType, crit: ["b64"] },
  ]) {
    const signed = [header, claims]
      .map((part) => toBase64Url(new TextEncoder().encode(JSON.stringify(part))))
      .join(".")
    const token = `${signed}.${toBase64Url(node.sign(new TextEncoder().encode(signed)))}`
    expect(await faultOf([token])).toBe("0 forged")
  }
})

test("a revocation reaches a verifier by the status list, and a list that is stale, foreign or forged says nothing", async () => {
  const list = (bits: number[], at = now) =>
    makeStatusList(packStatuses(2, bits), { uri, at, ttlSeconds: 60 }, node.sign)
  const read = async (token: string, key = node.jwk, of = uri) => readStatusList(token, { uri: of, key })
  const valid = await read(await list([1, 1, 1, 0]))
  const revoked = await read(await list([0, 0, 0, 1]))
  if (!valid || !revoked) throw new Error("the lists cannot be read")
  const withList = (known: typeof valid, at = now) => ({ now: at, statusOf: statusFrom([known], at) })
  expect(await faultOf([first, second], withList(valid))).toBe("ok")
  expect(await faultOf([first, second], withList(revoked))).toBe("0 revoked")
  expect(await faultOf([first, second], withList(valid, now + 60))).toBe("0 status_unknown")
  const short = await read(await list([0]))
  if (!short) throw new Error("the list cannot be read")
  expect(await faultOf([first, second], withList({ ...short, bytes: new Uint8Array() }))).toBe(
    "0 status_unknown",
  )
  expect(await read(await list([0, 0, 0, 0]), c.jwk)).toBeUndefined()
  expect(await read(await list([0, 0, 0, 0]), node.jwk, `${uri}/other`)).toBeUndefined()
  expect(await read("x".repeat(2 * 1024 * 1024))).toBeUndefined()
})

test("a call goes by a chain and a proof of its holder, once, for what every mandate lets go without asking", async () => {
  const tokens = [first, second]
  const used = new Set<string>()
  const called = {
    audience: "https://mail.example",
    server: "mail",
    tool: "send_mail",
    effect: "send" as const,
  }
  const given = (more: object = {}) => ({
    ...trust(),
    ...called,
    reviewed: true,
    isReplayed: (jti: string) => used.has(jti) || !used.add(jti),
    ...more,
  })
  const proof = (more: object = {}, by = b, leaf = second) =>
    makeProof(
      leaf,
      {
        id: `proof-${used.size}-0123456789`,
        at: now,
        tool: "mail/send_mail",
        audience: called.audience,
        arguments: { to: "ann@example.com" },
        ...more,
      },
      by.sign,
    )
  const rule = async (text: string, more?: object, chain = tokens) => {
    const ruling = await verifyTokenCall(chain, text, given(more))
    return ruling.ok ? "ok" : ruling.fault
  }
  const good = proof()
  expect(await rule(good)).toBe("ok")
  expect(await rule(good)).toBe("replayed")
  expect(await rule(proof({}, a))).toBe("proof_forged")
  expect(await rule(proof({}, b, first))).toBe("proof_for_another")
  expect(await rule(proof({ tool: "mail/delete" }))).toBe("proof_for_another")
  expect(await rule(proof({ audience: "https://other.example" }))).toBe("proof_for_another")
  expect(await rule(proof({ at: now - 31 }))).toBe("proof_late")
  expect(await rule(proof({ arguments: { to: "bob@example.com" } }))).toBe("not_covered")
  expect(await rule(proof(), { effect: "pay" })).toBe("not_covered")
  expect(await rule("x")).toBe("proof_malformed")
  expect(await rule(proof(), { statusOf: () => "unknown" })).toBe("status_unknown")
  const counted = root(mandate(1, { budget: { count: 3 } }))
  const leaf = below(counted, 2, a, b, {}, { budget: { count: 3 } })
  expect(await rule(proof({}, b, leaf), {}, [counted, leaf])).toBe("not_covered")
})
