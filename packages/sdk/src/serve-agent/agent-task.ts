import { hash, randomUUID } from "node:crypto"
import type { A2aMessage, A2aTask } from "@hufu/core/a2a/a2a-content"
import { a2aOfHappening } from "@hufu/core/a2a/a2a-event"
import { a2aFailure } from "@hufu/core/a2a/a2a-failure"
import { saidOfA2a } from "@hufu/core/a2a/a2a-said"
import { a2aTaskOf, type Shown } from "@hufu/core/a2a/a2a-task"
import { withoutUnder } from "@hufu/core/a2a/delegation-extension"
import { type DelegationState, isEnd, isRest } from "@hufu/core/delegation/delegation-state"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import type { Product } from "@hufu/core/delegation/part"
import { Failure } from "@hufu/core/failure"
import type { AgentLimits, Asked, Content, Handle, Message } from "./agent-options.ts"
import { createEventQueue, type EventQueue } from "./event-queue.ts"
import { readContent, textOf } from "./read-content.ts"

/** One thing that the agent was asked to do. */
export interface AgentTask {
  readonly id: string
  readonly context: string
  readonly state: DelegationState
  readonly changedAt: number
  /** Of what it keeps. */
  readonly bytes: number
  /** Whether this very message came before. Throws Failure("invalid_input") where another one came under its id. */
  has(message: A2aMessage): boolean
  /** Lets the function do its work; again changes nothing. */
  start(): void
  /** Takes a message as the answer to what was asked back. Throws A2aFailure where nothing was. */
  take(message: A2aMessage): void
  cancel(): void
  look(shown?: Shown): A2aTask
  /** What happens from now on, until it rests or ends. */
  listen(until: "rest" | "end"): EventQueue
}

export interface AgentTaskParts {
  readonly handle: Handle
  readonly limits: AgentLimits
  /** Whether one more task may wait for an answer. */
  readonly mayWait: () => boolean
  readonly onEnd: () => void
  /** The function has come back, which may be long after the task has ended. */
  readonly onSettled: () => void
}

interface Question {
  readonly said: Said
  readonly timer: NodeJS.Timeout
  resolve(message: Message): void
  reject(error: Error): void
}

const mostQuestions = 16
const mostWhy = 500
const mostName = 1024

