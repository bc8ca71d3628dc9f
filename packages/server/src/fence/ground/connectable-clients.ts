import { posix, win32 } from "node:path"
import type { PathRules } from "./path-readings.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** One file in which a client keeps its tool servers or its hooks. */
export interface ClientFile {
  readonly holds: "servers" | "hooks"
  /** Below the user's home, the folder in which applications keep their settings, or the project that is open. */
  readonly base: "home" | "applications" | "local" | "project"
  readonly path: string
  /** Where the tool servers stand in it; `*` is every key. */
  readonly containers: readonly (readonly string[])[]
  /** Only on this system. */
  readonly platform?: NodeJS.Platform
  /** A variable of the environment that moves the file into another folder, and its path there. */
  readonly moved?: { readonly variable: string; readonly path: string }
}

/** A client that `hufu connect` puts behind guards. */
export interface ConnectableClient {
  readonly id: "claude-desktop" | "claude-code" | "cursor" | "vscode"
  readonly name: string
  readonly files: readonly ClientFile[]
}

const mcpServers = [["mcpServers"]] as const
const servers = [["servers"]] as const
const legacy = [["mcp", "servers"]] as const

/**
 * The one table of what `hufu connect` edits; the fence denies every action on these files.
 * Looked up in November 2026. Claude Desktop: modelcontextprotocol.io/docs/develop/connect-local-servers, and the folder of its
 * packaged Windows edition; on Linux, where it has no official edition, what the community's builds use. Claude Code:
 * code.claude.com/docs/en/mcp and /settings. Cursor: cursor.com/docs/context/mcp. Visual Studio Code:
 * code.visualstudio.com/docs/copilot/reference/mcp-configuration; older versions kept servers in settings.json.
 */
export const connectableClients: readonly ConnectableClient[] = [
  {
    id: "claude-desktop",
    name: "Claude Desktop",
    files: [
      {
        holds: "servers",
        base: "applications",
        path: "Claude/claude_desktop_config.json",
        containers: mcpServers,
      },
      {
        holds: "servers",
        base: "local",
        path: "Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json",
        containers: mcpServers,
        platform: "win32",
      },
    ],
  },
  {
    id: "claude-code",
    name: "Claude Code",
    files: [
      {
        holds: "servers",
        base: "home",
        path: ".claude.json",
        containers: [["mcpServers"], ["projects", "*", "mcpServers"]],
        moved: { variable: "CLAUDE_CONFIG_DIR", path: ".claude.json" },
      },
      {
        holds: "hooks",
        base: "home",
        path: ".claude/settings.json",
        containers: [],
        moved: { variable: "CLAUDE_CONFIG_DIR", path: "settings.json" },
      },
      { holds: "servers", base: "project", path: ".mcp.json", containers: mcpServers },
    ],
  },
  {
    id: "cursor",
    name: "Cursor",
    files: [
      { holds: "servers", base: "home", path: ".cursor/mcp.json", containers: mcpServers },
      { holds: "servers", base: "project", path: ".cursor/mcp.json", containers: mcpServers },
    ],
  },
  {
    id: "vscode",
    name: "Visual Studio Code",
    files: [
      ...["Code", "Code - Insiders"].flatMap((editor): ClientFile[] => [
        { holds: "servers", base: "applications", path: `${editor}/User/mcp.json`, containers: servers },
        { holds: "servers", base: "applications", path: `${editor}/User/settings.json`, containers: legacy },
      ]),
      { holds: "servers", base: "home", path: ".vscode-server/data/User/mcp.json", containers: servers },
      { holds: "servers", base: "project", path: ".vscode/mcp.json", containers: servers },
    ],
  },
]

export type ClientId = ConnectableClient["id"]

/** Where a file of the table is on one system. A file of a project is below `project`. */
export function clientFilePath(
  file: ClientFile,
  rules: PathRules,
  environment: Environment,
  project: string,
): string | undefined {
  if (file.platform !== undefined && file.platform !== rules.platform) return undefined
  const paths = rules.platform === "win32" ? win32 : posix
  const elsewhere = file.moved === undefined ? undefined : environment[file.moved.variable]
  if (file.moved && elsewhere) return paths.join(elsewhere, file.moved.path)
  if (file.base === "project") return paths.join(project, file.path)
  return paths.join(baseFolder(file.base, rules, environment), file.path)
}

function baseFolder(
  base: "home" | "applications" | "local",
  { platform, home }: PathRules,
  environment: Environment,
): string {
  if (base === "home") return home
  if (platform === "win32")
    return base === "local"
      ? environment["LOCALAPPDATA"] || win32.join(home, "AppData", "Local")
      : environment["APPDATA"] || win32.join(home, "AppData", "Roaming")
  return platform === "darwin"
    ? posix.join(home, "Library", "Application Support")
    : environment["XDG_CONFIG_HOME"] || posix.join(home, ".config")
}
