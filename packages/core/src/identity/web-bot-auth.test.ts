import { generateKeyPairSync, sign } from "node:crypto"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { fromBase64Url } from "../evidence/base64.ts"
import { verifyEd25519 } from "../evidence/ed25519.ts"
import { thumbprintOf } from "../token/ed25519-jwk.ts"
import type { SignedMessage } from "./http-signature.ts"
import { parseDictionary, serializeMember } from "./structured-field.ts"
import { readWebBotAuth, signWebBotAuth } from "./web-bot-auth.ts"

// The vectors of draft-ietf-webbotauth-httpsig-protocol-01, appendix "EdDSA Using Curve edwards25519"; the key is that of RFC 9421,
// appendix B.1.4.
const publicKey = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
const dictionary = {
  "signature-agent": 'agent2="https://signature-agent.test"',
  "signature-input":
    'sig2=("@authority" "signature-agent";key="agent2");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600;nonce="n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA==";tag="web-bot-auth"',
  signature:
    "sig2=:RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==:",
}
const legacy = {
  "signature-agent": '"https://signature-agent.test"',
  "signature-input":
    'sig2=("@authority" "signature-agent");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=1735693200;nonce="e8N7S2MFd/qrd6T2R3tdfAuuANngKI7LFtKYI/vowzk4lAZYadIX6wW25MwG7DCT9RUKAJ0qVkU0mEeLElW1qg==";tag="web-bot-auth"',
  signature:
    "sig2=:jdq0SqOwHdyHr9+r5jw3iYZH6aNGKijYp/EstF4RQTQdi5N5YYKrD+mCT1HA1nZDsi6nJKuHxUi/5Syp3rLWBA==:",
}

function request(headers: Record<string, string>, more: Partial<SignedMessage> = {}): SignedMessage {
  return {
    method: "GET",
    scheme: "https",
    authority: "example.com",
    path: "/",
    query: "",
    field: (name) => (headers[name] === undefined ? [] : [headers[name]]),
    ...more,
  }
}

/** Whether the vector's key signed this request; a claim that lasts too long is shortened to a day by the caller. */
async function holds(headers: Record<string, string>, more?: Partial<SignedMessage>): Promise<boolean> {
  const claim = readWebBotAuth(request(headers, more), { maxLifeSeconds: Number.MAX_SAFE_INTEGER })
  if (claim === undefined) throw new Error("there is no signature")
  return verifyEd25519(fromBase64Url(publicKey), new TextEncoder().encode(claim.base), claim.signature)
}

test.each([
  ["dictionary", dictionary],
  ["bare string", legacy],
])(
  "the official Ed25519 vector with a %s counts, for the key that its keyid names",
  async (_form, headers) => {
    const claim = readWebBotAuth(request(headers), { maxLifeSeconds: Number.MAX_SAFE_INTEGER })
    expect(claim).toMatchObject({
      url: "https://signature-agent.test/.well-known/http-message-signatures-directory",
      keyid: thumbprintOf({ x: publicKey }),
      created: 1735689600,
    })
    expect(await holds(headers)).toBe(true)
  },
)

test("the official vector counts for no other authority, signer or time", async () => {
  expect(await holds(dictionary, { authority: "example.org" })).toBe(false)
  const other = dictionary["signature-agent"].replace("signature-agent.test", "other.test")
  expect(await holds({ ...dictionary, "signature-agent": other })).toBe(false)
  const later = dictionary["signature-input"].replace("created=1735689600", "created=1735689601")
  expect(await holds({ ...dictionary, "signature-input": later })).toBe(false)
})

const pair = generateKeyPairSync("ed25519")
const own = { x: String(pair.publicKey.export({ format: "jwk" })["x"]) }

function signed(message: SignedMessage, components: readonly string[]): Record<string, string> {
  return signWebBotAuth(
    {
      message,
      components,
      agent: "https://agent.example",
      keyid: thumbprintOf(own),
      created: 1000,
      expires: 1100,
      nonce: "n",
    },
    (bytes) => new Uint8Array(sign(null, bytes, pair.privateKey)),
  )
}