/** Opens the task that a message begins. */
export function openAgentTask(first: A2aMessage, parts: AgentTaskParts): AgentTask {
  const { handle, limits } = parts
  const id = randomUUID()
  const context = first.contextId ?? randomUUID()
  const stop = new AbortController()
  const queues = new Map<EventQueue, "rest" | "end">()
  const products: Product[] = []
  const history: { readonly from: "asker" | "partner"; readonly said: Said; readonly bytes: number }[] = []
  const taken = new Map<string, string>()
  const questions: Question[] = []
  let state: DelegationState = "working"
  let said: Said | undefined
  let changedAt = Date.now()
  let bytes = { products: 0, history: 0 }
  let action: string | undefined
  let started = false

  const opening = hear(first)

  function hear(message: A2aMessage): Message {
    const { message: told, under } = withoutUnder(message)
    const heard = saidOfA2a(told)
    taken.set(message.messageId, digestOf(message))
    remember("asker", heard)
    action = under
    return { text: textOf(heard.parts), parts: heard.parts, action }
  }

  /** The oldest is forgotten first. */
  function remember(from: "asker" | "partner", each: Said): void {
    const size = Buffer.byteLength(JSON.stringify(each))
    history.push({ from, said: each, bytes: size })
    bytes.history += size
    while (history.length > limits.items || bytes.history > limits.taskBytes)
      bytes.history -= history.shift()?.bytes ?? 0
  }

  function tell(happening: Happening): void {
    const event = a2aOfHappening(happening, { taskId: id, contextId: context }, changedAt)
    for (const queue of queues.keys()) queue.push(event)
  }

  function become(next: DelegationState, why?: Said): void {
    if (isEnd(state)) return
    if (said !== undefined) remember("partner", said)
    state = next
    said = why
    changedAt = Date.now()
    tell({ kind: "state", state, ...(said === undefined ? {} : { said }) })
    if (isRest(state)) for (const [queue, until] of queues) if (until === "rest" || isEnd(state)) queue.end()
    if (!isEnd(state)) return
    const over = new Failure("stopped", "the task has ended: nobody will answer any more")
    for (const question of questions.splice(0)) {
      clearTimeout(question.timer)
      question.reject(over)
    }
    if (state !== "completed") stop.abort()
    parts.onEnd()
  }

  /** Whoever makes more than is read of it has to wait. */
  async function room(): Promise<void> {
    await Promise.all([...queues.keys()].map((queue) => queue.room()))
  }

  function fail(error: unknown): void {
    become("failed", saying(whyOf(error)))
  }

  function saying(content: Content): Said {
    return { id: randomUUID(), parts: readContent(content).parts }
  }

  /** What is asked back stands until it is answered. */
  function speak(words: Said): void {
    if (state === "input-required") remember("partner", words)
    else become("working", words)
  }

  function make(name: string, content: Content): void {
    if (isEnd(state)) return
    const made = readContent(content)
    bytes.products += made.bytes
    if (products.length >= limits.items || bytes.products > limits.taskBytes)
      throw new Failure(
        "too_large",
        `the agent made more than ${limits.items} products, or more than ${limits.taskBytes} bytes of them`,
      )
    const product: Product = {
      id: String(products.length + 1),
      name: name.slice(0, mostName).toWellFormed(),
      parts: made.parts,
    }
    products.push(product)
    changedAt = Date.now()
    tell({ kind: "product", product, append: false, last: true })
  }

  /** What cannot be told ends the task, whether or not the function looks at what comes of it. */
  function orFail(work: () => void): Promise<void> {
    try {
      work()
      return room()
    } catch (error) {
      fail(error)
      return seen(Promise.reject(error))
    }
  }

  function ask(content: Content): Promise<Message> {
    const { promise, resolve, reject } = Promise.withResolvers<Message>()
    try {
      if (isEnd(state)) throw new Failure("stopped", "the task has ended: nobody will answer any more")
      if (questions.length >= mostQuestions || taken.size >= limits.items)
        throw new Failure("too_many", "the agent asks too many questions about one task")
      const timer = setTimeout(() => fail(new Failure("stale", "nobody answered in time")), limits.answerMs)
      timer.unref()
      questions.push({ said: saying(content), timer, resolve, reject })
      if (questions.length === 1) pose()
    } catch (error) {
      reject(error)
    }
    return seen(promise)
  }

  function pose(): void {
    const [next] = questions
    if (next === undefined) return
    if (parts.mayWait()) become("input-required", next.said)
    else fail(new Failure("overloaded", "too many tasks wait for answers: ask again later"))
  }

  async function work(): Promise<void> {
    const asked: Asked = {
      ...opening,
      task: id,
      message: first.messageId,
      context,
      get action() {
        return action
      },
      signal: stop.signal,
      say: (text) => orFail(() => speak(saying(text))),
      product: (name, content) => orFail(() => make(name, content)),
      ask,
    }
    try {
      const result = await handle(asked)
      if (result !== undefined) make("result", result)
      become("completed")
    } catch (error) {
      fail(error)
    } finally {
      parts.onSettled()
    }
  }

  return {
    id,
    context,
    get state() {
      return state
    },
    get changedAt() {
      return changedAt
    },
    get bytes() {
      return bytes.products + bytes.history
    },
    has(message) {
      const known = taken.get(message.messageId)
      if (known === undefined || known === digestOf(message)) return known !== undefined
      throw new Failure(
        "invalid_input",
        "another message came under this `messageId`: give it one of its own",
      )
    },
    start() {
      if (started) return
      started = true
      void work()
    },
    take(message) {
      const question = isEnd(state) ? undefined : questions.shift()
      if (question === undefined)
        throw a2aFailure(
          "UnsupportedOperation",
          isEnd(state)
            ? `the task has ended (${state}): start another one`
            : `the task takes no message where it stands (${state}): send this when it asks for input`,
          { code: "stale" },
        )
      clearTimeout(question.timer)
      become("working")
      question.resolve(hear(message))
      pose()
    },
    cancel: () => become("canceled"),
    look(shown) {
      const timestamp = new Date(changedAt).toISOString()
      const standing = { state, timestamp, said, history, products, metadata: undefined }
      return a2aTaskOf(standing, { taskId: id, contextId: context }, shown)
    },
    listen(until) {
      const queue = createEventQueue((ended) => queues.delete(ended))
      if (isEnd(state) || (until === "rest" && isRest(state))) queue.end()
      else queues.set(queue, until)
      return queue
    },
  }
}

function digestOf({ parts }: A2aMessage): string {
  return hash("sha256", JSON.stringify(parts))
}

/** A rejection that the function does not look at is none that ends its process. */
function seen<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

/** One line, and nothing of where it was thrown. */
function whyOf(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === "string" ? error : ""
  const [line = ""] = text.trim().split(/[\r\n]/, 1)
  return line === "" ? "the agent failed, and did not say why" : line.slice(0, mostWhy)
}
