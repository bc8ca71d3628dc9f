import { generateKeyPairSync, sign as nodeSign } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { argumentsCommitment } from "./argument-list.ts"
import { signCheckpoint } from "./checkpoint.ts"
import { commit } from "./commitment.ts"
import { encodeEntry } from "./encode-entry.ts"
import type { ApprovalEntry, Entry, HoldEntry, IntentEntry, OutcomeEntry, StatementEntry } from "./entry.ts"
import { inclusionProof } from "./inclusion.ts"
import { leafHash, rootAt, rootFromLeaves, type NodeReader } from "./merkle.ts"
import { buildReceipt, parseReceipt, type Receipt, type ReceiptParts } from "./receipt.ts"
import { cosignNote, type NoteSigner } from "./signed-note.ts"
import { formatVkey, verifierKey, type KeyAlgorithm } from "./vkey.ts"
import { receiptSteps, verifyReceipt, type ReceiptTrust } from "./verify-receipt.ts"

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
const logKey = formatVkey(log.key)
const trustedKeys = [logKey]

const digest = (character: string): string => character.repeat(64)
const salt = new Uint8Array(32).fill(7)
const argumentsValue = '{"path":"/notes.md","text":"虎符"}'

const mandate: StatementEntry = {
  v: 1,
  kind: "statement",
  at: 1000,
  fact: "mandate.granted",
  subject: "mnd_1",
  by: "usr_1",
}
const intent: IntentEntry = {
  v: 1,
  kind: "intent",
  at: 5000,
  action: "act_1",
  agent: "agt_1",
  version: "ver_1",
  principal: "usr_1",
  task: "tsk_1",
  mandate: "mnd_1",
  server: "srv_1",
  tool: digest("1"),
  effect: "write",
  door: "mcp-http",
  verdict: "allow",
  rules: ["platform/covered"],
  policy: digest("2"),
  profile: digest("3"),
  facts: digest("4"),
  arguments: commit(salt, argumentsValue),
  digest: digest("d"),
  hold: "hld_1",
  approval: "apr_1",
}
const hold: HoldEntry = {
  v: 1,
  kind: "hold",
  at: 2000,
  hold: "hld_1",
  digest: digest("d"),
  agent: "agt_1",
  task: "tsk_1",
  effect: "write",
  expires: 4000,
}
const approval: ApprovalEntry = {
  v: 1,
  kind: "approval",
  at: 3000,
  approval: "apr_1",
  hold: "hld_1",
  decision: "once",
  by: "usr_1",
  digest: digest("d"),
}
const outcome: OutcomeEntry = { v: 1, kind: "outcome", at: 6000, action: "act_1", outcome: "done", ms: 12 }
const filler: StatementEntry = { v: 1, kind: "statement", at: 0, fact: "node.started", subject: "node" }

const story: Entry[] = [mandate, hold, approval, intent, outcome]

/** Logs the entries among others and proves each of them in one checkpoint. */
function logged(entries: readonly Entry[], extra: Partial<ReceiptParts> = {}): ReceiptParts {
  const all = entries.flatMap((entry) => [{ ...filler, at: entry.at }, entry])
  const bytes = all.map((entry) => new TextEncoder().encode(encodeEntry(entry)))
  const leaves = bytes.map((leaf) => leafHash(leaf))
  const read: NodeReader = (level, index) =>
    rootFromLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
  const size = leaves.length
  const checkpoint = signCheckpoint({ origin: log.key.name, size, root: rootAt(size, read) }, log)
  const places = entries.map((_, at) => at * 2 + 1)
  return {
    entries: places.map((index) => ({
      bytes: bytes[index] ?? new Uint8Array(),
      index,
      proof: inclusionProof(index, size, read),
    })),
    checkpoint,
    logKey,
    ...extra,
  }
}

/** The step at which a receipt is refused, or "verified". */
async function outcomeOf(receipt: unknown, trust: ReceiptTrust = { trustedKeys }): Promise<string> {
  const verdict = await verifyReceipt(receipt, trust)
  if (verdict.ok) return "verified"
  expect(verdict.steps.at(-1)).toEqual({ id: verdict.step, ok: false, says: verdict.reason })
  expect(verdict.reason.zh).toMatch(/\p{Script=Han}/u)
  return verdict.step
}

