import { expect, test } from "vitest"
import { inspect } from "../inspect.ts"

/** Every example is made here from parts, and none was ever a key. */
const letters = "q7Zt2LmX9cVb4NwR8sKd1FhJ6gYp3TuE5aWx0QzB"
const hex = "9f3c1e7a5b2d8064".repeat(4)

/** Apart in this file, so that nobody who scans repositories takes it for a key. */
function joined(...parts: readonly string[]): string {
  return parts.join("")
}

function found(text: string): string[] {
  return inspect(text)
    .detections.filter(({ detector }) => detector === "secrets")
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)
}

test.each([
  ["code_host_token", joined("gh", `p_${letters.slice(0, 36)}`)],
  ["code_host_token", joined("gl", `pat-${letters.slice(0, 20)}`)],
  ["cloud_key", joined("AK", "IAQ7ZT2LMX9CVB4NWR")],
  ["cloud_key", joined("LT", `AI${letters.slice(0, 20)}`)],
  ["ai_service_key", joined("sk", `-proj-${letters}`)],
  ["messaging_token", joined("xo", `xb-938395426345-036674942065-${letters.slice(0, 24)}`)],
  ["messaging_token", joined("SG", `.${letters.slice(0, 22)}.${letters.slice(0, 40)}`)],
  ["payment_key", joined("sk", `_live_${letters.slice(0, 24)}`)],
  ["cloud_key", joined("dop", `_v1_${hex}`)],
])("a key of a service is found, whole: %s", (kind, key) => {
  expect(found(`the key is ${key}, keep it`)).toEqual([`${kind} ${key}`])
  expect(found(`{"env":"A=1\\n${key}\\n"}`)).toEqual([`${kind} ${key}`])
})

test("a private key is found, whole and cut off", () => {
  const [begin, end] = ["BEGIN", "END"].map((word) => joined(`-----${word} RSA PRI`, "VATE KEY-----"))
  const whole = `${begin}\n${letters}\n${letters}\n${end}`
  expect(found(`a ${whole} b`)).toEqual([`private_key ${whole}`])
  expect(found(`a ${begin}\n${letters}`)).toHaveLength(1)
  expect(found(`${begin} is how it begins`)).toEqual([])
})

test("passwords are found by what they are assigned to", () => {
  const password = letters.slice(0, 15)
  expect(found(`postgres://admin:${password}@db.example.com/prod`)).toEqual([`url_password ${password}`])
  expect(found(`DB_PASSWORD = "${password}!"`)).toEqual([`assigned_secret ${password}!`])
  expect(found(`{"client_secret": "${password}"}`)).toEqual([`assigned_secret ${password}`])
  expect(found(`数据库密码：${password}，请保密`)).toEqual([`assigned_secret ${password}`])
  expect(found(`Authorization: Bearer ${letters}`)).toEqual([`authorization_header ${letters}`])
})

test.each([
  "password: ${DB_PASSWORD}",
  'api_key = "YOUR_API_KEY_HERE"',
  joined("AK", "IAIOSFODNN7EXAMPLE"),
  `commit ${hex.slice(0, 40)}`,
  `sha256:${hex}`,
  `ETag: "${hex.slice(0, 32)}"`,
  "https://user:password@example.com",
  "The password is required, and the token must be a string.",
  "password = os.environ['DB_PASSWORD']",
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${letters}`,
  "token: string",
])("what is no secret is not found: %s", (text) => {
  expect(found(text)).toEqual([])
})