test("what is signed here is read back, and every covered component counts", async () => {
  const fields: Record<string, string> = { "content-digest": "sha-256=:AAAA:" }
  const whole = request(fields, { method: "POST", path: "/mcp/notes", query: "?a=1" })
  const headers = {
    ...fields,
    ...signed(whole, ["@method", "@target-uri", "@path", "@query", "@scheme", "content-digest"]),
  }
  const check = (changed: Partial<SignedMessage>, more: Record<string, string> = {}) => {
    const claim = readWebBotAuth({
      ...request({ ...headers, ...more }),
      method: "POST",
      path: "/mcp/notes",
      query: "?a=1",
      ...changed,
    })
    if (claim === undefined) throw new Error("there is no signature")
    return verifyEd25519(fromBase64Url(own.x), new TextEncoder().encode(claim.base), claim.signature)
  }
  expect(await check({})).toBe(true)
  expect(await check({ method: "GET" })).toBe(false)
  expect(await check({ path: "/mcp/mail" })).toBe(false)
  expect(await check({ query: "" })).toBe(false)
  expect(await check({ scheme: "http" })).toBe(false)
  expect(await check({ authority: "example.org" })).toBe(false)
  expect(await check({}, { "content-digest": "sha-256=:AAAB:" })).toBe(false)
})

const base = dictionary["signature-input"].replace("4889289600", "1735693200")
const input = (from: string, to: string) => ({ "signature-input": base.replace(from, to) })
const refusals: [string, Record<string, string>, RegExp][] = [
  ["no signer covered", input(' "signature-agent";key="agent2"', ""), /cover the member/],
  ["neither authority nor target", input('"@authority" ', ""), /@target-uri/],
  ["no expiry", input(";expires=1735693200", ""), /needs `created`/],
  ["an end before its beginning", input("1735693200", "1735689600"), /needs `created`/],
  ["longer than a day", input("1735693200", "1735776001"), /86400 seconds at most/],
  ["no thumbprint", input("poqk", "po"), /thumbprint/],
  ["another algorithm", input('alg="ed25519"', 'alg="hmac-sha256"'), /only `ed25519`/],
  ["a component twice", input('"@authority"', '"@authority" "@authority"'), /component once/],
  ["an unknown component", input('"@authority"', '"@authority" "@status"'), /`@status` is no component/],
  ["an unknown parameter", input('"@authority"', '"@authority" "@method";req'), /only `key`/],
  ["a field that is not there", input('"@authority"', '"@authority" "x-a"'), /`x-a`, which the request/],
  [
    "a member that is not there",
    { "signature-agent": 'agent3="https://signature-agent.test"' },
    /does not have/,
  ],
  ["an address without TLS", { "signature-agent": 'agent2="http://signature-agent.test"' }, /https URL/],
  [
    "a directory with a path",
    { "signature-agent": 'agent2="https://signature-agent.test/a"' },
    /is an origin/,
  ],
  ["an unknown type", { "signature-agent": 'agent2="https://signature-agent.test";type=dns' }, /the type/],
  ["no value for its label", { signature: dictionary.signature.replace("sig2", "sig3") }, /same label/],
  ["no byte sequence", { signature: 'sig2="a"' }, /same label/],
  [
    "two of the tag",
    {
      "signature-input": `${base}, b${base}`,
      signature: `${dictionary.signature}, b${dictionary.signature}`,
    },
    /one `web-bot-auth`/,
  ],
  ["a label twice", { "signature-input": `${base}, ${base}` }, /well formed dictionary/],
  ["no structured field", { "signature-input": "sig2=(" }, /well formed dictionary/],
]

test.each(refusals)("refused: %s", (_what, changed, why) => {
  const headers = { ...dictionary, "signature-input": base, ...changed }
  expect(() => readWebBotAuth(request(headers))).toThrow(
    expect.objectContaining({ code: "signature_refused", message: expect.stringMatching(why) }),
  )
})

test("nothing but these changes makes them refused", () => {
  expect(readWebBotAuth(request({ ...dictionary, "signature-input": base }))).toBeDefined()
})

test("signatures for another purpose are left alone", () => {
  expect(readWebBotAuth(request({ ...dictionary, ...input("web-bot-auth", "other") }))).toBeUndefined()
  expect(readWebBotAuth(request({}))).toBeUndefined()
})

test("whatever is sent as structured fields is read or refused, and what is read is written the same", () => {
  const piece = fc.constantFrom(
    "a",
    "=",
    ";",
    "(",
    ")",
    '"',
    ":",
    "?1",
    "1",
    "-",
    ",",
    " ",
    "\\",
    "AAAA",
    "b*",
    ".",
    "\u00e9",
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      let members: ReturnType<typeof parseDictionary>
      try {
        members = parseDictionary(pieces.join(""))
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_input" })
        return
      }
      const text = Array.from(members, ([key, member]) => `${key}=${serializeMember(member)}`).join(", ")
      expect(parseDictionary(text)).toEqual(members)
    }),
    { numRuns: 2000 },
  )
})
