import { faceNames } from "@hufu/core/registration/faces/face-path"
import { type Command, secretFlag } from "../command/command.ts"

const faces = faceNames.join("|")

/** Registering agents from files; the rest of what concerns registrations follows from the contract. */
export const registrationCommands: readonly Command[] = [
  {
    name: "agent register",
    takes: "FILE",
    en: "Register an agent from a JSON file as a draft, which claims its name",
    zh: "从 JSON 文件以草稿登记智能体，并占用其名称",
    flags: {
      agent: {
        type: "string",
        value: "AGENT",
        en: "the agent of this node that it is about",
        zh: "所登记的本节点智能体",
      },
      ontology: {
        type: "string",
        value: "CODE",
        en: "for an entity: the code of its class",
        zh: "用于实体：其本体的身份码",
      },
      submit: { type: "boolean", en: "ask for its review at once", zh: "立即提交审核" },
      ...secretFlag,
    },
    load: async () => (await import("./register.ts")).register,
  },
  {
    name: "registration change",
    takes: "REGISTRATION FILE",
    en: "Change a draft from a JSON file, or draft a change of what is approved",
    zh: "用 JSON 文件修改草稿，或为已批准的登记起草变更",
    flags: secretFlag,
    load: async () => (await import("./register.ts")).change,
  },
  {
    name: "agent import",
    takes: "FILE",
    en: "Write a draft from the form of another system, and say what is missing and what is lost",
    zh: "由其他系统的格式生成草稿，并说明缺少与丢失的内容",
    flags: {
      from: { type: "string", value: faces, en: "the form of the file", zh: "文件的格式" },
    },
    more: {
      en: "Nothing is registered. Complete the draft, then `hufu agent register FILE`.",
      zh: "不会登记任何内容。补全草稿后运行 `hufu agent register FILE`。",
    },
    load: async () => (await import("./import-draft.ts")).importDraft,
  },
  {
    name: "agent verify",
    takes: "FILE|URL",
    en: "Check an AgentCard's signature by a key that you trust",
    zh: "用您信任的密钥核对 AgentCard 的签名",
    flags: {
      key: {
        type: "string",
        value: "FILE|URL",
        en: "the public key: a JWK, or a JWK set such as a registry's /registry/keys.json",
        zh: "公钥：JWK，或 JWK 集合（如登记平台的 /registry/keys.json）",
      },
    },
    load: async () => (await import("./verify-card.ts")).verifyCard,
  },
]
