import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { RegistrationContent } from "@hufu/core/registration/registration-content"
import type { Registration } from "@hufu/core/registration/registration"
import { search } from "@hufu/server/registry/discovery/search"
import { openSearchIndex } from "@hufu/server/registry/discovery/search-index"
import { z } from "zod"
import { anyUsable } from "./any-usable.ts"
import { mean, ndcgAt10, recallAt10 } from "./ranking-figures.ts"

/** How well agents are found: the frozen questions and labels of `conformance/discovery` against the search of a node. */
const folder = fileURLToPath(new URL("../../conformance/discovery", import.meta.url))
const Texts = z.partialRecord(z.enum(["zh", "en"]), z.string())
const LabelledAgent = z.object({
  name: z.string(),
  title: Texts,
  description: Texts,
  skills: z.array(
    z.object({ id: z.string(), name: z.string(), description: z.string(), tags: z.array(z.string()) }),
  ),
  protocols: z.array(z.enum(["a2a", "mcp", "aip"])),
  organisation: z.string(),
})
const Question = z.object({
  query: z.string(),
  lang: z.string(),
  kind: z.string(),
  relevant: z.record(z.string(), z.int().min(1).max(3)),
})
const interfaces = {
  a2a: { protocol: "a2a", binding: "jsonrpc", url: "https://agents.example/a2a" },
  mcp: { protocol: "mcp", binding: "streamable-http", url: "https://agents.example/mcp" },
  aip: { protocol: "acps", binding: "jsonrpc", url: "https://agents.example/rpc" },
} as const

function linesOf<Shape extends z.ZodType>(file: string, shape: Shape): z.output<Shape>[] {
  const lines = readFileSync(join(folder, file), "utf8").split("\n")
  return lines.filter((line) => line !== "").map((line) => shape.parse(JSON.parse(line)))
}

/** As it would be registered: an agent with two languages says both. */
function registered(
  { name, title, description, skills, protocols, organisation }: z.output<typeof LabelledAgent>,
  n: number,
): Registration {
  return {
    id: `reg_${String(n).padStart(16, "0")}`,
    state: "approved",
    aic: null,
    ontology: null,
    agent: null,
    owner: "usr_0123456789abcdef",
    revision: 1,
    createdAt: 0,
    changedAt: 0,
    approvedAt: 0,
    content: RegistrationContent.parse({
      name,
      title: Object.values(title).join(" / "),
      description: Object.values(description).join("\n"),
      version: "1.0.0",
      developer: { kind: "organisation", name: organisation },
      skills,
      interfaces: protocols.map((protocol) => interfaces[protocol]),
    }),
    proofs: [],
    grade: null,
    mirror: null,
  }
}

const scratch = mkdtempSync(join(tmpdir(), "hufu-bench-ranking-"))
try {
  const index = openSearchIndex(join(scratch, "discovery.db"))
  const agents = linesOf("records.jsonl", LabelledAgent).map(registered)
  index.apply(agents.map((registration) => ({ id: registration.id, registration })))
  const answers = linesOf("queries.jsonl", Question).map(({ query, lang, kind, relevant }) => {
    const { hits } = search({ index, source: anyUsable }, { text: query, limit: 10 })
    const ranked = hits.map(({ registration }) => registration.content.name)
    const labels = new Map(Object.entries(relevant))
    return { lang, kind, recall: recallAt10(ranked, labels), ndcg: ndcgAt10(ranked, labels) }
  })
  index.close()
  console.log(`${agents.length} agents, ${answers.length} questions`)
  const say = (of: string, some: typeof answers) =>
    console.log(
      `${of.padEnd(16)} recall@10 ${mean(some.map(({ recall }) => recall)).toFixed(3)}  nDCG@10 ${mean(some.map(({ ndcg }) => ndcg)).toFixed(3)}  (${some.length})`,
    )
  say("all", answers)
  for (const by of ["lang", "kind"] as const)
    for (const value of new Set(answers.map((each) => each[by])))
      say(
        `${by} ${value}`,
        answers.filter((each) => each[by] === value),
      )
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
