import { z } from "zod"
import { operation, type Operation } from "./operation.ts"
import { PackRecord, SetProtection, ShownProtection } from "./protection.ts"
import { list, nothing } from "./shapes.ts"

/** The persons for whom agents act with more care, and the scenario packs. */
export const protectionOperations = {
  "protection.list": operation({
    method: "GET",
    path: "/v1/protections",
    scope: "local",
    input: nothing,
    output: list(ShownProtection),
    en: "List the persons for whom agents act with more care: their age, guardian and use",
    zh: "列出智能体须更加谨慎对待的人：其年龄、监护人与使用情况",
    command: { name: "protection list" },
  }),
  "protection.set": operation({
    method: "PUT",
    path: "/v1/protections/{name}",
    scope: "person",
    input: SetProtection,
    output: ShownProtection,
    en: "Say how old a person is, where they are, who their guardian is and which agents they use",
    zh: "说明某人的年龄、所在时区、监护人以及使用哪些智能体",
    command: { name: "protection set", positional: ["name"] },
  }),
  "protection.remove": operation({
    method: "DELETE",
    path: "/v1/protections/{protection}",
    scope: "person",
    input: z.object({ protection: z.string().min(1).max(80) }),
    output: ShownProtection,
    en: "Remove what is said of a person, and what they have used; whom their agents serve is unknown again",
    zh: "移除有关某人的说明及其使用记录；其智能体为谁服务重新变为未知",
    command: { name: "protection remove", positional: ["protection"] },
  }),
  "pack.list": operation({
    method: "GET",
    path: "/v1/packs",
    scope: "local",
    input: nothing,
    output: list(PackRecord),
    en: "List the scenario packs, where each is in force, and its figures with their sources",
    zh: "列出场景包、各自的生效范围，以及其中的数字与出处",
    command: { name: "pack list" },
  }),
} as const satisfies Record<string, Operation>
