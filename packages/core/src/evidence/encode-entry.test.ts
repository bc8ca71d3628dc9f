import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isFailure, type FailureCode } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import type { JsonObject } from "../json/json-value.ts"
import { effects, outcomeKinds, verdictKinds } from "../words.ts"
import { MAX_ENTRY_BYTES, decodeEntry, encodeEntry } from "./encode-entry.ts"
import { decisions, Entry, facts, fixedSubjects } from "./entry.ts"

const id = fc.stringMatching(/^[a-z]{3}_[A-Za-z0-9]{1,76}$/)
const digest = fc.stringMatching(/^[0-9a-f]{64}$/)
const token = fc.stringMatching(/^[a-z][a-z0-9_-]{0,30}$/)
const ruleId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}$/)
const time = fc.integer({ min: 0, max: 8_640_000_000_000_000 })
const common = { v: fc.constant(1 as const), at: time }

const statement = fc.record(
  {
    ...common,
    kind: fc.constant("statement" as const),
    fact: fc.constantFrom(...facts),
    subject: fc.oneof(id, fc.constantFrom(...fixedSubjects)),
    by: id,
    refs: fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,31}$/), fc.oneof(id, digest, token), {
      maxKeys: 32,
    }),
    digest,
  },
  { requiredKeys: ["v", "kind", "at", "fact", "subject"] },
)

const intent = fc.record(
  {
    ...common,
    kind: fc.constant("intent" as const),
    action: id,
    agent: id,
    version: fc.oneof(id, digest),
    principal: id,
    task: id,
    mandate: fc.option(id),
    server: id,
    tool: digest,
    effect: fc.constantFrom(...effects),
    door: token,
    verdict: fc.constantFrom(...verdictKinds),
    rules: fc.array(ruleId, { maxLength: 16 }),
    policy: digest,
    profile: fc.option(digest),
    facts: digest,
    arguments: digest,
    digest,
    approval: id,
    hold: id,
    spent: digest,
    chain: fc.array(id, { minLength: 1, maxLength: 8 }),
    under: id,
  },
  {
    requiredKeys: [
      ...([
        "v",
        "kind",
        "at",
        "action",
        "agent",
        "version",
        "principal",
        "task",
        "mandate",
        "server",
      ] as const),
      ...(["tool", "effect", "door", "verdict", "rules", "policy", "profile", "facts", "arguments"] as const),
    ],
  },
)

const hold = fc.record({
  ...common,
  kind: fc.constant("hold" as const),
  hold: id,
  digest,
  agent: id,
  task: id,
  effect: fc.constantFrom(...effects),
  expires: time,
})

const approval = fc.record(
  {
    ...common,
    kind: fc.constant("approval" as const),
    approval: id,
    hold: id,
    decision: fc.constantFrom(...decisions),
    by: id,
    digest,
    until: time,
  },
  { requiredKeys: ["v", "kind", "at", "approval", "hold", "decision", "by", "digest"] },
)

const outcome = fc.record(
  {
    ...common,
    kind: fc.constant("outcome" as const),
    action: id,
    outcome: fc.constantFrom(...outcomeKinds),
    below: digest,
    result: digest,
    reason: token,
    ms: fc.nat(),
  },
  { requiredKeys: ["v", "kind", "at", "action", "outcome", "ms"] },
)

const anyEntry: fc.Arbitrary<Entry> = fc.oneof(statement, intent, hold, approval, outcome)

const sample: Entry = {
  v: 1,
  kind: "outcome",
  at: 1_790_000_000_000,
  action: "act_7Fq",
  outcome: "done",
  result: "ab".repeat(32),
  ms: 12,
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function codeOf(work: () => unknown): FailureCode | "accepted" {
  try {
    work()
    return "accepted"
  } catch (error) {
    if (isFailure(error)) return error.code
    throw error
  }
}

describe("encodeEntry", () => {
  it("writes the bytes that canonicalize writes, and decodeEntry reads the same entry back", () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const text = encodeEntry(entry)
        // An entry of the arbitraries has no undefined member, so it is a JsonObject.
        expect(text).toBe(canonicalize(entry as unknown as JsonObject))
        expect(utf8(text).length).toBe(text.length)
        expect(decodeEntry(utf8(text))).toEqual(entry)
      }),
      { numRuns: 500 },
    )
  })

  it("leaves out an optional member that is present but undefined", () => {
    // The cast plays a caller who was compiled with looser options.
    const loose = { ...sample, result: undefined } as unknown as Entry
    expect(encodeEntry(loose)).toBe(
      '{"action":"act_7Fq","at":1790000000000,"kind":"outcome","ms":12,"outcome":"done","v":1}',
    )
  })

  it("accepts the largest statement that the schema allows, within the byte limit", () => {
    const refs = Object.fromEntries(
      Array.from({ length: 32 }, (_, at) => [`k${"x".repeat(29)}${at + 10}`, `agt_${"A".repeat(76)}`]),
    )
    const text = encodeEntry({ v: 1, kind: "statement", at: 0, fact: "note", subject: "node", refs })
    expect(text.length).toBeLessThan(MAX_ENTRY_BYTES)
    const oneMore = { ...refs, another: "agt_1" }
    expect(
      codeOf(() =>
        encodeEntry({ v: 1, kind: "statement", at: 0, fact: "note", subject: "node", refs: oneMore }),
      ),
    ).toBe("invalid_entry")
  })

  it.each([
    ["an unknown member", { extra: 1 }],
    ["free text where an id belongs", { action: "send the mail to Ann" }],
    ["a quote that would open a new member", { action: 'act_1","verdict":"allow' }],
    ["a line end after an id", { action: "act_1\n" }],
    ["an address as a reason", { reason: "ann@example.com" }],
    ["a telephone number as a reason", { reason: "13800138000" }],
    ["a host name as a reason", { reason: "example.com" }],
    ["an upper-case digest", { result: "AB".repeat(32) }],
    ["a fraction of a millisecond", { ms: 0.5 }],
    ["a negative time", { at: -1 }],
    ["a time beyond what a date can hold", { at: 8_640_000_000_000_001 }],
    ["another version", { v: 2 }],
    ["an unknown kind", { kind: "remark" }],
    ["an unknown outcome", { outcome: "maybe" }],
  ])("refuses %s", (_, change) => {
    // The cast plays a caller who went around the types.
    expect(codeOf(() => encodeEntry({ ...sample, ...change } as Entry))).toBe("invalid_entry")
  })
})

