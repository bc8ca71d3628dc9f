import type { A2aMessage } from "@hufu/core/a2a/a2a-content"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import { Failure } from "@hufu/core/failure"
import type { AgentLimits, Handle } from "./agent-options.ts"
import { type AgentTask, openAgentTask } from "./agent-task.ts"

/** What an agent works on, and what it has worked on as far as it remembers. */
export interface AgentTasks {
  /** The task that a message begins, or began when it came before. Throws Failure. */
  begin(message: A2aMessage): AgentTask
  get(id: string): AgentTask | undefined
  /** Those that changed last first. */
  list(): AgentTask[]
  /** Cancels whatever is open, and begins nothing more. */
  close(): void
}

export function createAgentTasks(handle: Handle, limits: AgentLimits): AgentTasks {
  const tasks = new Map<string, AgentTask>()
  /** Which task a message began: it may come again. */
  const begun = new Map<string, AgentTask>()
  /** The keys in `begun` of those that have ended, the oldest first. */
  const ended = new Map<string, AgentTask>()
  let endedBytes = 0
  /** Functions that have not come back, whatever has become of their tasks. */
  let running = 0
  let isClosed = false

  function forget(): void {
    for (const [key, task] of ended) {
      if (ended.size <= limits.endedTasks && endedBytes <= limits.endedBytes) return
      ended.delete(key)
      begun.delete(key)
      tasks.delete(task.id)
      endedBytes -= task.bytes
    }
  }

  return {
    begin(message) {
      const key = JSON.stringify([message.contextId ?? "", message.messageId])
      const known = begun.get(key)
      if (known?.has(message) === true) return known
      if (isClosed) throw new Failure("stopped", "the agent is closed")
      if (running >= limits.openTasks)
        throw new Failure("overloaded", "the agent works on too many tasks: ask again later")
      const task = openAgentTask(message, {
        handle,
        limits,
        mayWait: () =>
          [...tasks.values()].filter(({ state }) => state === "input-required").length < limits.waitingTasks,
        onEnd() {
          ended.set(key, task)
          endedBytes += task.bytes
          forget()
        },
        onSettled: () => void running--,
      })
      running++
      tasks.set(task.id, task)
      begun.set(key, task)
      return task
    },
    get: (id) => tasks.get(id),
    list: () => [...tasks.values()].toSorted((a, b) => b.changedAt - a.changedAt),
    close() {
      isClosed = true
      for (const task of tasks.values()) if (!isEnd(task.state)) task.cancel()
    },
  }
}
