import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, vi } from "vitest"
import { removeStarted, runHufu, secret } from "../testing/hufu-under-test.ts"

vi.setConfig({ testTimeout: 120_000 })

it("starts a node when none runs, as a guard does; and nobody is asked for a secret that does not exist", async () => {
  const data = await mkdtemp(join(tmpdir(), "hufu-enrol-"))
  try {
    const short = await runHufu(["enrol", "--secret-stdin", "--data", data], { stdin: "short\n" })
    expect(short).toMatchObject({ code: 1, err: expect.stringContaining("No node is running: starting one") })
    const early = await runHufu(["agent", "create", "x", "--secret-stdin", "--data", data], {
      stdin: "guess it\n",
    })
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining("[not_enrolled]") })
    expect(early.err).toMatch(/run `.*hufu enrol` once/)
    const made = await runHufu(["enrol", "--secret-stdin", "--data", data], { stdin: `${secret}\n` })
    expect(made).toMatchObject({ code: 0, err: "" })
    expect((await runHufu(["status", "--data", data, "--json"])).json()).toMatchObject({
      personEnrolled: true,
    })
  } finally {
    await removeStarted(data)
  }
})
