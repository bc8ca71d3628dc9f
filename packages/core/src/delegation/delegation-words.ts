import type { Language } from "../words.ts"
import type { DelegationOrder, DelegationState } from "./delegation-state.ts"

interface Words {
  readonly state: Readonly<Record<DelegationState, string>>
  readonly order: Readonly<Record<DelegationOrder, string>>
}

/** What people read for the states and orders of a delegation. */
export const delegationWords: Readonly<Record<Language, Words>> = {
  en: {
    state: {
      submitted: "asked",
      working: "working",
      "input-required": "waits for the asking agent",
      "auth-required": "waits for you",
      delivered: "delivered",
      completed: "completed",
      failed: "failed",
      canceled: "canceled",
      rejected: "rejected",
    },
    order: {
      start: "asked",
      continue: "said more",
      cancel: "took it back",
      complete: "took what came of it",
    },
  },
  zh: {
    state: {
      submitted: "已提出",
      working: "进行中",
      "input-required": "等待委派方补充",
      "auth-required": "等待您批准",
      delivered: "已交付",
      completed: "已完成",
      failed: "失败",
      canceled: "已取消",
      rejected: "已拒绝",
    },
    order: { start: "提出委派", continue: "补充说明", cancel: "撤回委派", complete: "接收产物" },
  },
}
