import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Request } from "@hufu/core/contract/contract"
import { z } from "zod"
import {
  createAgent,
  enrolPerson,
  grantMandate,
  type NodeUnderTest,
  personSecret,
  startNode,
} from "../../e2e/node-under-test.ts"
import { hundredRules } from "../hundred-rules.ts"
import type { Protocol } from "./talk.ts"

/** The identity code of the partner that speaks AIP. */
export const partnerAic = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"

export interface HufuBetween {
  readonly node: NodeUnderTest
  readonly credential: string
  /** The identity code of the asking agent. */
  readonly aic: string
  urlOf(protocol: Protocol): { readonly url: string; readonly streamUrl: string }
  stop(): Promise<void>
}

const Bound = z.object({ aic: z.string() })

/** A node with a hundred rules and durable evidence between an agent and its partners. */
export async function startHufuBetween(
  partners: Readonly<Record<Protocol, string>>,
  env: Record<string, string> = {},
): Promise<HufuBetween> {
  const dataDir = await mkdtemp(join(tmpdir(), "hufu-bench-"))
  const rules = join(dataDir, "bench.cedar")
  await writeFile(rules, hundredRules(), { mode: 0o600 })
  // As many as the bench asks for: how much one agent may ask for is no part of it.
  const interconnect = { perAgent: 100_000, perPartner: 100_000, perMinute: 1_000_000 }
  const node = await startNode({ dataDir, config: { rules: [rules], interconnect }, env })
  await enrolPerson(node)
  await node.cli(["ca", "init", "--name", "Bench", "--secret-stdin"], { stdin: `${personSecret}\n` })
  for (const protocol of ["a2a", "aip"] as const) {
    const server: Request<"server.add"> = {
      name: protocol,
      url: partners[protocol],
      protocol,
      ...(protocol === "aip" ? { aic: partnerAic } : {}),
    }
    await node.api("POST", "/v1/servers", server)
  }
  const credential = await createAgent(node, "bench")
  await grantMandate(node, "bench", {
    task: null,
    words: "the bench may ask its partners as often as it likes",
    grants: [{ effects: ["send"], tools: ["a2a/*", "aip/*"], limits: [], mode: "auto" }],
    until: Date.now() + 24 * 3_600_000,
  })
  const { aic } = Bound.parse(await node.api("POST", "/v1/ca/bindings", { agent: "bench" }))
  const at = { a2a: `${node.url}/a2a/a2a`, aip: `${node.url}/aip/aip` }
  return {
    node,
    credential,
    aic,
    urlOf: (protocol) =>
      protocol === "a2a"
        ? { url: at.a2a, streamUrl: at.a2a }
        : { url: `${at.aip}/rpc`, streamUrl: `${at.aip}/stream` },
    async stop() {
      await node.dispose()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
