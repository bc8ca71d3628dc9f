import { expect, it } from "vitest"
import { isGuarded, readEntry } from "./read-entry.ts"
import { scanJsonc } from "./scan-jsonc.ts"
import { isSecret } from "./secret-names.ts"

const read = (value: unknown) => {
  const node = scanJsonc(JSON.stringify(value))
  if (!node) throw new Error("there is a value")
  return readEntry(node)
}

it.each([
  [
    { command: "npx", args: ["-y", "p"] },
    { kind: "stdio", command: ["npx", "-y", "p"], dynamic: false },
  ],
  [
    { type: "stdio", command: "x", env: { A: "1", B: null } },
    { kind: "stdio", environment: { A: "1" } },
  ],
  [{ command: "x", env: { A: "${input:a}" } }, { dynamic: true }],
  [
    { command: "./x", cwd: "/there" },
    { relative: true, folder: "/there" },
  ],
  [
    { url: "https://e.example/mcp", headers: { A: "1" } },
    { kind: "http", headers: { A: "1" }, dynamic: false },
  ],
  [
    { type: "http", url: "${env:PLACE}/mcp" },
    { kind: "http", dynamic: true },
  ],
  [
    { type: "sse", url: "https://e.example/" },
    { kind: "left", why: "sse" },
  ],
  [{ url: "https://e.example/sse" }, { kind: "left", why: "sse" }],
  [
    { url: "https://e.example/", oauth: {} },
    { kind: "left", why: "signIn" },
  ],
  [{ url: "file:///etc/passwd" }, { kind: "left", why: "shape" }],
  [
    { url: "https://e.example/", command: "x" },
    { kind: "left", why: "both" },
  ],
  [
    { command: "x", envFile: ".env" },
    { kind: "left", why: "envFile" },
  ],
  [
    { command: "x", env: { "-A": "1" } },
    { kind: "left", why: "shape" },
  ],
  [
    { command: "x", args: [1] },
    { kind: "left", why: "shape" },
  ],
  [{ command: "" }, { kind: "left", why: "shape" }],
  [{}, { kind: "left", why: "shape" }],
  ["x", { kind: "left", why: "shape" }],
  [{ command: "hufu", args: ["guard", "--", "npx", "p"] }, { kind: "guarded" }],
])("reads %j", (value, entry) => {
  expect(read(value)).toMatchObject(entry)
})

it.each([
  [["hufu", "guard", "--url", "https://e.example"], true],
  [["npx", "-y", "hufu", "guard", "--", "x"], true],
  [["npx", "-y", "hufu@1.2.3", "guard", "--", "x"], true],
  [["C:\\Program Files\\nodejs\\node.exe", "C:\\hufu\\bin\\hufu.js", "guard", "--", "x"], true],
  [["/usr/bin/hufu", "--data", "/d", "guard", "--", "x"], true],
  [["hufu", "serve"], false],
  [["x", "guard"], false],
  [["hufu", "serve", "--", "guard"], false],
])("knows a guard however it is written: %j", (words, is) => {
  expect(isGuarded(words)).toBe(is)
})

it.each([
  ["GITHUB_PERSONAL_ACCESS_TOKEN", "ghp_x", true],
  ["OPENAI_API_KEY", "anything", true],
  ["apiKey", "anything", true],
  ["DB_PASSWORD", "x", true],
  ["Authorization", "Bearer x", true],
  ["DATABASE_URL", "postgres://ann:tally@db.example/x", true],
  ["SOMETHING", "github_pat_123", true],
  ["MYTOKEN", "x", true],
  ["DATABASE_URL", "postgres://db.example/x", false],
  ["DEBUG", "1", false],
  ["USE_AUTH", "true", false],
  ["KEYBOARD", "de", false],
  ["PATH", "/usr/bin", false],
  ["LOG_LEVEL", "info", false],
])("%s=%s is a secret: %s", (name, value, is) => {
  expect(isSecret(name, value)).toBe(is)
  expect(isSecret(name, value, [name])).toBe(true)
})
