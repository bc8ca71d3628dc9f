import { describe, expect, it } from "vitest"
import { MandateDraft } from "../mandate/mandate.ts"
import type { Mandate } from "../mandate/mandate.ts"
import { type Conduct, keepsTo } from "./keeps-to.ts"

const conduct = (of: Partial<Conduct>): Conduct => ({ auto: [], ask: [], "user-only": [], never: [], ...of })
const mandate = (draft: object): Mandate => ({
  ...MandateDraft.parse({ words: "", until: 10, ...draft }),
  id: "mnd_00000000000000000000000000",
  agent: "agt_00000000000000000000000000",
  principal: "usr_00000000000000000000000000",
  parent: null,
  createdAt: 0,
})
const reads = mandate({ grants: [{ effects: ["read"], tools: ["*"], mode: "auto" }] })

describe("whether mandates hold an agent to its conduct", () => {
  it.each<[string, Partial<Conduct>, Mandate, boolean]>([
    ["what it does alone is said", { auto: ["read"] }, reads, true],
    ["what it does alone is not said", { auto: ["write"], ask: ["read"] }, reads, false],
    [
      "what asks need not be said",
      {},
      mandate({ grants: [{ effects: ["pay"], tools: ["*"], mode: "ask" }] }),
      true,
    ],
    ["a never that may be asked for", { never: ["pay"] }, mandate({}), false],
    ["a never that nothing covers", { never: ["pay"] }, mandate({ otherwise: "deny" }), true],
    ["a never that is named", { never: ["pay"] }, mandate({ never: [{ effects: ["pay"] }] }), true],
    [
      "a never of some tools only",
      { never: ["pay"] },
      mandate({ never: [{ effects: ["pay"], tools: ["a/b"] }] }),
      false,
    ],
    [
      "a never of some arguments only",
      { never: ["pay"] },
      mandate({ never: [{ effects: ["pay"], limits: [{ argument: "/id", kind: "oneOf", values: ["1"] }] }] }),
      false,
    ],
    ["left to the user", { "user-only": ["delete"] }, mandate({ userOnly: [{ effects: ["delete"] }] }), true],
    ["asked instead of left to the user", { "user-only": ["delete"] }, mandate({}), false],
  ])("%s", (_, said, of, holds) => {
    expect(keepsTo(conduct(said), [of])).toBe(holds)
  })

  it("every mandate has to", () => {
    const more = mandate({ grants: [{ effects: ["send"], tools: ["*"], mode: "auto" }] })
    expect(keepsTo(conduct({ auto: ["read"] }), [reads, more])).toBe(false)
    expect(keepsTo(conduct({ auto: ["read", "send"] }), [reads, more])).toBe(true)
  })
})