async function stepFor(entries: readonly Entry[]): Promise<string> {
  return outcomeOf(buildReceipt(logged(entries)))
}

// The schema allows exactly JSON, so the clone is one.
const good = buildReceipt(
  logged(story, {
    openings: [{ field: "arguments", salt, value: JSON.parse(argumentsValue) as JsonObject }],
  }),
)

/** The receipt with one change, made on a deep copy. */
function changed(change: (receipt: Receipt) => void): Receipt {
  const copy = structuredClone(good)
  change(copy)
  return copy
}

describe("verifyReceipt", () => {
  it("verifies a held, approved and performed action, from its text as from its JSON", async () => {
    for (const form of [good, JSON.stringify(good), JSON.stringify(good, null, 2)]) {
      const verdict = await verifyReceipt(form, { trustedKeys })
      expect(verdict).toMatchObject({
        ok: true,
        trusted: true,
        checkpoint: { origin: "log.example/hufu", size: 10 },
        openings: [{ field: "arguments", index: 7, value: { path: "/notes.md", text: "虎符" } }],
      })
      expect(verdict.steps.map(({ id }) => id)).toEqual(receiptSteps)
      if (verdict.ok) expect(verdict.entries.map(({ entry }) => entry)).toEqual(story)
    }
  })

  it("says when nobody vouches for the key, and refuses a key that is not among the trusted", async () => {
    expect(await verifyReceipt(good)).toMatchObject({ ok: true, trusted: false })
    expect(await outcomeOf(good, { trustedKeys: [] })).toBe("key")
    expect(await outcomeOf(good, { trustedKeys: [formatVkey(signer("log.example/hufu").key)] })).toBe("key")
    expect(await outcomeOf(changed((receipt) => (receipt.logKey = formatVkey(witness.key))))).toBe("key")
  })

  it("refuses a receipt whose log key was exchanged, even when nobody vouches for either", async () => {
    const other = formatVkey(signer("log.example/hufu").key)
    expect(
      await outcomeOf(
        changed((receipt) => (receipt.logKey = other)),
        {},
      ),
    ).toBe("checkpoint")
  })

  it("shows the arguments that were chosen, and how many are withheld", async () => {
    const texts = ['{"path":"/notes.md"}', '{"text":"虎符"}']
    const leaves = texts.map((text, at) => commit(salt.with(0, at), text))
    const entry = { ...intent, arguments: argumentsCommitment(leaves) }
    const opened = [{ at: 0, salt: salt.with(0, 0), value: { path: "/notes.md" } }]
    const parts = logged([mandate, hold, approval, entry, outcome])
    const receipt = buildReceipt({ ...parts, openings: [{ field: "arguments", leaves, opened }] })
    expect(await verifyReceipt(JSON.stringify(receipt), { trustedKeys })).toMatchObject({
      ok: true,
      openings: [{ field: "arguments", index: 7, value: { path: "/notes.md" }, withheld: 1 }],
    })
    expect(JSON.stringify(receipt)).not.toContain("虎符")
    for (const openings of [
      [{ field: "arguments", leaves: leaves.toReversed(), opened: [] }],
      [{ field: "arguments", leaves, opened: [{ ...opened[0], value: { path: "/other.md" } }] }],
      [{ field: "arguments", leaves, opened: [{ ...opened[0], at: 1 }] }],
    ])
      // The cast lets a hostile writer leave the types alone.
      expect(
        await outcomeOf(
          buildReceipt({ ...parts, openings: openings as NonNullable<ReceiptParts["openings"]> }),
        ),
      ).toBe("openings")
  })

  it("counts witnesses when the reader asks for them", async () => {
    const parts = logged(story)
    const cosigned = buildReceipt({
      ...parts,
      checkpoint: cosignNote(parts.checkpoint, witness, 1_790_000_000),
    })
    const trust = { trustedKeys, witnessKeys: [formatVkey(witness.key)], minWitnesses: 1 }
    expect(await verifyReceipt(cosigned, trust)).toMatchObject({
      ok: true,
      witnesses: [{ atSeconds: 1_790_000_000 }],
    })
    expect(await outcomeOf(good, trust)).toBe("checkpoint")
    expect(await outcomeOf(cosigned, { trustedKeys, minWitnesses: 1 })).toBe("checkpoint")
  })

  it("fails when any byte of any entry is changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(), fc.integer({ min: 0, max: 7 }), async (which, where, bit) => {
        const copy = changed((receipt) => {
          const item = receipt.entries[which]
          if (!item) return
          const bytes = fromBase64(item.entry)
          const at = where % bytes.length
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
          item.entry = toBase64(bytes)
        })
        expect(await outcomeOf(copy)).not.toBe("verified")
      }),
      { numRuns: 200 },
    )
  })

  it("fails when any character of any proof is changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(), fc.integer({ min: 1, max: 0x7e }), async (which, where, by) => {
        const copy = changed((receipt) => {
          const item = receipt.entries[which]
          if (!item) return
          const at = where % item.proof.length
          const code = (item.proof.charCodeAt(at) + by) % 0x80
          item.proof = item.proof.slice(0, at) + String.fromCharCode(code) + item.proof.slice(at + 1)
        })
        expect(await outcomeOf(copy)).not.toBe("verified")
      }),
      { numRuns: 200 },
    )
  })

  it("refuses entries of two states of the log in one receipt", async () => {
    const other = buildReceipt(logged([...story, { ...filler, at: 9000 }]))
    const copy = changed((receipt) => receipt.entries.splice(4, 1, ...other.entries.slice(4, 5)))
    expect(await outcomeOf(copy)).toBe("checkpoint")
  })

  it("refuses entries out of the log's order or repeated", async () => {
    expect(await outcomeOf({ ...good, entries: good.entries.toReversed() })).toBe("entries")
    expect(await outcomeOf(changed((receipt) => receipt.entries.push(...receipt.entries.slice(4))))).toBe(
      "entries",
    )
    const backwards = logged([{ ...mandate, at: 9000 }, hold, approval, intent, outcome])
    expect(await outcomeOf(buildReceipt(backwards))).toBe("entries")
  })

  it.each([
    ["a value that was not logged", { value: { path: "/other.md" } }],
    ["another salt", { salt: "00".repeat(32) }],
    ["the value of another field", { field: "tool" }],
    ["a field that no entry has", { field: "result" }],
    ["a salt that is not hex", { salt: "z".repeat(64) }],
  ])("refuses to open a commitment with %s", async (_, change) => {
    const copy = changed((receipt) => Object.assign(receipt.openings?.[0] ?? {}, change))
    expect(await outcomeOf(copy)).toBe("openings")
  })

  it("discloses nothing that the receipt does not open", () => {
    const text = JSON.stringify(buildReceipt(logged(story)))
    expect(text).not.toContain("openings")
    expect(text).not.toContain("notes.md")
  })

  it.each([
    ["no JSON", "receipt"],
    ["a duplicate key", JSON.stringify(good).replace("{", '{"format":"hufu-receipt/1",')],
    ["another format", { ...good, format: "hufu-receipt/2" }],
    ["an unknown member", { ...good, note: "hello" }],
    ["no entries", { ...good, entries: [] }],
    ["more entries than the limit", { ...good, entries: Array.from({ length: 65 }, () => good.entries[0]) }],
    ["a list", [good]],
    ["nothing", undefined],
    ["null", null],
  ])("refuses %s as malformed", async (_, receipt) => {
    expect(await outcomeOf(receipt)).toBe("format")
  })

  it("stands a receipt that nests without end", async () => {
    let deep: JsonValue = 1
    for (let level = 0; level < 50_000; level += 1) deep = [deep]
    expect(await outcomeOf({ ...good, openings: [{ field: "tool", salt: digest("0"), value: deep }] })).toBe(
      "format",
    )
  })
})

