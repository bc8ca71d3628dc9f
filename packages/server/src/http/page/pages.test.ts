import { contract } from "@hufu/core/contract/contract"
import { failureCodes } from "@hufu/core/failure"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type AppUnderTest, holdOf, openApp } from "../testing/app-under-test.ts"
import { html } from "./html.ts"

let under: AppUnderTest
beforeAll(async () => {
  under = await openApp()
})
afterAll(() => under.close())
beforeEach(() => {
  under.holds.length = 0
})

const page = async (path: string, headers: Record<string, string> = {}) => {
  const response = await under.app.request(
    path,
    { headers: { host: "localhost", ...headers } },
    { transport: "http" },
  )
  expect(response.headers.get("content-type")).toContain("text/html")
  return response.text()
}

describe("the page that shows what waits", () => {
  it("names the action and the command, and none of its arguments, targets or reasons", async () => {
    const hold = holdOf()
    under.holds.push(hold)
    for (const path of ["/", `/approvals/${hold.id}`]) {
      const text = await page(path)
      expect(text).toContain(`hufu approve ${hold.id}`)
      expect(text).toContain("mail")
      expect(text).not.toContain("private")
    }
  })

  it("shows what an agent or a server named as text alone, with hidden characters spelled out", async () => {
    under.holds.push(holdOf({ tool: `<script>alert(1)</script>"'\u202egnp` }))
    const text = await page("/")
    expect(text).not.toContain("<script>")
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;⟦U+202E⟧gnp")
  })

  it("has no script, form or asset from elsewhere", async () => {
    const hold = holdOf()
    under.holds.push(hold)
    for (const path of ["/", `/approvals/${hold.id}`, "/docs"])
      expect(await page(path)).not.toMatch(/<script|<form|<button|<img|<link|src=|https?:/)
  })

  it("speaks the reader's language", async () => {
    expect(await page("/", { "accept-language": "zh-TW" })).toContain('lang="zh"')
    expect(await page("/?lang=zh", { "accept-language": "en" })).toContain("没有等待批准的行为")
    expect(await page("/?lang=de")).toContain("Nothing waits for you")
  })

  it("does not invite to decide what is decided", async () => {
    const hold = holdOf({ state: "refused" })
    under.holds.push(hold)
    const text = await page(`/approvals/${hold.id}`)
    expect(text).toContain("This action does not wait any more")
    expect(text).not.toContain(`hufu refuse ${hold.id}`)
  })
})

describe("the docs page", () => {
  it.each(["en", "zh"] as const)("has every operation and every code in %s", async (lang) => {
    const text = await page(`/docs?lang=${lang}`)
    for (const [id, operation] of Object.entries(contract)) {
      expect(text).toContain(`id="${id}"`)
      expect(text).toContain(html`${operation[lang]}`.toString())
    }
    for (const code of Object.keys(failureCodes)) expect(text).toContain(`<code>${code}</code>`)
  })
})
