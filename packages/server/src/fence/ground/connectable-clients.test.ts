import { expect, it } from "vitest"
import { clientConfigs } from "./client-configs.ts"
import { type ClientFile, clientFilePath, connectableClients } from "./connectable-clients.ts"
import { ownPlaces } from "./own-places.ts"
import { normalizePath, pathKey } from "./path-readings.ts"

const systems = [
  { platform: "linux", home: "/home/ann" },
  { platform: "darwin", home: "/Users/ann" },
  { platform: "win32", home: "C:\\Users\\ann" },
] as const
const project = { linux: "/home/ann/work", darwin: "/Users/ann/work", win32: "C:\\Users\\ann\\work" }
const rows = connectableClients.flatMap(({ id, files }) => files.map((file) => ({ id, file })))

it.each([
  ["claude-desktop", "linux", "/home/ann/.config/Claude/claude_desktop_config.json"],
  ["claude-desktop", "darwin", "/Users/ann/Library/Application Support/Claude/claude_desktop_config.json"],
  ["claude-desktop", "win32", "C:\\Users\\ann\\AppData\\Roaming\\Claude\\claude_desktop_config.json"],
  [
    "claude-desktop",
    "win32",
    "C:\\Users\\ann\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json",
  ],
  ["claude-code", "linux", "/home/ann/.claude.json"],
  ["claude-code", "darwin", "/Users/ann/.claude/settings.json"],
  ["claude-code", "win32", "C:\\Users\\ann\\work\\.mcp.json"],
  ["cursor", "linux", "/home/ann/.cursor/mcp.json"],
  ["cursor", "darwin", "/Users/ann/work/.cursor/mcp.json"],
  ["cursor", "win32", "C:\\Users\\ann\\.cursor\\mcp.json"],
  ["vscode", "linux", "/home/ann/.config/Code/User/mcp.json"],
  ["vscode", "linux", "/home/ann/.vscode-server/data/User/mcp.json"],
  ["vscode", "darwin", "/Users/ann/Library/Application Support/Code - Insiders/User/mcp.json"],
  ["vscode", "win32", "C:\\Users\\ann\\AppData\\Roaming\\Code\\User\\settings.json"],
  ["vscode", "win32", "C:\\Users\\ann\\work\\.vscode\\mcp.json"],
] as const)("%s on %s keeps %s", (id, platform, path) => {
  const rules = systems.find((system) => system.platform === platform)
  if (!rules) throw new Error("the system is one of the three")
  const files = rows.filter((row) => row.id === id).map(({ file }) => file)
  expect(files.map((file) => clientFilePath(file, rules, {}, project[platform]))).toContain(path)
})

it("follows the variables that move a client's folder", () => {
  const find = (fits: (file: ClientFile) => boolean) => {
    const found = rows.find(({ file }) => fits(file))
    if (!found) throw new Error("the table has such a row")
    return found.file
  }
  const settings = find(({ holds }) => holds === "hooks")
  const moved = { CLAUDE_CONFIG_DIR: "/srv/claude", XDG_CONFIG_HOME: "/srv/xdg" }
  expect(clientFilePath(settings, systems[0], moved, "/")).toBe("/srv/claude/settings.json")
  const code = find(({ path }) => path === "Code/User/mcp.json")
  expect(clientFilePath(code, systems[0], moved, "/")).toBe("/srv/xdg/Code/User/mcp.json")
  expect(clientFilePath(code, systems[2], { APPDATA: "D:\\Apps" }, "D:\\")).toBe(
    "D:\\Apps\\Code\\User\\mcp.json",
  )
})

it.each(systems)("the fence denies every file of the table on $platform", (rules) => {
  const environment = { CLAUDE_CONFIG_DIR: rules.platform === "win32" ? "D:\\claude" : "/srv/claude" }
  const dataFolder = rules.platform === "win32" ? "D:\\hufu" : "/srv/hufu"
  const own = ownPlaces({ ...rules, dataFolder, origins: [], environment })
  for (const { file } of rows)
    for (const where of [{}, environment]) {
      const path = clientFilePath(file, rules, where, project[rules.platform])
      if (path === undefined) continue
      expect(own.isOwnPath(pathKey(normalizePath(path, rules), rules)), path).toBe(true)
    }
  expect(clientConfigs(rules, environment).files.length).toBeGreaterThan(rows.length)
})
