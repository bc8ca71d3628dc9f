import { generateKeyPairSync, sign as signBytes, type KeyObject } from "node:crypto"
import {
  type AgentCard,
  canonicalizeAgentCard,
  generateAgentCardSignature,
  verifyAgentCardSignature,
} from "@a2a-js/sdk"
import { sample } from "fast-check"
import { describe, expect, it } from "vitest"
import { PublicJwk } from "../../identity/key-suite.ts"
import type { JsonObject } from "../../json/json-value.ts"
import { arbitraryRegistration } from "../registration.arbitrary.ts"
import { agentCard } from "./agent-card.ts"
import { signAgentCard, verifyAgentCard } from "./agent-card-signature.ts"
import { withoutEmptyMembers } from "./jsonish.ts"

const at = { origin: "https://registry.example" }
const { privateKey, publicKey } = generateKeyPairSync("ed25519")
const stranger = generateKeyPairSync("ed25519")

const jwkOf = (key: KeyObject) => PublicJwk.parse(key.export({ format: "jwk" }))
const signer = { keyId: "key-1", sign: (bytes: Uint8Array) => signBytes(null, bytes, privateKey) }
const findKey = (keyId: string) => (keyId === "key-1" ? jwkOf(publicKey) : undefined)
const verify = (card: JsonObject | string) =>
  verifyAgentCard(typeof card === "string" ? card : JSON.stringify(card), findKey)
// The SDK's canonical form knows security schemes only as they stand in JSON, and drops those of its own messages.
const asSdk = (one: JsonObject) => one as unknown as AgentCard
const verifyBySdk = async (one: JsonObject) => verifyAgentCardSignature(async () => publicKey)(asSdk(one))

const registrations = sample(
  arbitraryRegistration.filter(({ content }) => agentCard.suits?.(content) === true),
  { numRuns: 200, seed: 6 },
)
const cards = registrations.map((registration) => agentCard.show(registration, at))
// Its requirements without scopes are what implementations disagree on.
const card: JsonObject = {
  name: "Planner",
  description: "Plans journeys.",
  version: "1.0.0",
  supportedInterfaces: [
    { url: "https://a.example/rpc", protocolBinding: "JSONRPC", protocolVersion: "1.0" },
    { url: "https://a.example/rest", protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
  ],
  capabilities: { streaming: false },
  securitySchemes: { mtls: { mtlsSecurityScheme: { description: "mutual TLS" } } },
  securityRequirements: [{ schemes: { mtls: {} } }],
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [
    { id: "plan", name: "Plan", description: "Plans.", tags: ["travel"] },
    { id: "book", name: "Book", description: "Books.", tags: ["travel"] },
  ],
}
const signed = signAgentCard(card, signer)

function without(object: JsonObject, member: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== member))
}

