import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { runOnlyIpv6, withoutOnlyIpv6 } from "./only-ipv6.ts"

const program = fileURLToPath(new URL("node-there.ts", import.meta.url))

test.skipIf(withoutOnlyIpv6() !== undefined)(
  "a node that is told nothing listens on ::1 where this machine has no other address",
  async () => {
    const { code, out } = await runOnlyIpv6([process.execPath, program], { quiet: true })
    expect({ code, ...(JSON.parse(out) as object) }).toEqual({
      code: 0,
      url: expect.stringMatching(/^http:\/\/\[::1\]:\d+$/),
      health: { ok: true },
      byName: { ok: true },
      ipv4: "refused",
    })
  },
  60_000,
)
