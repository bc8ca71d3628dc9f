import { generateKeyPairSync, sign as nodeSign, verify as nodeVerify, createPublicKey } from "node:crypto"
import { describe, expect, it } from "vitest"
import { toBase64, toBase64Url } from "./base64.ts"
import { formatCheckpoint, signCheckpoint, verifyCheckpoint } from "./checkpoint.ts"
import { fromHex } from "./hex.ts"
import { sha256 } from "./sha256.ts"
import {
  MAX_NOTE_BYTES,
  cosignNote,
  signNote,
  verifyNote,
  type NoteSigner,
  type VerifyMlDsa44,
} from "./signed-note.ts"
import { cosignedCheckpoint, cosignedText, cosignedTree } from "./tree-cosignature.ts"
import { formatVkey, parseVkey, verifierKey } from "./vkey.ts"
import { saysWitnessed, witnessedBy } from "./witness-policy.ts"

const mlDsa44: VerifyMlDsa44 = (publicKey, message, signature) => {
  const jwk = { kty: "AKP", alg: "ML-DSA-44", pub: toBase64Url(publicKey) }
  return nodeVerify(null, message, createPublicKey({ key: jwk, format: "jwk" }), signature)
}
const checks = { mlDsa44 }

function mlDsaSigner(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ml-dsa-44")
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-1312))
  const key = verifierKey(name, raw, "ml-dsa-44")
  return { key, sign: (bytes) => new Uint8Array(nodeSign(null, bytes, privateKey)) }
}

function edSigner(name: string, algorithm: "ed25519" | "cosignature"): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32))
  return {
    key: verifierKey(name, raw, algorithm),
    sign: (bytes) => new Uint8Array(nodeSign(null, bytes, privateKey)),
  }
}

const log = edSigner("log.example/hufu", "ed25519")
const classic = edSigner("witness.example", "cosignature")
const quantum = mlDsaSigner("witness.example")
const checkpoint = { origin: log.key.name, size: 70_000, root: sha256(new Uint8Array([1])) }
const signed = signCheckpoint(checkpoint, log)
const keys = [classic.key, quantum.key]

describe("the message of a cosignature", () => {
  it("has, for Ed25519, the time and the whole text", () => {
    expect(new TextDecoder().decode(cosignedText("o\n1\nr\n", 1_679_315_147))).toBe(
      "cosignature/v1\ntime 1679315147\no\n1\nr\n",
    )
  })

  it("has, for ML-DSA-44, label, cosigner, time, origin, range and root, byte for byte", () => {
    const tree = { origin: "log", start: 256, end: 512, root: new Uint8Array(32).fill(0xab) }
    const hex =
      "737562747265652f76310a00" + // subtree/v1, newline, zero
      "0177" + // w
      "0000000064187fcb" +
      "036c6f67" + // log
      "0000000000000100" +
      "0000000000000200" +
      "ab".repeat(32)
    expect(cosignedTree("w", 0x64187fcb, tree)).toEqual(fromHex(hex))
  })

  it("covers no extension lines with ML-DSA-44, and all of them with Ed25519", async () => {
    const text = formatCheckpoint(checkpoint)
    expect(cosignedCheckpoint("w", 1, `${text}more\n`)).toEqual(cosignedCheckpoint("w", 1, text))
    expect(cosignedText(`${text}more\n`, 1)).not.toEqual(cosignedText(text, 1))
    expect(() => cosignedCheckpoint("w", 1, "not a checkpoint\n")).toThrow(/not a checkpoint/)
    expect(() => cosignedCheckpoint("x".repeat(256), 1, text)).toThrow(/1 to 255 bytes/)
  })
})

