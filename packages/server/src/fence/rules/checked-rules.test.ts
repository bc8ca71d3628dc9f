import { createSecretKey, randomBytes } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { cedar } from "./cedar.ts"
import { checkedRules } from "./checked-rules.ts"
import { harmlessFacts } from "./harmless-facts.ts"
import { loadRules, type RuleSource } from "./load.ts"
import { platformRules } from "./platform-rules.ts"
import { shippedRules } from "./shipped-rules.ts"

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-checked-"))
  file = join(folder, "rules.checked")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const newKey = () => createSecretKey(randomBytes(32))
const key = newKey()
const rule = (body: string): RuleSource => ({
  layer: "user",
  name: "own.cedar",
  text: `@id("own/one") @why("because") @why_zh("因为")\nforbid (principal, action, resource) when { ${body} };`,
})
const sources = [platformRules(), rule("context.time.hour > 22")]
const illTyped = [platformRules(), rule('context.time.hour > "22"')]

test("rules that were checked once are the same rules when they are loaded again", () => {
  const first = loadRules(sources, checkedRules(file, key))
  expect(checkedRules(file, key).find(sources)).toHaveLength(first.rules.length)
  const again = loadRules(sources, checkedRules(file, key))
  expect(again.rules).toEqual(first.rules)
  expect(again.digest).toBe(first.digest)
  for (const hour of [3, 23]) {
    const harmless = harmlessFacts("write")
    const facts = { ...harmless, context: { ...harmless.context, time: { ...harmless.context.time, hour } } }
    expect(again.decide(facts)).toEqual(first.decide(facts))
    expect(again.decide(facts).verdict).toBe(hour === 23 ? "deny" : "allow")
  }
})

test("what was checked once is not checked again, which would load all of Cedar at every start", () => {
  loadRules(sources, checkedRules(file, key))
  const validate = vi.spyOn(cedar(), "validate")
  // Another process has other objects.
  const again = () => sources.map((source) => ({ ...source }))
  loadRules(again(), checkedRules(file, key))
  expect(validate).not.toHaveBeenCalled()
  loadRules(again())
  expect(validate).toHaveBeenCalledOnce()
})

test("the rules that come with Hufu are known as its release checked them, and whatever differs in one letter is checked anew", () => {
  const shipped = shippedRules(platformRules())
  expect(shipped?.map(({ id }) => id)).toEqual(loadRules([platformRules()]).rules.map(({ id }) => id))
  const checks = vi.spyOn(cedar(), "policyToJson")
  // Another process has other objects.
  const inAnother = (change: Partial<RuleSource> = {}) => loadRules([{ ...platformRules(), ...change }])
  const known = inAnother()
  expect(checks).not.toHaveBeenCalled()
  const text = `${platformRules().text}\n`
  expect(shippedRules({ ...platformRules(), text })).toBeUndefined()
  const checked = inAnother({ text })
  expect(checks).toHaveBeenCalledTimes(known.rules.length)
  expect(checked.digest).toBe(known.digest)
  expect(checked.rules).toEqual(known.rules)
  const holed = text.replace("context.standing.live", "context.standing.lives")
  expect(holed).not.toBe(text)
  expect(() => inAnother({ text: holed })).toThrow("platform.cedar")
})

test("another text, layer, name, order or key finds nothing", () => {
  loadRules(sources, checkedRules(file, key))
  const [platform, own] = sources as [RuleSource, RuleSource]
  const others: RuleSource[][] = [
    illTyped,
    [platform],
    [own, platform],
    [platform, { ...own, layer: "sector" }],
    [platform, { ...own, name: "other.cedar" }],
  ]
  for (const other of others) expect(checkedRules(file, key).find(other)).toBeUndefined()
  expect(checkedRules(file, newKey()).find(sources)).toBeUndefined()
  expect(checkedRules(file, key).find(sources)).toBeDefined()
})

test("what does not pass is not kept, and no file that others wrote makes it pass", () => {
  expect(() => loadRules(illTyped, checkedRules(file, key))).toThrow("own.cedar")
  expect(existsSync(file)).toBe(false)
  // Whoever lacks the key can seal anything with a key of their own, or put back what was sealed for other texts.
  const stranger = checkedRules(file, newKey())
  stranger.keep(illTyped, stranger.find(illTyped) ?? [])
  expect(() => loadRules(illTyped, checkedRules(file, key))).toThrow("own.cedar")
  loadRules(sources, checkedRules(file, key))
  expect(() => loadRules(illTyped, checkedRules(file, key))).toThrow("own.cedar")
})

test("a bit that differs, a file that was cut, and what is no file at all are checked anew", () => {
  const whole = loadRules(sources, checkedRules(file, key)).digest
  const bytes = readFileSync(file)
  for (const at of [0, 12, bytes.length - 1]) {
    const other = Buffer.from(bytes)
    other.writeUInt8(other.readUInt8(at) ^ 1, at)
    writeFileSync(file, other)
    expect(checkedRules(file, key).find(sources)).toBeUndefined()
  }
  for (const length of [0, 5, 20, bytes.length - 1]) {
    writeFileSync(file, bytes.subarray(0, length))
    expect(checkedRules(file, key).find(sources)).toBeUndefined()
  }
  expect(loadRules(sources, checkedRules(file, key)).digest).toBe(whole)
  expect(checkedRules(file, key).find(sources)).toBeDefined()
  rmSync(file)
  writeFileSync(join(folder, "elsewhere"), bytes)
  symlinkSync(join(folder, "elsewhere"), file)
  expect(checkedRules(file, key).find(sources)).toBeUndefined()
  rmSync(file)
  mkdirSync(file)
  expect(loadRules(sources, checkedRules(file, key)).digest).toBe(whole)
})