describe("decodeEntry", () => {
  const text = encodeEntry(sample)

  it("accepts no byte sequence but the canonical one", () => {
    expect(codeOf(() => decodeEntry(utf8(text)))).toBe("accepted")
    expect(codeOf(() => decodeEntry(utf8(`${text} `)))).toBe("invalid_entry")
    expect(codeOf(() => decodeEntry(utf8(`\ufeff${text}`)))).toBe("invalid_json")
    expect(codeOf(() => decodeEntry(utf8(text.replace("act_7Fq", "\\u0061ct_7Fq"))))).toBe("invalid_entry")
    expect(codeOf(() => decodeEntry(utf8(text.replace('"ms":12', '"ms":1.2e1'))))).toBe("invalid_entry")
    expect(codeOf(() => decodeEntry(utf8(text.replace('"v":1', '"v":1,"v":1'))))).toBe("invalid_json")
    expect(codeOf(() => decodeEntry(utf8(JSON.stringify(sample))))).toBe("invalid_entry")
  })

  it("refuses bytes that are not UTF-8 and bytes beyond the limit", () => {
    expect(codeOf(() => decodeEntry(Uint8Array.of(0x22, 0xc0, 0x80, 0x22)))).toBe("invalid_entry")
    expect(codeOf(() => decodeEntry(utf8(text + " ".repeat(MAX_ENTRY_BYTES))))).toBe("entry_too_large")
  })
})

describe("the short way of the hot kinds", () => {
  it("takes exactly what the schema takes, whatever one member is changed to", () => {
    const digest = "0".repeat(64)
    const intent = {
      v: 1,
      kind: "intent",
      at: 1,
      action: "act_1",
      agent: "agt_1",
      version: "ver_1",
      principal: "usr_1",
      task: "tsk_1",
      mandate: null,
      server: "srv_1",
      tool: digest,
      effect: "read",
      door: "mcp-http",
      verdict: "allow",
      rules: ["platform/a"],
      policy: digest,
      profile: digest,
      facts: digest,
      arguments: digest,
      digest,
      hold: "hld_1",
      approval: "apr_1",
    }
    const outcome = {
      v: 1,
      kind: "outcome",
      at: 1,
      action: "act_1",
      outcome: "done",
      result: digest,
      reason: "stopped",
      ms: 3,
    }
    const odd = [
      undefined,
      null,
      "",
      "x",
      "a b",
      '"',
      "agt_1",
      "AGT_1",
      digest,
      digest.toUpperCase(),
      0,
      -1,
      1.5,
      1e300,
      Number.NaN,
      true,
      [],
      ["a"],
      ["a b"],
      Array(17).fill("a"),
      {},
      "read",
      "deny",
    ]
    for (const entry of [intent, outcome])
      for (const name of Object.keys(entry))
        for (const value of odd) {
          const changed = { ...entry, [name]: value }
          const written = utf8(JSON.stringify(sorted(changed)))
          const isDecoded = outcomeOf(() => decodeEntry(written)) === "encoded"
          const read: unknown = JSON.parse(JSON.stringify(changed))
          expect({ name, value, isDecoded }).toEqual({
            name,
            value,
            isDecoded: Entry.safeParse(read).success,
          })
          // What TypeScript would refuse is what this is about.
          const isEncoded = outcomeOf(() => encodeEntry(changed as never)) === "encoded"
          expect({ name, value, isEncoded }).toEqual({
            name,
            value,
            isEncoded: Entry.safeParse(changed).success,
          })
        }
  })
})

function sorted(entry: object): object {
  return Object.fromEntries(Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function outcomeOf(work: () => unknown): "encoded" | "refused" {
  try {
    work()
    return "encoded"
  } catch {
    return "refused"
  }
}