describe("the entries of a receipt", () => {
  it("may be those of a refusal, of a plain permission, or of a held action that a person refused", async () => {
    const { hold: _hold, approval: _approval, ...plain } = intent
    expect(await stepFor([{ ...plain, verdict: "deny", mandate: null, profile: null }])).toBe("verified")
    expect(await stepFor([plain, outcome])).toBe("verified")
    expect(await stepFor([hold, { ...approval, decision: "refused" }])).toBe("verified")
    expect(await stepFor([{ ...intent, verdict: "ask", at: 1500, approval: "apr_1" }, hold])).toBe("verified")
  })

  it("may hold a standing approval that was given on an earlier action of the task", async () => {
    const standing: Entry[] = [
      { ...hold, hold: "hld_0", digest: digest("e") },
      { ...approval, hold: "hld_0", digest: digest("e"), decision: "task" },
    ]
    const { hold: _hold, ...later } = intent
    expect(await stepFor([...standing, later, outcome])).toBe("verified")
  })

  const others: [string, Entry[]][] = [
    ["an outcome of another action", [...story.slice(0, 4), { ...outcome, action: "act_2" }]],
    ["an intent of another action", [{ ...intent, action: "act_2", at: 0 }, ...story]],
    ["a hold that the intent does not name", [{ ...hold, at: 0, hold: "hld_2" }, ...story]],
    ["an approval that nothing names", [{ ...approval, at: 0, approval: "apr_2", hold: "hld_2" }, ...story]],
    ["a statement about somebody else", [{ ...mandate, subject: "mnd_2" }, ...story.slice(1)]],
    ["another policy set", [{ ...mandate, subject: "rules", digest: digest("9") }, ...story.slice(1)]],
    ["nothing but an outcome", [outcome]],
    ["nothing but a statement", [mandate]],
    ["an outcome of an action that was only held", [hold, approval, outcome]],
  ]
  it.each(others)("are not of one action with %s", async (_, entries) => {
    expect(await stepFor(entries)).toBe("action")
  })

  const { approval: _approval, ...unapproved } = intent
  const unauthorised: [string, Entry[]][] = [
    ["an approval that is not there", [mandate, hold, intent, outcome]],
    ["an approval that came after", [mandate, hold, { ...intent, at: 2500 }, approval, outcome]],
    ["a refusal", [mandate, hold, { ...approval, decision: "refused" }, intent, outcome]],
    ["a decision on another action digest", [mandate, hold, approval, { ...intent, digest: digest("e") }]],
    ["a decision on what was not asked", [mandate, { ...hold, digest: digest("e") }, approval, intent]],
    ["a decision after the question expired", [mandate, { ...hold, expires: 2999 }, approval, intent]],
    ["a decision whose time is over", [hold, { ...approval, decision: "until", until: 4999 }, intent]],
    ["neither mandate nor approval", [{ ...unapproved, mandate: null }, outcome]],
    ["a denial, but an outcome", [{ ...unapproved, verdict: "deny" }, outcome]],
    [
      "an outcome before its intent",
      [
        { ...outcome, at: 100 },
        { ...unapproved, at: 200 },
      ],
    ],
    ["a single approval used for another hold", [approval, { ...intent, hold: "hld_2" }]],
  ]
  it.each(unauthorised)("do not permit the action with %s", async (_, entries) => {
    expect(await stepFor(entries)).toBe("authority")
  })

  it("permit the action as a person edited it, and until the time they set", async () => {
    const edited: Entry[] = [
      hold,
      { ...approval, decision: "edited", digest: digest("e") },
      { ...intent, digest: digest("e") },
    ]
    expect(await stepFor(edited)).toBe("verified")
    expect(await stepFor([hold, { ...approval, decision: "until", until: 5000 }, intent])).toBe("verified")
  })
})

describe("a receipt file", () => {
  it("reads back as it was built, and is bounded", () => {
    expect(parseReceipt(JSON.stringify(good))).toEqual(good)
    expect(() => parseReceipt(" ".repeat(5 * 1024 * 1024))).toThrow(/too long/)
    expect(() => buildReceipt({ ...logged(story), entries: [] })).toThrow(/malformed/)
  })
})
