/** What the texts below name, as they are on this machine. */
export interface Places {
  readonly node: string
  /** A reference server over files, and a folder with a space in its name that holds `note.txt`. */
  readonly files: string
  readonly folder: string
  /** A tool server that writes down its variables. */
  readonly telling: string
  readonly told: string
  /** A tool server over HTTP. */
  readonly url: string
}

/** A client's config as people have it. */
export interface Fixture {
  readonly name: string
  readonly client: "claude-desktop" | "claude-code" | "cursor" | "vscode"
  /** Below the home folder; below the project when it begins with `project/`. Undefined text: it is not there. */
  readonly file: string
  readonly text: ((places: Places) => string) | undefined
  /** Other files that have to be there. */
  readonly beside?: Readonly<Record<string, string>>
  readonly mode?: number
  readonly link?: true
  /** The servers that a client can then start, by the keys that lead to them. */
  readonly guarded: readonly (readonly string[])[]
  /** Those that stay, and why. */
  readonly left?: readonly string[]
  readonly hook?: true
  /** What `hufu connect` says when it refuses the file. */
  readonly refused?: string
  /** What this client fills in for its variables. */
  readonly fills?: (places: Places) => Readonly<Record<string, string>>
}

const json = JSON.stringify
const desktop = ".config/Claude/claude_desktop_config.json"
const files = ({ node, files: program, folder }: Places) => ({ command: node, args: [program, folder] })

