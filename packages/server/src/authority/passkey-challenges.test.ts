import { describe, expect, it } from "vitest"
import { createPasskeyChallenges } from "./passkey-challenges.ts"

function challenges() {
  let now = 5000
  const of = createPasskeyChallenges({ now: () => now, monotonic: () => now })
  const issue = (...given: Parameters<typeof of.issue>) =>
    Buffer.from(of.issue(...given).challenge).toString("base64url")
  return { of, issue, pass: (ms: number) => void (now += ms) }
}

const signin = { purpose: "signin" as const }
const refused = expect.objectContaining({ code: "passkey_refused" })

describe("a challenge", () => {
  it("is taken once, and again only when it was given back", () => {
    const { of, issue } = challenges()
    const challenge = issue(signin)
    const giveBack = of.take(challenge, signin)
    expect(() => of.take(challenge, signin)).toThrow(refused)
    giveBack()
    of.take(challenge, signin)
    expect(() => of.take(challenge, signin)).toThrow(refused)
  })

  it("fits the purpose and the decision that it was asked for", () => {
    const { of, issue } = challenges()
    const decide = (decision: string) => ({ purpose: "decide" as const, decision })
    const challenge = issue(decide("a"))
    for (const other of [
      signin,
      { purpose: "register" as const },
      decide("b"),
      { purpose: "decide" as const },
    ])
      expect(() => of.take(challenge, other)).toThrow(refused)
    of.take(challenge, decide("a"))
  })

  it("is good for two minutes", () => {
    const { of, issue, pass } = challenges()
    const [one, two] = [issue(signin), issue(signin)]
    pass(120_000)
    of.take(one, signin)
    pass(1)
    expect(() => of.take(two, signin)).toThrow(refused)
  })

  it("is of this node and this run, and cannot be made, changed or cut", () => {
    const { of, issue } = challenges()
    const mine = issue(signin)
    expect(() => of.take(challenges().issue(signin), signin)).toThrow(refused)
    for (const wrong of [
      "",
      "A",
      "A".repeat(75),
      mine.slice(0, -2),
      `${mine}AA`,
      `B${mine.slice(1)}`,
      `A${mine.slice(1)}`,
    ])
      if (wrong !== mine) expect(() => of.take(wrong, signin)).toThrow(refused)
  })

  it("costs no memory until it is answered, and then for as long as it could be answered again", () => {
    const { of, issue, pass } = challenges()
    const challenge = issue(signin)
    of.take(challenge, signin)
    pass(120_001)
    of.take(issue(signin), signin)
    expect(() => of.take(challenge, signin)).toThrow(/too late/)
  })
})
