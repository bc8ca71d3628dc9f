import { generateKeyPairSync, sign as nodeSign } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { toBase64 } from "./base64.ts"
import { formatCheckpoint, parseCheckpoint, signCheckpoint, verifyCheckpoint } from "./checkpoint.ts"
import { emptyRoot } from "./merkle.ts"
import { sha256 } from "./sha256.ts"
import {
  MAX_NOTE_BYTES,
  cosignNote,
  parseNote,
  signNote,
  verifyNote,
  type NoteSigner,
} from "./signed-note.ts"
import { formatTlogProof, parseTlogProof } from "./tlog-proof.ts"
import { formatVkey, parseVkey, verifierKey, type KeyAlgorithm } from "./vkey.ts"

/** A fresh key pair, signing by the native implementation. */
function signer(name: string, algorithm: KeyAlgorithm = "ed25519"): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32))
  return {
    key: verifierKey(name, raw, algorithm),
    sign: (bytes) => new Uint8Array(nodeSign(null, bytes, privateKey)),
  }
}

const log = signer("log.example/hufu")
const witness = signer("witness.example", "cosignature")
const checkpoint = { origin: log.key.name, size: 70_000, root: sha256(new Uint8Array([1])) }
const signed = signCheckpoint(checkpoint, log)

describe("a verifier key", () => {
  it("reads and writes the example that C2SP publishes, and verifies its note", async () => {
    const vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    const key = parseVkey(vkey)
    expect(formatVkey(key)).toBe(vkey)
    const note =
      "This is an example message.\n\n\u2014 example.com/foo " +
      "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    expect(await verifyNote(note, [key])).toEqual({
      ok: true,
      text: "This is an example message.\n",
      by: [{ key }],
      unchecked: [],
    })
    expect(await verifyNote(note.replace("an example", "no example"), [key])).toEqual({
      ok: false,
      reason: "bad_signature",
    })
  })

  it("keeps a base64 part that holds plus signs", () => {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const { key } = signer("plus.example")
      expect(parseVkey(formatVkey(key))).toEqual(key)
    }
  })

  it.each([
    "",
    "name",
    "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903a+BekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903a+/+kyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
    `${"x".repeat(600)}+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`,
  ])("refuses `%s`", (text) => {
    expect(() => parseVkey(text)).toThrow()
  })

  it("refuses a name with a space of any script, a plus sign or a control character", () => {
    for (const name of ["", "a b", "a+b", "a\u00a0b", "a\u0085b", "a\u3000b", "a\nb", "a\u0001b", "\ud800"]) {
      expect(() => verifierKey(name, new Uint8Array(32))).toThrow(/key name/)
    }
  })
})

describe("a signed note", () => {
  it("keeps a text with empty lines, because the split is at the last one", async () => {
    const text = "one\n\n\u2014 not a signature\n\ntwo\n"
    const note = signNote(text, log)
    expect(parseNote(note).text).toBe(text)
    expect(await verifyNote(note, [log.key])).toMatchObject({ ok: true, text })
  })

  it("ignores unknown keys but needs a known one, and a known one that fails refuses it all", async () => {
    const other = signer("log.example/hufu")
    expect(await verifyNote(signed, [other.key])).toEqual({ ok: false, reason: "unknown_signer" })
    expect(await verifyNote(signed, [])).toEqual({ ok: false, reason: "unknown_signer" })
    const forged = `${signed}\u2014 ${other.key.name} ${toBase64(
      new Uint8Array([...Buffer.from(other.key.id, "hex"), ...new Uint8Array(64)]),
    )}\n`
    expect(await verifyNote(forged, [log.key])).toMatchObject({ ok: true })
    expect(await verifyNote(forged, [log.key, other.key])).toEqual({ ok: false, reason: "bad_signature" })
  })

  it("fails when any character of it is changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 0x7e }), async (at, by) => {
        const code = (signed.charCodeAt(at) + by) % 0x80
        const changed = signed.slice(0, at) + String.fromCharCode(code) + signed.slice(at + 1)
        if (changed === signed) return
        expect(await verifyCheckpoint(changed, log.key)).toMatchObject({ ok: false })
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ["no final newline", signed.slice(0, -1)],
    ["no signature", "text\n\n"],
    ["no empty line", "text\n"],
    ["a carriage return", signed.replaceAll("\n", "\r\n")],
    ["a tab", signed.replace("log", "l\tg")],
    ["a hyphen for the dash", signed.replace("\u2014", "-")],
    ["a fourth part in a line", signed.replace(/\n$/, " x\n")],
    ["a lone surrogate", `\ud800${signed}`],
    ["more bytes than the limit", "\u864e".repeat(MAX_NOTE_BYTES / 3) + signed],
    ["more signatures than the limit", signed + `\u2014 a AAAAAAAA\n`.repeat(64)],
    ["a signature without bytes", `${signed}\u2014 a AAAAAA==\n`],
  ])("with %s is malformed", async (_, note) => {
    expect(await verifyNote(note, [log.key])).toEqual({ ok: false, reason: "malformed" })
  })

  it("is not written by a cosignature key, nor when it could not be read back", () => {
    expect(() => signNote("text\n", witness)).toThrow(/log's own key/)
    expect(() => signNote("text", log)).toThrow(/signed note/)
    expect(() => signNote("x".repeat(MAX_NOTE_BYTES), log)).toThrow(/signed note/)
  })
})