export const fixtures: readonly Fixture[] = [
  {
    name: "one server, as the client's own page shows it",
    client: "claude-desktop",
    file: desktop,
    text: (places) => `${json({ mcpServers: { filesystem: files(places) } }, null, 2)}\n`,
    guarded: [["mcpServers", "filesystem"]],
  },
  {
    name: "other settings around it, on one line, without a last line break",
    client: "claude-desktop",
    file: desktop,
    text: (places) =>
      json({
        globalShortcut: "Ctrl+Space",
        mcpServers: { "My Files": files(places), files: files(places) },
        preferences: { menuBarEnabled: true, ratio: 1.5e3 },
      }),
    guarded: [
      ["mcpServers", "My Files"],
      ["mcpServers", "files"],
    ],
  },
  {
    name: "tabs and Windows line ends",
    client: "claude-desktop",
    file: desktop,
    text: (places) =>
      `${json({ mcpServers: { filesystem: files(places) } }, null, "\t").replaceAll("\n", "\r\n")}\r\n`,
    guarded: [["mcpServers", "filesystem"]],
  },
  {
    name: "a byte order mark",
    client: "claude-desktop",
    file: desktop,
    text: (places) => `\ufeff${json({ mcpServers: { filesystem: files(places) } }, null, 4)}`,
    guarded: [["mcpServers", "filesystem"]],
  },
  {
    name: "a link into a folder of dotfiles",
    client: "claude-desktop",
    file: desktop,
    text: (places) => `${json({ mcpServers: { filesystem: files(places) } }, null, 2)}\n`,
    link: true,
    mode: 0o640,
    guarded: [["mcpServers", "filesystem"]],
  },
  {
    name: "no file at all",
    client: "claude-desktop",
    file: desktop,
    text: undefined,
    guarded: [],
  },
  { name: "an empty file", client: "claude-desktop", file: desktop, text: () => "", guarded: [] },
  {
    name: "a file that its owner has closed to writing",
    client: "claude-desktop",
    file: desktop,
    text: (places) => json({ mcpServers: { filesystem: files(places) } }),
    mode: 0o444,
    guarded: [],
    refused: "read-only",
  },
  {
    name: "comments and commas that an editor allows",
    client: "cursor",
    file: ".cursor/mcp.json",
    text: ({ node, files: program, folder }) => `// what I use
{
  "mcpServers": {
    /* "old": { "command": "x" }, */
    "filesystem": {
      "command": ${json(node)}, // the one of the system
      "args": [
        // first the program
        ${json(program)},
        ${json(folder)}, // a space in it
      ],
    }, // and no more
  },
}
`,
    guarded: [["mcpServers", "filesystem"]],
  },
  {
    name: "secrets among the variables",
    client: "cursor",
    file: ".cursor/mcp.json",
    text: ({ node, telling, told }) => `{
  "mcpServers": {
    "work tracker": {
      "env": { "TRACKER_URL": "https://tracker.example", "TRACKER_TOKEN": "s3cret-\\u00e9-one", "DEBUG": "1" },
      "command": ${json(node)},
      "args": [${json(telling)}, ${json(told)}]
    }
  }
}`,
    guarded: [["mcpServers", "work tracker"]],
  },
  {
    name: "a server over HTTP with a secret header",
    client: "cursor",
    file: ".cursor/mcp.json",
    text: ({ url }) =>
      `{"mcpServers": {\n  "remote": {"url": ${json(url)}, "headers": {"Authorization": "Bearer s3cret-two", "X-Team": "blue"}}\n}}\n`,
    guarded: [["mcpServers", "remote"]],
  },
  {
    name: "entries that are switched off, and unknown keys",
    client: "cursor",
    file: ".cursor/mcp.json",
    text: (places) =>
      `${json({ $schema: "x", mcpServers: { off: { ...files(places), disabled: true, autoApprove: ["a"] }, on: { timeout: 60, ...files(places) } } }, null, 3)}\n`,
    guarded: [
      ["mcpServers", "off"],
      ["mcpServers", "on"],
    ],
  },
  {
    name: "a project's file, a program of the project and a space in its folder",
    client: "cursor",
    file: "project/.cursor/mcp.json",
    text: ({ node, files: program }) =>
      `${json({ mcpServers: { here: { command: node, args: [program, "./some notes"] } } }, null, 2)}\n`,
    beside: { "project/some notes/note.txt": "noted" },
    guarded: [["mcpServers", "here"]],
  },
  {
    name: "inputs that the client asks for",
    client: "vscode",
    file: ".config/Code/User/mcp.json",
    text: ({ node, telling, told }) => `{
\t// asked once
\t"inputs": [{ "id": "token", "type": "promptString", "password": true }],
\t"servers": {
\t\t"tracker": {
\t\t\t"type": "stdio",
\t\t\t"command": ${json(node)},
\t\t\t"args": [${json(telling)}, ${json(told)}],
\t\t\t"env": { "TRACKER_TOKEN": "\${input:token}" },
\t\t},
\t},
}
`,
    guarded: [["servers", "tracker"]],
    fills: () => ({ "${input:token}": "s3cret-typed" }),
  },
  {
    name: "servers nested in the editor's settings",
    client: "vscode",
    file: ".config/Code/User/settings.json",
    text: (places) => `{
    "editor.fontSize": 14, // larger
    "mcp": {
        "inputs": [],
        "servers": { "filesystem": ${json(files(places))} }
    },
    "files.exclude": { "**/.git": true, },
}
`,
    guarded: [["mcp", "servers", "filesystem"]],
  },
  {
    name: "a workspace with its own variable, and a server over SSE",
    client: "vscode",
    file: "project/.vscode/mcp.json",
    text: ({ node, files: program }) =>
      `${json({ servers: { here: { type: "stdio", command: node, args: [program, "${workspaceFolder}/some notes"] }, old: { type: "sse", url: "https://old.example/sse" } } }, null, 4)}\n`,
    beside: { "project/some notes/note.txt": "noted" },
    guarded: [["servers", "here"]],
    left: ["servers › old"],
  },
  {
    name: "the client's own state with servers of projects, minified",
    client: "claude-code",
    file: ".claude.json",
    text: (places) =>
      json({
        numStartups: 412,
        oauthAccount: { emailAddress: "ann@example.com" },
        mcpServers: { filesystem: { type: "stdio", ...files(places), env: {} } },
        projects: {
          "/home/ann/work": {
            history: [{ display: 'say "{" // not a comment', pastedContents: {} }],
            mcpServers: {
              notes: { type: "stdio", ...files(places), env: { NOTES_API_KEY: "s3cret-three" } },
            },
          },
          "/home/ann/empty": { mcpServers: {} },
        },
        bigNumber: 0,
      }).replace('"bigNumber":0', '"bigNumber":12345678901234567890'),
    guarded: [
      ["mcpServers", "filesystem"],
      ["projects", "/home/ann/work", "mcpServers", "notes"],
    ],
  },
  {
    name: "a project's file with a variable that has a default",
    client: "claude-code",
    file: "project/.mcp.json",
    text: ({ node, files: program }) =>
      `${json({ mcpServers: { notes: { command: node, args: [program, "${NOTES:-/nowhere}"], env: { LOG: "${LOG:-info}" } } } }, null, 2)}\n`,
    guarded: [["mcpServers", "notes"]],
    fills: ({ folder }) => ({ "${NOTES:-/nowhere}": folder, "${LOG:-info}": "info" }),
  },
  {
    name: "settings with hooks of others",
    client: "claude-code",
    file: ".claude/settings.json",
    text: () => `{
  "model": "opus",
  "hooks": {
    "PreToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "check.sh" }] }],
    "UserPromptSubmit": [
      { "hooks": [{ "type": "command", "command": "/usr/local/bin/notes" }] }
    ]
  }
}
`,
    beside: { ".claude.json": "{}" },
    guarded: [],
    hook: true,
  },
  {
    name: "no settings yet",
    client: "claude-code",
    file: ".claude/settings.json",
    text: undefined,
    beside: { ".claude.json": "{}", ".claude/history.jsonl": "" },
    guarded: [],
    hook: true,
  },
  {
    name: "one that its owner has put behind a guard by hand, and strange spacing",
    client: "cursor",
    file: ".cursor/mcp.json",
    text: (places) => `{"mcpServers"
   :   { "byHand":{"command":"hufu","args":["guard","--","npx","x"]}  ,

  "other"  :{"args":["${places.files}" ,${json(places.folder)}  ]   , "command"  :   ${json(places.node)}}
 }}
\r
`,
    guarded: [["mcpServers", "other"]],
  },
  {
    name: "no servers yet",
    client: "cursor",
    file: ".cursor/mcp.json",
    text: () => '{\n  "mcpServers": {}\n}\n',
    guarded: [],
  },
  {
    name: "a key that stands twice",
    client: "cursor",
    file: ".cursor/mcp.json",
    text: (places) => `{"mcpServers": {"a": ${json(files(places))}, "a": {"command": "other"}}}`,
    guarded: [],
    refused: "stands twice",
  },
]
