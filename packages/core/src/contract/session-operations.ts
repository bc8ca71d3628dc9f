import { z } from "zod"
import { idSchema } from "../id.ts"
import { operation, type Operation } from "./operation.ts"
import { AssertionAnswer, BrowserRecord, HoldChoice } from "./passkey.ts"
import { list, nothing } from "./shapes.ts"
import { Secret, Token } from "./sign-in.ts"

/** Signing in, and the browsers that were let in. */
export const sessionOperations = {
  "session.create": operation({
    method: "POST",
    path: "/v1/sessions",
    scope: "public",
    input: z.object({ secret: Secret }),
    output: Token,
    en: "Sign in with the terminal secret",
    zh: "用终端口令登录",
  }),
  "session.passkey": operation({
    method: "POST",
    path: "/v1/sessions:passkey",
    scope: "public",
    input: z.object({
      response: AssertionAnswer,
      /** What the challenge was asked for: the session then approves this and nothing else. */
      decision: HoldChoice.optional(),
      /** Lets this browser in as well, as a sign-in link does. */
      browser: z.boolean().default(false),
    }),
    output: Token.extend({ browser: Token.nullable() }),
    en: "Sign in with a passkey, or for one decision alone",
    zh: "用通行密钥登录，或仅为一项决定登录",
  }),
  "signin.create": operation({
    method: "POST",
    path: "/v1/sign-in-links",
    scope: "local",
    socketOnly: true,
    input: nothing,
    output: z.object({ url: z.string(), expiresAt: z.int() }),
    en: "Make a link that opens the console in a browser, once, within five minutes",
    zh: "生成在浏览器中打开控制台的一次性链接（五分钟内有效）",
    command: { name: "signin" },
  }),
  "signin.exchange": operation({
    method: "POST",
    path: "/v1/sign-in-links:exchange",
    scope: "public",
    input: z.object({ code: z.string().max(200) }),
    output: Token,
    en: "Let the browser in that opened a sign-in link: it may look and narrow",
    zh: "允许打开登录链接的浏览器进入：可查看、可收窄",
  }),
  "browser.list": operation({
    method: "GET",
    path: "/v1/browsers",
    scope: "local",
    input: nothing,
    output: list(BrowserRecord),
    en: "List the browsers that were let in",
    zh: "列出已允许进入的浏览器",
    command: { name: "browser list" },
  }),
  "browser.revoke": operation({
    method: "POST",
    path: "/v1/browsers/{browser}:revoke",
    scope: "local",
    input: z.object({ browser: idSchema("browser") }),
    output: BrowserRecord,
    en: "Let a browser in no more",
    zh: "不再允许某个浏览器进入",
    command: { name: "browser revoke", positional: ["browser"] },
  }),
} as const satisfies Record<string, Operation>
