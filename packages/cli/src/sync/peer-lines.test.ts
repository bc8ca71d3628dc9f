import type { ShownPeer } from "@hufu/core/contract/sync-operations"
import { expect, it } from "vitest"
import { peerLines } from "./peer-lines.ts"

const peer: ShownPeer = {
  id: "per_0123456789abcdef",
  url: "https://registry.example.com",
  trust: "ledger",
  vkey: null,
  state: "following",
  fault: null,
  why: "",
  addedAt: 0,
  seenAt: 0,
  position: 1280,
  verified: 40,
  mirrors: 7,
  usable: 6,
  left: 0,
}

it("says of each registry how far it is and how far it is believed, on lines of our own alone", () => {
  expect(peerLines([peer], "en")).toEqual([
    "https://registry.example.com  followed  (per_0123456789abcdef)",
    "  7 registrations, 6 of them usable; up to change 1280; its ledger is verified up to 40 entries",
  ])
  const refused: ShownPeer = { ...peer, state: "refused", fault: "forked", why: "two\nhistories", left: 2 }
  const lines = peerLines([refused, { ...peer, trust: "word" }], "zh")
  expect(lines.join("\n")).toMatch(/已不再信任[^]*2 项变更未能采纳[^]*仅采信其陈述/)
  expect(lines.some((line) => line.includes("\n"))).toBe(false)
  expect(peerLines([], "en")).toHaveLength(1)
})
