import { z } from "zod"
import { idSchema } from "../id.ts"
import { RegistrationState } from "../registration/registration.ts"
import { Digest } from "./digest.ts"
import { FoundRegistrations, SearchRegistrations } from "./discovery.ts"
import { operation, type Operation } from "./operation.ts"
import { AgentRef } from "./refs.ts"
import {
  ExportedFace,
  FaceNameInput,
  ImportedDraft,
  ListedRegistration,
  RegistrationRef,
  ShownRegistration,
} from "./registration.ts"
import { list, page } from "./shapes.ts"

/** Registrations of agents, and finding them. */
export const registrationOperations = {
  "registry.search": operation({
    method: "GET",
    path: "/v1/registry/search",
    scope: "public",
    input: SearchRegistrations,
    output: FoundRegistrations,
    en: "Find approved agents by words in Chinese or English, by protocol, grade, certificate, price and more, with the reasons of each hit",
    zh: "按中英文词语、协议、分级、证书、价格等查找已批准的智能体，并给出每条结果的命中理由",
    command: { name: "registry search", positional: ["text"] },
  }),
  "registration.list": operation({
    method: "GET",
    path: "/v1/registrations",
    scope: "local",
    input: z.object({
      /** Exactly this name. */
      name: z.string().max(200).optional(),
      state: RegistrationState.optional(),
      /** The id of the last one of the page before. */
      after: idSchema("registration").optional(),
      ...page,
    }),
    output: list(ListedRegistration),
    en: "List the registrations of agents, or find one by its exact name",
    zh: "列出智能体登记，或按完整名称查找",
    command: { name: "agent search", positional: ["name"] },
  }),
  "registration.show": operation({
    method: "GET",
    path: "/v1/registrations/{registration}",
    scope: "local",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Show one registration, by its id, its name or the agent's code, with what a reviewer should know",
    zh: "按 id、名称或身份码显示一份登记，以及审核须知",
    command: { name: "registration show", positional: ["registration"] },
  }),
  "registration.claim": operation({
    method: "POST",
    path: "/v1/registrations",
    scope: "person",
    input: z.object({
      content: z.record(z.string(), z.json()),
      /** The agent of this node that it is about, by id or name. */
      agent: AgentRef.optional(),
      /** The code of the class of which it is an instance. */
      ontology: z.string().max(64).optional(),
    }),
    output: ShownRegistration,
    en: "Register an agent as a draft, which claims its name",
    zh: "以草稿登记智能体，并占用其名称",
  }),
  "registration.change": operation({
    method: "PUT",
    path: "/v1/registrations/{registration}",
    scope: "person",
    input: z.object({ registration: RegistrationRef, content: z.record(z.string(), z.json()) }),
    output: ShownRegistration,
    en: "Change a draft, or draft a change of what is approved; what others see stays until that is approved",
    zh: "修改草稿，或为已批准的登记起草变更；变更获批前对外内容不变",
  }),
  "registration.submit": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:submit",
    scope: "person",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Ask for the review of a draft or of a change",
    zh: "提交草稿或变更以供审核",
    command: { name: "registration submit", positional: ["registration"] },
  }),
  "registration.withdraw": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:withdraw",
    scope: "person",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Take back what waits for review",
    zh: "撤回待审核的内容",
    command: { name: "registration withdraw", positional: ["registration"] },
  }),
  "registration.approve": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:approve",
    scope: "person",
    input: z.object({
      registration: RegistrationRef,
      /** What was shown, so that nothing else is approved. */
      digest: Digest.optional(),
    }),
    output: ShownRegistration,
    en: "Approve what waits for review: the agent has its code from then on, and everybody may see the registration",
    zh: "批准待审核的内容：智能体自此获得身份码，登记对所有人可见",
    command: { name: "registration approve", positional: ["registration"] },
  }),
  "registration.reject": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:reject",
    scope: "person",
    input: z.object({ registration: RegistrationRef, reason: z.string().min(1).max(2000) }),
    output: ShownRegistration,
    en: "Reject what waits for review, and say why",
    zh: "驳回待审核的内容并说明理由",
    command: { name: "registration reject", positional: ["registration", "reason"] },
  }),
  "registration.disable": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:disable",
    scope: "local",
    input: z.object({ registration: RegistrationRef, reason: z.string().max(2000).default("") }),
    output: ShownRegistration,
    en: "Show a registration to nobody any more, and suspend its agent if it acts here",
    zh: "不再对外显示登记；其智能体若在本节点行事，则一并暂停",
    command: { name: "registration disable", positional: ["registration"] },
  }),
  "registration.enable": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:enable",
    scope: "person",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Show a disabled registration again; its agent stays suspended until a person resumes it",
    zh: "恢复显示已禁用的登记；其智能体仍暂停，直到委托人恢复",
    command: { name: "registration enable", positional: ["registration"] },
  }),
  "registration.retire": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:retire",
    scope: "local",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Take a registration out of service for good; its name stays taken",
    zh: "永久停用登记；其名称仍被占用",
    command: { name: "registration retire", positional: ["registration"] },
  }),
  "registration.offer": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:offer",
    scope: "person",
    input: z.object({ registration: RegistrationRef, to: idSchema("person") }),
    output: ShownRegistration,
    en: "Offer a registration and its name to another person",
    zh: "将登记及其名称转让给另一位委托人（待对方接受）",
    command: { name: "registration offer", positional: ["registration", "to"] },
  }),
  "registration.accept": operation({
    method: "POST",
    path: "/v1/registrations/{registration}:accept",
    scope: "person",
    input: z.object({ registration: RegistrationRef }),
    output: ShownRegistration,
    en: "Accept a registration that is offered to you",
    zh: "接受转让给您的登记",
    command: { name: "registration accept", positional: ["registration"] },
  }),
  "registration.export": operation({
    method: "GET",
    path: "/v1/registrations/{registration}/faces/{face}",
    scope: "local",
    input: z.object({ registration: RegistrationRef, face: FaceNameInput }),
    output: ExportedFace,
    en: "Write a registration in the form of another system, and list what that form does not say",
    zh: "以其他系统的格式导出登记，并列出该格式未能表达的内容",
    command: { name: "agent export", positional: ["registration", "face"] },
  }),
  "registration.import": operation({
    method: "POST",
    path: "/v1/registrations:import",
    scope: "local",
    input: z.object({ face: FaceNameInput, text: z.string().max(1024 * 1024) }),
    output: ImportedDraft,
    en: "Make a draft from the form of another system, and list what has no place in it; nothing is registered",
    zh: "由其他系统的格式生成草稿，并列出无处存放的内容；不会登记任何内容",
  }),
} as const satisfies Record<string, Operation>
