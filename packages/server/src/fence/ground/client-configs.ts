import { posix, win32 } from "node:path"
import { clientFilePath, connectableClients } from "./connectable-clients.ts"
import type { PathRules } from "./path-readings.ts"

/**
 * Where MCP clients keep which servers they start and what they may do without asking. An agent that could write
 * there could go around every door, so no action may touch them.
 */
export interface ClientConfigs {
  readonly files: readonly string[]
  readonly folders: readonly string[]
  /** The same in any project: the last parts of a path. */
  readonly endings: readonly string[]
}

/** What `hufu connect` knows; the lists below are the configs of other clients, and other places of the same ones. */
const connectable = connectableClients.flatMap(({ files }) => files)
const connectableEndings = connectable.filter(({ base }) => base === "project").map(({ path }) => path)

/** Below the user's home, on every system. */
const homeFiles = [
  ...connectable.filter(({ base }) => base === "home").map(({ path }) => path),
  ".claude/settings.local.json",
  ".mcp.json",
  ".codeium/windsurf/mcp_config.json",
  ".codeium/mcp_config.json",
  ".gemini/settings.json",
  ".codex/config.toml",
  ".continue/config.json",
  ".continue/config.yaml",
  ".lmstudio/mcp.json",
  ".kiro/settings/mcp.json",
  ".copilot/mcp-config.json",
  ".aws/amazonq/mcp.json",
  ".vscode-server/data/User/settings.json",
]

/** Below the folder in which applications keep their settings. */
const applicationFiles = [
  ...connectable.filter(({ base }) => base === "applications").map(({ path }) => path),
  "Zed/settings.json",
  "zed/settings.json",
  "goose/config.yaml",
  "opencode/opencode.json",
  ...["VSCodium", "Cursor", "Windsurf"].flatMap((editor) => [
    `${editor}/User/mcp.json`,
    `${editor}/User/settings.json`,
  ]),
  ...["Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"].flatMap((editor) => [
    `${editor}/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json`,
    `${editor}/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json`,
  ]),
]

const projectEndings = [
  ...connectableEndings,
  ".claude/settings.json",
  ".claude/settings.local.json",
  ".gemini/settings.json",
  ".codex/config.toml",
  ".roo/mcp.json",
  ".kiro/settings/mcp.json",
  ".zed/settings.json",
  "claude_desktop_config.json",
]

const managedFolders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ["/etc/claude-code"],
  darwin: ["/Library/Application Support/ClaudeCode"],
  win32: ["C:\\ProgramData\\ClaudeCode", "C:\\Program Files\\ClaudeCode"],
}

/** The clients' configs of one user on one system. `environment` is the process's own, for where applications keep theirs. */
export function clientConfigs(
  rules: PathRules,
  environment: Readonly<Record<string, string | undefined>> = {},
): ClientConfigs {
  const paths = rules.platform === "win32" ? win32 : posix
  const applications = applicationFolders(rules, environment)
  return {
    files: [
      ...homeFiles.map((file) => paths.join(rules.home, file)),
      ...applications.flatMap((folder) => applicationFiles.map((file) => paths.join(folder, file))),
      // Where this user's own environment puts them.
      ...connectable
        .filter(({ base }) => base !== "project")
        .flatMap((file) => clientFilePath(file, rules, environment, rules.home) ?? []),
    ],
    folders: managedFolders[rules.platform] ?? [],
    endings: projectEndings.map((ending) => paths.join("/", ending)),
  }
}

function applicationFolders(
  { platform, home }: PathRules,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  if (platform === "win32") {
    const roaming = win32.join(home, "AppData", "Roaming")
    return [...new Set([roaming, environment["APPDATA"] ?? roaming])]
  }
  const standard = posix.join(home, ".config")
  const library = platform === "darwin" ? [posix.join(home, "Library", "Application Support")] : []
  return [...new Set([standard, environment["XDG_CONFIG_HOME"] ?? standard, ...library])]
}
