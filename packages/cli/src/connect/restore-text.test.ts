import { describe, expect, it } from "vitest"
import type { Change } from "./connect-journal.ts"
import { guardEdits } from "./guard-entry.ts"
import { addHook, removeHook } from "./hook-entry.ts"
import { readEntry } from "./read-entry.ts"
import { restoreText } from "./restore-text.ts"
import { scanJsonc, valueOf } from "./scan-jsonc.ts"
import { serverEntries } from "./server-entries.ts"
import { applyEdits } from "./text-edit.ts"

const containers = [["mcpServers"]]
const choice = { node: "/n", script: "/h/hufu.js", dataFolder: "/d", agent: "a", name: undefined, vault: [] }

/** Every entry behind a guard, as `hufu connect` writes it. */
function guarded(text: string): { text: string; changes: Change[] } {
  const found = serverEntries(scanJsonc(text), containers).flatMap(({ node, pointer }) => {
    const entry = readEntry(node)
    if (node.kind !== "object" || entry.kind === "guarded" || entry.kind === "left") return []
    const edits = guardEdits(text, node, entry, choice)
    const before = text.slice(node.start, node.end)
    const after = applyEdits(
      before,
      edits.map((edit) => ({ ...edit, start: edit.start - node.start, end: edit.end - node.start })),
    )
    return [{ edits, change: { kind: "server" as const, pointer: [...pointer], before, after, vault: [] } }]
  })
  return {
    text: applyEdits(
      text,
      found.flatMap(({ edits }) => edits),
    ),
    changes: found.map(({ change }) => change),
  }
}

const layouts = [
  '{"mcpServers":{"a":{"command":"x"}}}',
  '{ "mcpServers" : { "a" : { "command" : "x" , "args" : [ ] } } }',
  '{"mcpServers":{"a":{"args":["p q", // why\n "r",],"env":null,"command":"x"},}}',
  '{\r\n\t"mcpServers": {\r\n\t\t"a": {\r\n\t\t\t"command": "x"\r\n\t\t}\r\n\t}\r\n}\r\n',
  '{"mcpServers":{"a":{"url":"https://e.example/mcp"}, "b":{"type":"http","url":"https://e.example/","headers":{ "X-A":"1" }, "disabled":true}}}',
]

describe("an entry behind a guard", () => {
  it.each(layouts)("is read as one, and put back byte for byte: %s", (text) => {
    const after = guarded(text)
    expect(after.changes.length).toBeGreaterThan(0)
    for (const { node } of serverEntries(scanJsonc(after.text), containers)) {
      expect(readEntry(node)).toEqual({ kind: "guarded" })
      expect(valueOf(node)).toMatchObject({ command: "/n" })
    }
    expect(guarded(after.text)).toEqual({ text: after.text, changes: [] })
    expect(restoreText(after.text, after.changes, containers).text).toBe(text)
  })

  it("is put back when the rest of the file was edited, and when a client wrote it anew", () => {
    const before = '{"other": 1, "mcpServers": {"a": {"command": "x", "args": ["1"]}, "b": {"command": "y"}}}'
    const { text, changes } = guarded(before)
    const edited = text.replace('"other": 1', '"other": 2, "more": [3]')
    expect(restoreText(edited, changes, containers).text).toBe(
      before.replace('"other": 1', '"other": 2, "more": [3]'),
    )
    const anew = JSON.stringify(JSON.parse(edited), null, 4)
    const back = restoreText(anew, changes, containers)
    expect(back.restored).toHaveLength(2)
    expect(JSON.parse(back.text)).toEqual({ ...JSON.parse(before), other: 2, more: [3] })
  })

  it("is found under another name, stays out when it was taken out, and is refused when it was changed", () => {
    const before = '{"mcpServers": {"a": {"command": "x"}, "b": {"command": "y"}, "c": {"command": "z"}}}'
    const { text, changes } = guarded(before)
    const root: { mcpServers: Record<string, { args: string[] }> } = JSON.parse(text)
    const { a, b, c } = root.mcpServers
    if (!a || !b || !c) throw new Error("the three are there")
    const edited = JSON.stringify({ mcpServers: { renamed: a, c: { ...c, args: [...c.args, "--more"] } } })
    const result = restoreText(edited, changes, containers)
    expect(result.restored.map((change) => change.kind === "server" && change.pointer[1])).toEqual(["a"])
    expect(result.gone).toHaveLength(1)
    expect(result.changed).toHaveLength(1)
    expect(JSON.parse(result.text)).toMatchObject({ mcpServers: { renamed: { command: "x" } } })
    const forced = restoreText(edited, changes, containers, true)
    expect(JSON.parse(forced.text)).toEqual({
      mcpServers: { renamed: { command: "x" }, c: { command: "z" } },
    })
  })
})

const hook = { hooks: [{ type: "command", command: "/n /h/hufu.js hook user-prompt --data /d" }] }

describe("the hook", () => {
  it.each([
    "",
    "{}",
    "{ }\n",
    '{"model": "m"}',
    '{\n  "model": "m", // mine\n}\n',
    '{\r\n\t"hooks": {\r\n\t\t"Stop": [],\r\n\t},\r\n}',
    '{"hooks": {"UserPromptSubmit": []}}',
    '{\n  "hooks": {\n    "UserPromptSubmit": [\n      {"hooks": []},\n    ]\n  }\n}',
  ])("is put into %j and taken out byte for byte", (text) => {
    const added = addHook(text, hook)
    if (!added) throw new Error("there was none")
    expect(JSON.stringify(valueOf(scanJsonc(added.text) ?? raise()))).toContain("hook user-prompt")
    expect(addHook(added.text, hook)).toBeUndefined()
    expect(removeHook(added.text, added.change)).toEqual({ kind: "removed", text })
  })

  it.each(["", '{"model": "m"}', '{"hooks": {}}', '{"hooks": {"UserPromptSubmit": [{"hooks": []}]}}'])(
    "is taken out of %j after others were added and it was laid out anew",
    (text) => {
      const added = addHook(text, hook)
      if (!added) throw new Error("there was none")
      const value: { hooks: Record<string, unknown[]> } = JSON.parse(added.text)
      value.hooks["UserPromptSubmit"]?.push({ hooks: [{ type: "command", command: "mine" }] })
      for (const layout of [undefined, 3]) {
        const result = removeHook(JSON.stringify(value, null, layout), added.change)
        if (result.kind !== "removed") throw new Error("it was there")
        expect(result.text).toContain("mine")
        expect(result.text).not.toContain("hufu")
        expect(() => JSON.parse(result.text)).not.toThrow()
      }
      const alone = JSON.stringify(JSON.parse(added.text), null, 1)
      const result = removeHook(alone, added.change)
      expect(result.kind === "removed" && JSON.parse(result.text)).toEqual(
        text === "" ? {} : JSON.parse(text),
      )
    },
  )

  it("is refused when it was changed, and gone when it was taken out", () => {
    const added = addHook("{}", hook)
    if (!added) throw new Error("there was none")
    const other = added.text.replace("--data /d", "--data /e")
    expect(removeHook(other, added.change)).toMatchObject({ kind: "changed" })
    expect(removeHook(other, added.change, true)).toMatchObject({ kind: "removed", text: "{}" })
    expect(removeHook('{"hooks": {}}', added.change)).toEqual({ kind: "gone" })
  })
})

function raise(): never {
  throw new Error("there is a value")
}