describe("an ML-DSA-44 key", () => {
  it("reads back from its text, which carries type 6 and 1,312 bytes", () => {
    const text = formatVkey(quantum.key)
    expect(parseVkey(text)).toEqual(quantum.key)
    const base64 = text.slice(text.indexOf("+", text.indexOf("+") + 1) + 1)
    expect([...Buffer.from(base64, "base64")]).toEqual([6, ...quantum.key.publicKey])
    expect(() => verifierKey("w", new Uint8Array(32), "ml-dsa-44")).toThrow(/1312 bytes/)
    const cut = `w+${quantum.key.id}+${toBase64(new Uint8Array([6, ...quantum.key.publicKey.slice(1)]))}`
    expect(() => parseVkey(cut)).toThrow()
  })

  it("signs no notes, and cosigns nothing but checkpoints", () => {
    expect(() => signNote("text\n", quantum)).toThrow(/log's own key/)
    expect(() => cosignNote(signNote("text\n", log), quantum, 1)).toThrow(/not a checkpoint/)
  })
})

describe("an ML-DSA-44 cosignature", () => {
  const cosigned = cosignNote(signed, quantum, 1_790_000_000)

  it("verifies with its time, where the runtime can check it", async () => {
    expect(await verifyCheckpoint(cosigned, log.key, keys, checks)).toEqual({
      ok: true,
      checkpoint,
      witnesses: [{ key: quantum.key, atSeconds: 1_790_000_000 }],
      unchecked: [],
    })
  })

  it("is reported as not checked where the runtime cannot, never as good and never as forged", async () => {
    expect(await verifyCheckpoint(cosigned, log.key, keys)).toEqual({
      ok: true,
      checkpoint,
      witnesses: [],
      unchecked: [quantum.key],
    })
    expect(await verifyNote(cosigned, [quantum.key])).toEqual({ ok: false, reason: "unknown_signer" })
  })

  it("fails with another time, root, size, origin, cosigner, a cut signature or a text that is no checkpoint", async () => {
    const line = cosigned.slice(signed.length)
    const bad = { ok: false, reason: "bad_signature" }
    const other = (changed: Partial<typeof checkpoint>) =>
      signNote(formatCheckpoint({ ...checkpoint, ...changed }), log) + line
    for (const note of [
      other({ size: 70_001 }),
      other({ root: sha256(new Uint8Array([2])) }),
      other({ origin: "log.example/other" }),
      signNote("text\n", log) + line,
    ])
      expect(await verifyNote(note, [log.key, quantum.key], checks)).toEqual(bad)
    const bytes = Buffer.from(line.split(" ")[2] ?? "", "base64")
    for (const place of [11, 12, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
      const note = `${signed}\u2014 ${quantum.key.name} ${changed.toString("base64")}\n`
      expect(await verifyNote(note, [log.key, quantum.key], checks)).toEqual(bad)
    }
    for (const length of [12, 13, bytes.length - 1]) {
      const note = `${signed}\u2014 ${quantum.key.name} ${bytes.subarray(0, length).toString("base64")}\n`
      expect(await verifyNote(note, [log.key, quantum.key], checks)).toEqual(bad)
    }
  })

  it("fits into a note sixteen times", () => {
    let note = signed
    for (let i = 0; i < 16; i += 1) note = cosignNote(note, quantum, i)
    expect(note.length).toBeLessThan(MAX_NOTE_BYTES)
  })
})

describe("a policy on witnesses", () => {
  const seen = (atSeconds: number) => [classic.key, quantum.key].map((key) => ({ key, atSeconds }))
  const second = edSigner("second.example", "cosignature")

  it("counts a witness with two keys once, and strangers not at all", () => {
    const policy = { witnesses: [...keys, second.key], required: 1 }
    expect(witnessedBy(seen(5), policy)).toEqual({
      by: ["witness.example"],
      of: 2,
      required: 1,
      isWitnessed: true,
    })
    expect(witnessedBy(seen(5), { ...policy, required: 2 }).isWitnessed).toBe(false)
    const stranger = edSigner("witness.example", "cosignature")
    expect(witnessedBy([{ key: stranger.key, atSeconds: 5 }], policy).by).toEqual([])
    expect(witnessedBy([{ key: classic.key }], policy).by).toEqual([])
  })

  it("is never met by nobody, even where none is required", () => {
    const nobody = witnessedBy([], { witnesses: [], required: 0 })
    expect(nobody.isWitnessed).toBe(false)
    expect(saysWitnessed(nobody)).toEqual({
      en: "unwitnessed: no witness is known",
      zh: "未经见证：未指定见证方",
    })
  })

  it("does not count what was signed in the future", () => {
    const policy = { witnesses: keys, required: 1, nowSeconds: 1_000 }
    expect(witnessedBy(seen(1_300), policy).isWitnessed).toBe(true)
    expect(witnessedBy(seen(1_301), policy).isWitnessed).toBe(false)
  })
})
