import { z } from "zod"
import { idSchema } from "../id.ts"
import { Mandate } from "../mandate/mandate.ts"
import { operation, type Operation } from "./operation.ts"
import { ActionRecord, AddedWords, TaskRecord } from "./records.ts"
import { AgentRef } from "./refs.ts"
import { list, page } from "./shapes.ts"

const Words = z.string().max(4000)

/** Tasks and the words that were said with them. */
export const taskOperations = {
  "task.start": operation({
    method: "POST",
    path: "/v1/tasks",
    scope: "hook",
    input: z.object({ agent: AgentRef, words: Words.min(1) }),
    output: TaskRecord,
    en: "Start a task for an agent, in your own words",
    zh: "用自己的话为智能体开始一个任务",
    command: { name: "task start", positional: ["agent", "words"] },
  }),
  "task.add": operation({
    method: "POST",
    path: "/v1/tasks/{task}:add-words",
    scope: "hook",
    input: z.object({ task: idSchema("task"), words: Words.min(1) }),
    output: AddedWords,
    en: "Add words of yours to a live task; they are kept with it and widen nothing",
    zh: "为进行中的任务补充您的话；随任务保存，不放宽任何权限",
    command: { name: "task add", positional: ["task", "words"] },
  }),
  "task.list": operation({
    method: "GET",
    path: "/v1/tasks",
    scope: "local",
    input: z.object({ agent: AgentRef.optional(), ...page }),
    output: list(TaskRecord),
    en: "List tasks, newest first",
    zh: "列出任务（由新到旧）",
    command: { name: "task list" },
  }),
  "task.show": operation({
    method: "GET",
    path: "/v1/tasks/{task}",
    scope: "local",
    input: z.object({ task: idSchema("task") }),
    output: z.object({
      task: TaskRecord,
      added: z.array(AddedWords),
      mandates: z.array(Mandate),
      actions: z.array(ActionRecord),
    }),
    en: "Show one task with the words added to it, its mandates and actions",
    zh: "显示一个任务及其补充的话、授权与行为",
    command: { name: "task show", positional: ["task"] },
  }),
  "task.end": operation({
    method: "POST",
    path: "/v1/tasks/{task}:end",
    scope: "local",
    input: z.object({ task: idSchema("task") }),
    output: TaskRecord,
    en: "End a task with the mandates and holds that belong to it",
    zh: "结束任务及其授权与待批",
    command: { name: "task end", positional: ["task"] },
  }),
} as const satisfies Record<string, Operation>