describe("a checkpoint", () => {
  it("verifies by its log's key and lists the witnesses with their times", async () => {
    const cosigned = cosignNote(signed, witness, 1_790_000_000)
    expect(await verifyCheckpoint(cosigned, log.key, [witness.key])).toEqual({
      ok: true,
      checkpoint,
      witnesses: [{ key: witness.key, atSeconds: 1_790_000_000 }],
      unchecked: [],
    })
    expect(await verifyCheckpoint(cosigned, log.key)).toEqual({
      ok: true,
      checkpoint,
      witnesses: [],
      unchecked: [],
    })
    const twice = cosignNote(cosigned, witness, 1_790_000_001)
    expect(await verifyCheckpoint(twice, log.key, [witness.key])).toMatchObject({
      witnesses: [{ key: witness.key }],
    })
  })

  it("needs the log itself: a witness alone, another log's key or another origin is refused", async () => {
    const text = formatCheckpoint(checkpoint)
    const stranger = signer("stranger.example")
    const byStranger = cosignNote(signNote(text, stranger), witness, 1)
    expect(await verifyCheckpoint(byStranger, log.key, [witness.key])).toEqual({
      ok: false,
      reason: "unknown_signer",
    })
    expect(await verifyCheckpoint(byStranger, stranger.key)).toEqual({ ok: false, reason: "other_origin" })
    expect(() => signCheckpoint(checkpoint, stranger)).toThrow(/origin's name/)
    expect(await verifyCheckpoint(signNote("not a checkpoint\n", log), log.key)).toEqual({
      ok: false,
      reason: "malformed",
    })
  })

  it("rejects a cosignature whose time was changed", async () => {
    const [line] = cosignNote(signed, witness, 5).slice(signed.length).split("\n")
    const bytes = Buffer.from(line?.split(" ")[2] ?? "", "base64")
    bytes[11] = 6
    const changed = `${signed}\u2014 ${witness.key.name} ${bytes.toString("base64")}\n`
    expect(await verifyCheckpoint(changed, log.key, [witness.key])).toEqual({
      ok: false,
      reason: "bad_signature",
    })
    expect(() => cosignNote(signed, log, 5)).toThrow(/cosignature key/)
    expect(() => cosignNote(signed, witness, -1)).toThrow(/whole seconds/)
  })

  it("reads back what it writes, extension lines included", () => {
    const extended = { ...checkpoint, extensions: ["epoch 2", "a b c"] }
    expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint)
    expect(parseCheckpoint(formatCheckpoint(extended))).toEqual(extended)
    const empty = { origin: "log.example", size: 0, root: emptyRoot() }
    expect(parseCheckpoint(formatCheckpoint(empty))).toEqual(empty)
  })

  const root = toBase64(checkpoint.root)
  it.each([
    "",
    `log\n1\n${root}`,
    `\n1\n${root}\n`,
    `log\n01\n${root}\n`,
    `log\n-1\n${root}\n`,
    `log\n+1\n${root}\n`,
    `log\n1.0\n${root}\n`,
    `log\n9007199254740992\n${root}\n`,
    `log\n99999999999999999999\n${root}\n`,
    `log\n0\n${root}\n`,
    `log\n1\n${root.slice(0, -4)}\n`,
    `log\n1\n${root}\n\n`,
    `log\n1\n${root}\n\nextension\n`,
    `log\n1\n`,
    `l g\n1\n${root}\n`,
  ])("refuses the text %j", (text) => {
    expect(() => parseCheckpoint(text)).toThrow(/not a checkpoint|canonical base64/)
  })
})

describe("a tlog-proof", () => {
  const hashes = [sha256(new Uint8Array([2])), sha256(new Uint8Array([3]))]
  const text = formatTlogProof({ index: 7, hashes, checkpoint: signed })

  it("has the layout of C2SP tlog-proof v1 and reads back", () => {
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nindex 7\n${hashes.map(toBase64).join("\n")}\n\n${signed}`)
    expect(parseTlogProof(text)).toEqual({ index: 7, hashes, checkpoint: signed })
    for (const proof of [
      { index: 0, hashes: [], checkpoint: signed },
      { extra: new Uint8Array([1, 2]), index: 2 ** 53 - 1, hashes, checkpoint: signed },
      { extra: new Uint8Array(), index: 0, hashes: [], checkpoint: signed },
    ]) {
      expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof)
    }
  })

  it.each([
    ["another version", text.replace("@v1", "@v2")],
    ["no index", text.replace("index 7\n", "")],
    ["an index with a leading zero", text.replace("index 7", "index 07")],
    ["a hash that is too short", text.replace(toBase64(hashes[0] ?? new Uint8Array()), "AAAA")],
    ["an extra after the index", text.replace("index 7", "index 7\nextra AAAA")],
    ["two extras", text.replace("index 7", "extra AAAA\nextra AAAA\nindex 7")],
    [
      "more hashes than a proof can have",
      text.replace("\n\n", `\n${`${toBase64(checkpoint.root)}\n`.repeat(60)}\n`),
    ],
    ["no checkpoint", text.slice(0, text.indexOf("\n\n") + 2)],
    ["text before it", ` ${text}`],
    ["more text than the limit", text.replace("index 7", `extra ${"A".repeat(16_384)}\nindex 7`)],
  ])("with %s is refused", (_, changed) => {
    expect(() => parseTlogProof(changed)).toThrow()
  })
})
