import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { makeVisible } from "./visible-text.ts"
import { type DiffSegment, diffWords } from "./word-diff.ts"

const join = (segments: DiffSegment[], without: DiffSegment["kind"]) =>
  segments
    .filter((segment) => segment.kind !== without)
    .map((segment) => segment.text)
    .join("")

describe("the difference of two texts", () => {
  it("shows only the words that changed", () => {
    expect(diffWords("Reads one file from disk.", "Deletes one file from disk.")).toEqual([
      { kind: "removed", text: "Reads" },
      { kind: "added", text: "Deletes" },
      { kind: "same", text: " one file from disk." },
    ])
  })

  it("takes each Chinese character as a word", () => {
    expect(diffWords("读取文件", "删除文件")).toEqual([
      { kind: "removed", text: "读取" },
      { kind: "added", text: "删除" },
      { kind: "same", text: "文件" },
    ])
  })

  it("shows what an eye cannot see", () => {
    expect(diffWords("send to me", "send\u200b to \u202eem")).toEqual([
      { kind: "same", text: "send" },
      { kind: "added", text: "⟦U+200B⟧" },
      { kind: "same", text: " to " },
      { kind: "removed", text: "me" },
      { kind: "added", text: "⟦U+202E⟧em" },
    ])
  })

  it("is one same segment for equal texts and none for empty ones", () => {
    expect(diffWords("a b", "a b")).toEqual([{ kind: "same", text: "a b" }])
    expect(diffWords("", "")).toEqual([])
  })

  it("replaces the whole middle when there are too many words", () => {
    const many = (word: string) => Array.from({ length: 1_200 }, (_, at) => `${word}${at}`).join(" ")
    const segments = diffWords(`x ${many("a")} y`, `x ${many("b")} y`)
    expect(segments.map((segment) => segment.kind)).toEqual(["same", "removed", "added", "same"])
  })

  it("gives back both texts for any pair", () => {
    const text = fc.array(fc.constantFrom("send", "读", "\u202e", " ", "\n", "e\u0301", "🐯", "⟦", "."), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(text, text, (old, now) => {
        const segments = diffWords(old.join(""), now.join(""))
        expect(join(segments, "added")).toBe(makeVisible(old.join("")))
        expect(join(segments, "removed")).toBe(makeVisible(now.join("")))
        expect(segments.every((segment) => segment.text !== "")).toBe(true)
      }),
    )
  })
})

describe("hidden characters", () => {
  it.each([
    ["a bidirectional override", "\u202e", "⟦U+202E⟧"],
    ["a zero-width joiner", "\u200d", "⟦U+200D⟧"],
    ["a tag letter", "\u{e0041}", "⟦U+E0041⟧"],
    ["a carriage return", "\r", "⟦U+000D⟧"],
    ["a no-break space", "\u00a0", "⟦U+00A0⟧"],
    ["a variation selector", "\ufe0f", "⟦U+FE0F⟧"],
    ["a Hangul filler", "\u3164", "⟦U+3164⟧"],
    ["half a surrogate pair", "\ud800", "⟦U+D800⟧"],
    ["private use", "\ue000", "⟦U+E000⟧"],
    ["the bracket itself", "⟦", "⟦U+27E6⟧"],
  ])("%s is spelled out", (_what, character, shown) => {
    expect(makeVisible(`a${character}b`)).toBe(`a${shown}b`)
  })

  it("ordinary text in any script stays as it is", () => {
    const text = "Plain\ttext\nwith é, 中文　全角, עברית and 🐯"
    expect(makeVisible(text)).toBe(text)
  })
})