describe("a signed AgentCard", () => {
  it("of each of 200 registrations verifies with the verifier of the A2A SDK and with ours", async () => {
    for (const each of cards) {
      const signedCard = signAgentCard(each, signer)
      await expect(verifyBySdk(signedCard)).resolves.toBeUndefined()
      expect((await verify(signedCard)).card).toEqual(each)
      // The form that the SDK signs is the one that we sign the second time.
      expect(JSON.parse(canonicalizeAgentCard(asSdk(each)))).toEqual(withoutEmptyMembers(each))
    }
  })

  it("that the SDK signed verifies with ours", async () => {
    const { securityRequirements: _, ...covered } = card
    const sign = generateAgentCardSignature(privateKey, { alg: "EdDSA", kid: "key-1", typ: "JOSE" })
    const bySdk = await sign(asSdk({ ...covered, description: "" }))
    const verified = await verify(JSON.stringify(bySdk))
    expect(verified.keyId).toBe("key-1")
    expect(verified.card["skills"]).toEqual(card["skills"])
  })

  it("is refused where the SDK's form leaves out who may call", async () => {
    const sign = generateAgentCardSignature(privateKey, { alg: "EdDSA", kid: "key-1", typ: "JOSE" })
    const bySdk = await sign(asSdk(card))
    await expect(verify(JSON.stringify(bySdk))).rejects.toThrow(/does not cover `\/securityRequirements/)
  })

  it.each<[string, (card: JsonObject) => JsonObject]>([
    ["a changed member", (one) => ({ ...one, version: "1.0.1" })],
    ["an added member", (one) => ({ ...one, iconUrl: "https://evil.example/" })],
    ["an added member that is empty", (one) => ({ ...one, documentationUrl: "" })],
    ["an added member that nobody knows", (one) => ({ ...one, trusted: true })],
    [
      "an added member deep within",
      (one) => ({ ...one, capabilities: { streaming: false, pushNotifications: true } }),
    ],
    ["an unknown member deep within", (one) => ({ ...one, capabilities: { streaming: false, root: true } })],
    [
      "an added requirement that asks for nothing",
      (one) => ({ ...one, securityRequirements: [{ schemes: { mtls: {} } }, { schemes: {} }] }),
    ],
    [
      "an added skill",
      (one) => ({
        ...one,
        skills: [...(card["skills"] as JsonObject[]), { id: "x", name: "X", description: "X.", tags: ["x"] }],
      }),
    ],
    ["a removed member", (one) => without(one, "securityRequirements")],
    ["a removed description", (one) => without(one, "description")],
    ["an emptied description", (one) => ({ ...one, description: "" })],
    ["a removed skill", (one) => ({ ...one, skills: (card["skills"] as JsonObject[]).slice(1) })],
    ["reordered skills", (one) => ({ ...one, skills: (card["skills"] as JsonObject[]).toReversed() })],
    [
      "reordered interfaces",
      (one) => ({ ...one, supportedInterfaces: (card["supportedInterfaces"] as JsonObject[]).toReversed() }),
    ],
    ["no signature", (one) => without(one, "signatures")],
    ["an empty list of signatures", (one) => ({ ...one, signatures: [] })],
    [
      "the signature of a stranger",
      () =>
        signAgentCard(card, { keyId: "key-2", sign: (bytes) => signBytes(null, bytes, stranger.privateKey) }),
    ],
    [
      "a stranger under our key's name",
      () =>
        signAgentCard(card, { keyId: "key-1", sign: (bytes) => signBytes(null, bytes, stranger.privateKey) }),
    ],
  ])("with %s is refused", async (_, tamper) => {
    await expect(verify(tamper(signed))).rejects.toMatchObject({ code: "invalid_evidence" })
  })

  it("with a member twice is refused, whichever of the two was signed", async () => {
    const text = JSON.stringify(signed)
    for (const twice of [`{"version":"9",${text.slice(1)}`, `${text.slice(0, -1)},"version":"9"}`])
      await expect(verify(twice)).rejects.toMatchObject({ code: "invalid_json" })
  })

  it("says the same in another order of members", async () => {
    const turned = Object.fromEntries(Object.entries(signed).toReversed())
    expect((await verify(turned)).card).toEqual(card)
  })

  it("is refused with an algorithm that its key does not have", async () => {
    const header = Buffer.from(JSON.stringify({ alg: "none", kid: "key-1", typ: "JOSE" })).toString(
      "base64url",
    )
    await expect(
      verify({ ...card, signatures: [{ protected: header, signature: "" }] }),
    ).rejects.toMatchObject({ code: "invalid_evidence" })
  })

  it("verifies by P-256 too", async () => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" })
    const sign = generateAgentCardSignature(pair.privateKey, { alg: "ES256", kid: "ec", typ: "JOSE" })
    const { securityRequirements: _, ...covered } = card
    const bySdk = await sign(asSdk(covered))
    await expect(verifyAgentCard(JSON.stringify(bySdk), () => jwkOf(pair.publicKey))).resolves.toMatchObject({
      keyId: "ec",
    })
  })
})
