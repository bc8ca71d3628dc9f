import type { World } from "../invariants/world.ts"

export interface Scene {
  /** Where the console is opened. */
  readonly origin: string
  /** Every page by a name for its picture. */
  readonly pages: Readonly<Record<string, string>>
}

/** Real traffic of two agents: allowed, denied, approved, refused and waiting. */
export async function makeScene(world: World): Promise<Scene> {
  const scribe = await world.agent("scribe")
  const clerk = await world.agent("clerk")
  await world.grant(scribe, {
    grants: [{ effects: ["read", "write"], tools: ["notes/*"], limits: [], mode: "auto" }],
  })
  await world.grant(clerk, { words: "keep the books, and ask before anything leaves" })
  const writes = await world.door("modern", scribe)
  const asks = await world.door("modern", clerk)
  await writes.call("add_note", { id: "1", text: "the north gate is closed at dusk" })
  await writes.call("get_note", { id: "1" })
  const approved = await asks.call("send_note", { id: "1", text: "Minutes of Monday", to: "li@example.com" })
  if (approved.hold !== undefined) {
    await world.approve(approved.hold)
    await asks.call(
      "send_note",
      { id: "1", text: "Minutes of Monday", to: "li@example.com" },
      { hold: approved.hold },
    )
  }
  const refused = await asks.call("delete_note", { id: "7" })
  if (refused.hold !== undefined)
    await world.local.hold.refuse({ hold: refused.hold, reason: "keep it until the audit" })
  const waiting = await asks.call("send_note", {
    id: "2",
    text: "Dear Li,\nplease find the minutes attached.\nYours, \u202Ekrelc\u202C",
    to: "li@example.com",
  })
  await asks.call("pay_invoice", { id: "INV-2026-117", amount: 125_000 })
  const { url } = await world.local.signin.create()
  return {
    origin: new URL(url).origin,
    pages: {
      home: "/",
      approvals: "/approvals",
      history: "/approvals?tab=history",
      approval: `/approvals/${waiting.hold}`,
      decided: `/approvals/${approved.hold}`,
      absent: "/approvals/hld_00000000000000000000000000",
    },
  }
}
