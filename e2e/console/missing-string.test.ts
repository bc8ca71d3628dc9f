import { execFile } from "node:child_process"
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

const root = fileURLToPath(new URL("../../packages/console", import.meta.url))
const tsc = join(root, "../../node_modules/typescript/bin/tsc")

let folder = ""
beforeAll(async () => {
  // Beside the sources, so that what they import is found.
  await mkdir(join(root, ".hufu"), { recursive: true })
  folder = await mkdtemp(join(root, ".hufu", "words-"))
  await cp(join(root, "src/words"), folder, { recursive: true })
  // English is the shape of both, so that what it lacks fails where a page says it.
  await writeFile(
    join(folder, "page.ts"),
    'import { shared } from "./shared.ts"\nexport const said = [shared.en.cancel, shared.zh.cancel]\n',
  )
  const config = { extends: "../../tsconfig.json", files: ["./page.ts"], include: [] }
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the compiler finds wrong with the words and with what says them. */
function compile(): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", folder], { maxBuffer: 1 << 25 }, (error, stdout) =>
      resolve(error ? `${error.message}${stdout}` : stdout),
    )
  })
}

describe("a string that one language lacks", () => {
  test("fails the build, in either language", { timeout: 120_000 }, async () => {
    expect(await compile()).toBe("")
    for (const language of ["en", "zh"]) {
      const file = join(folder, `${language}.ts`)
      const whole = await readFile(file, "utf8")
      const less = whole.replace(/^ {2}cancel: .*\n/m, "")
      expect(less).not.toBe(whole)
      await writeFile(file, less)
      expect(await compile()).toMatch(/Property 'cancel' (?:does not exist|is missing)/)
      await writeFile(file, whole)
    }
  })
})
