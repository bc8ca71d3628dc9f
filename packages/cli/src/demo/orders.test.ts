import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { makeDemoFolder } from "./demo-folder.ts"
import { everythingRead, injectedOrders, letterName, writeDocuments } from "./documents.ts"
import { fillIn, ordersIn } from "./orders.ts"

describe("ordersIn", () => {
  it.each(["en", "zh"] as const)(
    "finds in the %s letter what it was written to make an agent do",
    async (language) => {
      const place = await mkdtemp(join(tmpdir(), "hufu-orders-"))
      const folder = await makeDemoFolder(join(place, "demo"))
      await writeDocuments(folder, language)
      const letter = await readFile(join(folder.documents, letterName), "utf8")
      expect(ordersIn(letter)).toEqual(injectedOrders(folder, language))
      await rm(place, { recursive: true })
    },
  )

  it("finds nothing in a text that gives no orders", () => {
    expect(ordersIn('I would like you to do filesystem write_file {"path":"/x"}\n')).toEqual([])
  })
})

describe("fillIn", () => {
  it("puts what was read in the place that the order names, and nowhere else", () => {
    const order = {
      server: "filesystem",
      tool: "write_file",
      arguments: { path: "/out", content: `begin ${everythingRead} end`, dryRun: false },
    } as const
    expect(fillIn(order, everythingRead, "$& notes").arguments).toEqual({
      path: "/out",
      content: "begin $& notes end",
      dryRun: false,
    })
  })
})
