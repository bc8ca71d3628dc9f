import type { Browser } from "playwright-core"
import { buildConsole, openTab, pageProbe, startBrowser, type Tab } from "../../e2e/console/open-console.ts"
import { type McpCaller, openCaller } from "../../e2e/mcp-caller.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  type NodeUnderTest,
  startNode,
} from "../../e2e/node-under-test.ts"
import { startDirect } from "../variants.ts"

const connections = 16

/** A node with a person, an agent with its mandate, a tool server, and a browser before it all. */
export interface Stage {
  readonly node: NodeUnderTest
  readonly agent: McpCaller
  readonly browser: Browser
  /** A fresh browser profile that is watched, at no page yet. */
  tab(): Promise<Tab>
  /** A link that lets one browser in, once. */
  link(): Promise<string>
  stop(): Promise<void>
}

/** Sets it up: everything is real, and nothing is shared with another run. */
export async function setStage(): Promise<Stage> {
  await buildConsole()
  await using begun = new AsyncDisposableStack()
  const upstream = begun.adopt(await startDirect("modern"), (it) => it.stop())
  const node = begun.adopt(await startNode(), (it) => it.dispose())
  await enrolPerson(node)
  await addHttpServer(node, "notes", upstream.url)
  const credential = await createAgent(node, "scribe")
  await grantMandate(node, "scribe", {
    task: null,
    words: "add as many notes as you like",
    grants: [{ effects: ["write"], tools: ["notes/add_note"], limits: [], mode: "auto" }],
    until: Date.now() + 24 * 3_600_000,
  })
  const door = { url: doorOf(node, "notes"), era: "modern" as const, credential, connections }
  const agent = begun.adopt(await openCaller(door), (it) => it.close())
  const browser = begun.adopt(await startBrowser({}, [], { onSignal: "leave" }), (it) => it.close())
  const all = begun.move()
  return {
    node,
    agent,
    browser,
    tab: async () => {
      const tab = await openTab(browser)
      await tab.context.addInitScript({ path: pageProbe })
      return tab
    },
    link: async () => ((await node.cli(["signin"])) as { url: string }).url, // the command's own output
    stop: () => all.disposeAsync(),
  }
}

/** A fresh profile that has been let in and shows its first page. */
export async function tabAtHome(stage: Stage): Promise<Tab> {
  const tab = await stage.tab()
  await tab.page.goto(await stage.link())
  await tab.page.locator("nav").first().waitFor()
  await tab.page.locator("main h1").waitFor()
  return tab
}
