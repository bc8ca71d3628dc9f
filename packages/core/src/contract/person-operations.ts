import { z } from "zod"
import { idSchema } from "../id.ts"
import { operation, type Operation } from "./operation.ts"
import { HoldChoice, PasskeyRecord, RegistrationAnswer } from "./passkey.ts"
import { list, nothing } from "./shapes.ts"
import { Secret, Token } from "./sign-in.ts"

const PasskeyName = z.string().trim().min(1).max(80)

/** By what a person proves to be the person. */
export const personOperations = {
  "passkey.options": operation({
    method: "POST",
    path: "/v1/passkeys:options",
    scope: "public",
    input: z.object({
      purpose: z.enum(["register", "signin", "decide"]),
      decision: HoldChoice.optional(),
    }),
    /** `options` is what `navigator.credentials` takes, as JSON. */
    output: z.object({ options: z.record(z.string(), z.json()), expiresAt: z.int() }),
    en: "Ask for a passkey challenge: to make one, to sign in, or for one decision",
    zh: "获取通行密钥质询：用于创建、登录或作出一项决定",
  }),
  "passkey.register": operation({
    method: "POST",
    path: "/v1/passkeys",
    scope: "local",
    input: z.object({ name: PasskeyName, response: RegistrationAnswer }),
    output: Token.extend({ passkey: PasskeyRecord, person: idSchema("person") }),
    en: "Add a passkey; the first one, on a node without a person, makes its owner the person",
    zh: "添加通行密钥；在尚无委托人的节点上，第一把通行密钥的持有人即成为委托人",
  }),
  "passkey.list": operation({
    method: "GET",
    path: "/v1/passkeys",
    scope: "local",
    input: nothing,
    output: list(PasskeyRecord).extend({ secret: z.boolean() }),
    en: "List the passkeys, and say whether there is a terminal secret",
    zh: "列出通行密钥，并说明是否设有终端口令",
    command: { name: "passkey list" },
  }),
  "passkey.rename": operation({
    method: "PUT",
    path: "/v1/passkeys/{passkey}",
    scope: "person",
    input: z.object({ passkey: idSchema("passkey"), name: PasskeyName }),
    output: PasskeyRecord,
    en: "Rename a passkey",
    zh: "重命名通行密钥",
    command: { name: "passkey rename", positional: ["passkey", "name"] },
  }),
  "passkey.remove": operation({
    method: "DELETE",
    path: "/v1/passkeys/{passkey}",
    scope: "person",
    input: z.object({ passkey: idSchema("passkey") }),
    output: PasskeyRecord,
    en: "Remove a passkey; the last proof of the person stays",
    zh: "移除通行密钥；委托人的最后一种证明不可移除",
    command: { name: "passkey remove", positional: ["passkey"] },
  }),
  "person.enrol": operation({
    method: "POST",
    path: "/v1/person",
    scope: "local",
    socketOnly: true,
    input: z.object({ secret: Secret }),
    output: z.object({ person: idSchema("person") }),
    en: "Set the terminal secret, once, on a node that has none",
    zh: "在尚无口令的节点上设置终端口令（仅一次）",
  }),
  "person.change": operation({
    method: "PUT",
    path: "/v1/person",
    scope: "person",
    input: z.object({ secret: Secret }),
    output: z.object({ person: idSchema("person") }),
    en: "Change the terminal secret",
    zh: "更换终端口令",
  }),
} as const satisfies Record<string, Operation>
