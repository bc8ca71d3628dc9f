import { A2aEvent, A2aTask } from "@hufu/core/a2a/a2a-content"
import { a2aErrors, type A2aErrorName } from "@hufu/core/a2a/a2a-errors"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { Implementation } from "./implementation.ts"
import type { Told } from "./webhook.ts"
import { type Answer, itemsOf, membersOf } from "./wire.ts"

/**
 * The mandatory requirements of A2A 1.0 on whoever serves it, by the ids under which the project's compatibility kit lists them (a2a-tck,
 * branch 1.0-dev). The words and the checks are our own. What a requirement asks of clients, or what nobody can see from outside, is listed
 * in the README.
 */
export interface Requirement {
  readonly id: string
  readonly says: string
  /** Over one binding only. */
  readonly binding?: "JSONRPC" | "HTTP+JSON"
  /** Throws Unmet, and NotApplicable with the reason. */
  readonly check: (of: Implementation) => Promise<void>
}

export class Unmet extends Error {}
export class NotApplicable extends Error {}

/** What follows is about something that the card declares, or about something that it does not. */
function needs({ capabilities }: Implementation, name: string, isDeclared = true): void {
  if ((capabilities[name] === true) !== isDeclared)
    throw new NotApplicable(`the card ${isDeclared ? "does not declare" : "declares"} \`${name}\``)
}

const ends = new Set([
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
])
const textOf = (value: JsonValue | undefined) =>
  typeof value === "string" ? value : JSON.stringify(value ?? null)
const stateOf = (task: JsonValue | undefined) => textOf(membersOf(membersOf(task)["status"])["state"])
const taskOf = (answer: Answer) => membersOf(answer.result?.["task"])

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Unmet(otherwise)
}

/** In 1.0.0 these errors had another status over HTTP than in 1.0.1; both are right. */
const earlier: Readonly<Partial<Record<A2aErrorName, number>>> = {
  TaskNotCancelable: 409,
  ContentTypeNotSupported: 415,
  InvalidAgentResponse: 502,
}

function mustBeError(answer: Answer, name: A2aErrorName, { wire }: Implementation): void {
  const { rpc, http, reason } = a2aErrors[name]
  const right = wire.binding === "JSONRPC" ? [rpc] : [http, earlier[name]]
  must(
    answer.errorCode !== undefined && right.includes(answer.errorCode),
    `expected ${name} (${right.join(" or ")}), got ${answer.errorCode ?? "a result"}: ${answer.errorMessage}`,
  )
  if (wire.binding === "JSONRPC") return
  const found = answer.details.find((each) => each["reason"] === reason)
  must(
    found?.["domain"] === "a2a-protocol.org",
    `no google.rpc.ErrorInfo with the reason ${reason} of a2a-protocol.org`,
  )
}

const fresh = (name: string) => `tck-${name}-${crypto.randomUUID()}`

async function all(events: AsyncIterable<JsonObject>): Promise<JsonObject[]> {
  const found: JsonObject[] = []
  for await (const each of events) found.push(each)
  return found
}

const kindOf = (event: JsonObject | undefined) => Object.keys(event ?? {})[0] ?? "nothing"

async function streamed(of: Implementation, prefix: string): Promise<JsonObject[]> {
  const stream = await of.wire.stream("SendStreamingMessage", { message: of.message(prefix) })
  must(stream.answer === undefined, `no stream: ${JSON.stringify(stream.answer?.body ?? null).slice(0, 300)}`)
  return all(stream.events())
}

/** Two streams of one task that waits for input, which then goes on and ends. */
async function twoStreams(of: Implementation, isFirstClosed: boolean) {
  const task = await of.waiting()
  const opened = await Promise.all(
    [1, 2].map(() => of.wire.stream("SubscribeToTask", { id: task["id"] ?? "" })),
  )
  const iterators = opened.map((each) => each.events()[Symbol.asyncIterator]())
  const firsts = await Promise.all(iterators.map((each) => each.next()))
  for (const { value } of firsts)
    must(kindOf(value as JsonObject | undefined) === "task", "a subscription begins with the task")
  if (isFirstClosed) await iterators[0]?.return?.()
  const reading = iterators.slice(isFirstClosed ? 1 : 0).map(async (each) => {
    const found: JsonObject[] = []
    for (let next = await each.next(); next.done !== true; next = await each.next()) found.push(next.value)
    return found
  })
  const answer = await of.say("tck-complete-task", { message: { taskId: task["id"] ?? "" } })
  must(answer.result !== undefined, `the task does not go on: ${answer.errorMessage}`)
  return Promise.all(reading)
}

function pushConfig(of: Implementation, task: JsonObject, id: string): JsonObject {
  return { taskId: task["id"] ?? "", id, url: of.webhook.url }
}

async function withPush(
  of: Implementation,
  use: (task: JsonObject, id: string) => Promise<void>,
): Promise<void> {
  needs(of, "pushNotifications")
  const task = await of.waiting()
  const id = fresh("push")
  const made = await of.wire.call("CreateTaskPushNotificationConfig", pushConfig(of, task, id))
  must(made.result?.["id"] === id, `a configuration could not be made: ${made.errorMessage}`)
  await use(task, id)
}

/** What several requirements look at, asked for once of each implementation. */
function once<T>(
  known: WeakMap<Implementation, Promise<T>>,
  of: Implementation,
  ask: (of: Implementation) => Promise<T>,
) {
  const found = known.get(of) ?? ask(of)
  known.set(of, found)
  return found
}

const deliveries = new WeakMap<Implementation, Promise<readonly Told[]>>()
const forms = new WeakMap<Implementation, Promise<void>>()

/** What a webhook is told of a task that goes on to its end. */
function delivered(of: Implementation): Promise<readonly Told[]> {
  needs(of, "pushNotifications")
  return once(deliveries, of, deliver)
}

/** Every kind of part, and a message alone, are of the protocol's form. */
async function formsOf(of: Implementation): Promise<void> {
  for (const prefix of [
    "tck-artifact-text",
    "tck-artifact-file",
    "tck-artifact-file-url",
    "tck-artifact-data",
  ]) {
    const task = taskOf(await of.say(prefix))
    must(isOfSchema(A2aTask, task) && itemsOf(task["artifacts"]).length === 1, `\`${prefix}\` is not`)
  }
  must(isOfSchema(A2aEvent, (await of.say("tck-message-response")).result), "a message is not")
}

async function deliver(of: Implementation): Promise<readonly Told[]> {
  const authentication = { scheme: "Bearer", credentials: "of-the-webhook" }
  const configuration = {
    taskPushNotificationConfig: { id: fresh("push"), url: of.webhook.url, authentication },
  }
  const begun = await of.say("tck-input-required", { configuration })
  const task = taskOf(begun)
  must(task["id"] !== undefined, `a webhook is not taken: ${begun.errorMessage}`)
  await of.say("tck-complete-task", { message: { taskId: task["id"] } })
  return of.webhook.toldOf(textOf(task["id"]), ({ body }) =>
    ends.has(stateOf(body["statusUpdate"] ?? body["task"])),
  )
}

function valuesOf(value: JsonValue | undefined, key: string): JsonValue[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(each, key))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => [
    ...(name === key ? [member] : []),
    ...valuesOf(member, key),
  ])
}

/** Names of members outside of what the agents themselves put there. */
function namesIn(value: JsonValue | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === "metadata" || name === "data" ? [name] : [name, ...namesIn(member)],
  )
}

function isOfSchema(schema: typeof A2aTask | typeof A2aEvent, value: JsonValue | undefined): boolean {
  return schema.safeParse(value).success
}

export const requirements: readonly Requirement[] = [
  {
    id: "CORE-SEND-001",
    says: "a message is answered with a task or a message",
    async check(of) {
      const { result } = await of.say("tck-complete-task")
      must(
        result?.["task"] !== undefined || result?.["message"] !== undefined,
        "neither a task nor a message",
      )
    },
  },
  {
    id: "CORE-SEND-002",
    says: "a task that has ended takes no message",
    async check(of) {
      const task = await of.ended()
      const answer = await of.say("tck-complete-task", { message: { taskId: task["id"] ?? "" } })
      mustBeError(answer, "UnsupportedOperation", of)
    },
  },
  {
    id: "CORE-SEND-003",
    says: "a media type that the agent does not take is refused",
    async check(of) {
      const parts = [{ raw: "dGNr", mediaType: "application/x-unsupported-tck-type" }]
      mustBeError(await of.say("tck-send-003", { message: { parts } }), "ContentTypeNotSupported", of)
    },
  },
  {
    id: "CORE-STREAM-001",
    says: "a streaming message opens a stream",
    async check(of) {
      needs(of, "streaming")
      const stream = await of.wire.stream("SendStreamingMessage", { message: of.message("tck-stream-001") })
      must(stream.contentType.startsWith("text/event-stream"), `the content type is ${stream.contentType}`)
      must((await all(stream.events())).length > 0, "the stream is empty")
    },
  },
  {
    id: "CORE-STREAM-002",
    says: "a stream that begins with a message ends with it",
    async check(of) {
      needs(of, "streaming")
      if (kindOf((await of.say("tck-message-response")).result) === "task")
        throw new NotApplicable("it always answers with a task")
      must(
        (await streamed(of, "tck-message-response")).map(kindOf).join() === "message",
        "more than one message",
      )
    },
  },
  {
    id: "CORE-STREAM-003",
    says: "a stream of a task begins with it and ends with its end",
    async check(of) {
      needs(of, "streaming")
      const events = await streamed(of, "tck-stream-003")
      must(kindOf(events[0]) === "task", `it begins with ${kindOf(events[0])}`)
      const last = events.at(-1)
      must(ends.has(stateOf(last?.["statusUpdate"] ?? last?.["task"])), "it closes before the task has ended")
    },
  },
  {
    id: "CORE-GET-001",
    says: "a task can be looked at",
    async check(of) {
      const task = await of.ended()
      const answer = await of.wire.call("GetTask", { id: task["id"] ?? "" })
      must(answer.result?.["id"] === task["id"], `it is not found: ${answer.errorMessage}`)
      must(stateOf(answer.result) === "TASK_STATE_COMPLETED", `its state is ${stateOf(answer.result)}`)
    },
  },
  {
    id: "CORE-GET-002",
    says: "a task that is not there is said not to be",
    check: async (of) =>
      mustBeError(await of.wire.call("GetTask", { id: fresh("none") }), "TaskNotFound", of),
  },
  {
    id: "CORE-LIST-002",
    says: "tasks come in pages by a cursor",
    async check(of) {
      const contextId = fresh("pages")
      for (let i = 0; i < 3; i++) await of.say("tck-complete-task", { message: { contextId } })
      const seen = new Set<unknown>()
      let pageToken = ""
      do {
        const asked = { contextId, pageSize: 2, ...(pageToken === "" ? {} : { pageToken }) }
        const { result } = await of.wire.call("ListTasks", asked)
        const tasks = itemsOf(result?.["tasks"])
        must(tasks.length <= 2, "a page is larger than asked for")
        for (const { id } of tasks) must(!seen.has(id) && seen.add(id).size > 0, "a task is on two pages")
        pageToken = textOf(result?.["nextPageToken"])
      } while (pageToken !== "" && seen.size < 10)
      must(seen.size === 3, `the pages hold ${seen.size} of 3 tasks`)
    },
  },
  {
    id: "CORE-LIST-003",
    says: "the task that changed last comes first",
    async check(of) {
      const contextId = fresh("order")
      for (let i = 0; i < 3; i++) await of.say("tck-complete-task", { message: { contextId } })
      const { result } = await of.wire.call("ListTasks", { contextId })
      const times = itemsOf(result?.["tasks"]).map((task) =>
        Date.parse(textOf(membersOf(task["status"])["timestamp"])),
      )
      must(
        times.length === 3 && times.every((at, i) => i === 0 || at <= (times[i - 1] ?? 0)),
        `the times are ${times.join()}`,
      )
    },
  },
  {
    id: "CORE-LIST-004",
    says: "the last page ends with an empty token",
    async check(of) {
      const { result } = await of.wire.call("ListTasks", { contextId: fresh("nobody"), pageSize: 100 })
      must(result?.["nextPageToken"] === "", `it ends with ${JSON.stringify(result?.["nextPageToken"])}`)
    },
  },
  {
    id: "CORE-LIST-005",
    says: "artifacts are left out unless they are wanted",
    async check(of) {
      const contextId = fresh("artifacts")
      await of.say("tck-artifact-text", { message: { contextId } })
      const { result } = await of.wire.call("ListTasks", { contextId, includeArtifacts: false })
      const tasks = itemsOf(result?.["tasks"])
      must(tasks.length === 1 && tasks.every((task) => !("artifacts" in task)), "there are some")
      const wanted = await of.wire.call("ListTasks", { contextId, includeArtifacts: true })
      must(
        itemsOf(itemsOf(wanted.result?.["tasks"])[0]?.["artifacts"]).length === 1,
        "there are none where they are wanted",
      )
    },
  },
  {
    id: "CORE-CANCEL-001",
    says: "a task can be canceled",
    async check(of) {
      const task = await of.waiting()
      const answer = await of.wire.call("CancelTask", { id: task["id"] ?? "" })
      must(stateOf(answer.result) === "TASK_STATE_CANCELED", `its state is ${stateOf(answer.result)}`)
    },
  },
  {
    id: "CORE-CANCEL-002",
    says: "a task that has ended cannot",
    async check(of) {
      const task = await of.ended()
      mustBeError(await of.wire.call("CancelTask", { id: task["id"] ?? "" }), "TaskNotCancelable", of)
    },
  },
  {
    id: "CORE-CANCEL-003",
    says: "nor one that is not there",
    check: async (of) =>
      mustBeError(await of.wire.call("CancelTask", { id: fresh("none") }), "TaskNotFound", of),
  },
  {
    id: "CORE-EXECUTION-MODE-001",
    says: "an answer waits for the end of the task",
    async check(of) {
      const answer = await of.say("tck-delayed-complete", { configuration: { returnImmediately: false } })
      must(
        stateOf(answer.result?.["task"]) === "TASK_STATE_COMPLETED",
        `its state is ${stateOf(answer.result?.["task"])}`,
      )
    },
  },
  {
    id: "CORE-EXECUTION-MODE-002",
    says: "unless it is to come at once",
    async check(of) {
      const answer = await of.say("tck-delayed-complete", { configuration: { returnImmediately: true } })
      const task = taskOf(answer)
      must(task["id"] !== undefined && !ends.has(stateOf(task)), `its state is ${stateOf(task)}`)
    },
  },
  {
    id: "CORE-ERR-001",
    says: "an error has a code and says what is wrong",
    async check(of) {
      const answer = await of.wire.call("GetTask", { id: fresh("none") })
      must(answer.errorCode !== undefined && answer.errorMessage !== "", "it has not")
    },
  },
  {
    id: "CORE-ERR-002",
    says: "parameters are looked at before anything is done",
    async check(of) {
      const wrong = [
        await of.wire.call("SendMessage", { message: { role: "ROLE_USER", parts: [{ text: "no id" }] } }),
        await of.wire.call("ListTasks", { pageSize: 0 }),
        await of.wire.call("ListTasks", { pageSize: 101 }),
      ]
      for (const answer of wrong)
        must(
          answer.errorCode === (of.wire.binding === "JSONRPC" ? -32602 : 400),
          `it is answered with ${answer.errorCode ?? "a result"}`,
        )
    },
  },
  {
    id: "CORE-CAP-001",
    says: "push notifications that are not declared are refused",
    async check(of) {
      needs(of, "pushNotifications", false)
      const answer = await of.wire.call("CreateTaskPushNotificationConfig", {
        taskId: "t",
        id: "p",
        url: "http://127.0.0.1:9/",
      })
      mustBeError(answer, "PushNotificationNotSupported", of)
    },
  },
  {
    id: "CORE-CAP-002",
    says: "streams that are not declared are refused",
    async check(of) {
      needs(of, "streaming", false)
      const { answer } = await of.wire.stream("SendStreamingMessage", {
        message: of.message("tck-stream-001"),
      })
      must(answer !== undefined, "there is a stream")
      mustBeError(answer, "UnsupportedOperation", of)
    },
  },
  {
    id: "CORE-CAP-003",
    says: "an extended card that is not declared is refused",
    async check(of) {
      needs(of, "extendedAgentCard", false)
      mustBeError(await of.wire.call("GetExtendedAgentCard", {}), "UnsupportedOperation", of)
    },
  },
  {
    id: "CORE-CAP-004",
    says: "an extension that is required has to be declared",
    async check(of) {
      const needed = itemsOf(of.capabilities["extensions"]).filter((each) => each["required"] === true)
      if (needed.length === 0) throw new NotApplicable("the card requires no extension")
      mustBeError(await of.say("tck-complete-task"), "ExtensionSupportRequired", of)
    },
  },
  {
    id: "CORE-MULTI-001a",
    says: "a conversation that the agent made up is told",
    async check(of) {
      const { result } = await of.say("tck-complete-task")
      const said = membersOf(result?.["task"] ?? result?.["message"])
      must(typeof said["contextId"] === "string" && said["contextId"] !== "", "there is no contextId")
    },
  },
  {
    id: "CORE-MULTI-002a",
    says: "one that the client made up is kept or refused, not replaced",
    async check(of) {
      const contextId = fresh("client-context")
      const { result } = await of.say("tck-complete-task", { message: { contextId } })
      const said = membersOf(result?.["task"] ?? result?.["message"])
      must(result === undefined || said["contextId"] === contextId, `it is ${textOf(said["contextId"])}`)
    },
  },
  {
    id: "CORE-MULTI-003",
    says: "every task has an id of its own",
    async check(of) {
      const [one, other] = [await of.ended(), await of.ended()]
      must(typeof one["id"] === "string" && one["id"] !== other["id"], "two have the same")
    },
  },
  {
    id: "CORE-MULTI-004",
    says: "a message to a task that is not there is refused",
    async check(of) {
      mustBeError(
        await of.say("tck-complete-task", { message: { taskId: fresh("none") } }),
        "TaskNotFound",
        of,
      )
    },
  },
  {
    id: "CORE-MULTI-005",
    says: "the conversation of a task need not be named",
    async check(of) {
      const task = await of.waiting()
      const { result } = await of.say("tck-complete-task", { message: { taskId: task["id"] ?? "" } })
      must(membersOf(result?.["task"])["contextId"] === task["contextId"], "it is another")
    },
  },
  {
    id: "CORE-MULTI-006",
    says: "and is refused where it is another's",
    async check(of) {
      const task = await of.waiting()
      const message = { taskId: task["id"] ?? "", contextId: fresh("another") }
      must((await of.say("tck-complete-task", { message })).errorCode !== undefined, "it is taken")
    },
  },
  {
    id: "CORE-HIST-002",
    says: "no more of the history is shown than asked for",
    async check(of) {
      const task = await of.ended()
      for (const historyLength of [0, 1]) {
        const { result } = await of.wire.call("GetTask", { id: task["id"] ?? "", historyLength })
        must(
          result !== undefined && itemsOf(result["history"]).length <= historyLength,
          `more than ${historyLength}`,
        )
      }
    },
  },
  {
    id: "STREAM-ORDER-001",
    says: "events come in the order in which they happened",
    async check(of) {
      needs(of, "streaming")
      const events = await streamed(of, "tck-stream-ordering")
      const texts = events.flatMap((each) =>
        itemsOf(membersOf(membersOf(each["artifactUpdate"])["artifact"])["parts"]).map(({ text }) => text),
      )
      must(JSON.stringify(texts) === '["1","2","3"]', `they come as ${JSON.stringify(texts)}`)
    },
  },
  {
    id: "STREAM-ORDER-002",
    says: "every open stream of a task is told",
    async check(of) {
      needs(of, "streaming")
      const [one = [], other = []] = await twoStreams(of, false)
      must(one.length > 0 && other.length > 0, "one is told nothing")
    },
  },
  {
    id: "STREAM-ORDER-003",
    says: "and the same in the same order",
    async check(of) {
      needs(of, "streaming")
      const [one, other] = await twoStreams(of, false)
      must(JSON.stringify(one) === JSON.stringify(other), "they differ")
    },
  },
  {
    id: "STREAM-ORDER-004",
    says: "a stream that is closed takes nothing from the others",
    async check(of) {
      needs(of, "streaming")
      const [left = []] = await twoStreams(of, true)
      must(
        left.some((each) => ends.has(stateOf(each["statusUpdate"]))),
        "the other is not told of the end",
      )
    },
  },
  {
    id: "STREAM-SUB-001",
    says: "a subscription begins with the task as it stands",
    async check(of) {
      needs(of, "streaming")
      const task = await of.waiting()
      const stream = await of.wire.stream("SubscribeToTask", { id: task["id"] ?? "" })
      const events = stream.events()[Symbol.asyncIterator]()
      const first = await events.next()
      await events.return?.()
      must(first.done !== true, "there is no stream")
      must(membersOf(first.value["task"])["id"] === task["id"], `it begins with ${kindOf(first.value)}`)
    },
  },
  {
    id: "STREAM-SUB-002",
    says: "and ends with the end of the task",
    async check(of) {
      needs(of, "streaming")
      const [one = []] = await twoStreams(of, false)
      must(ends.has(stateOf(one.at(-1)?.["statusUpdate"])), "it ends before")
    },
  },
  {
    id: "STREAM-SUB-003",
    says: "a task that has ended has no stream",
    async check(of) {
      needs(of, "streaming")
      const task = await of.ended()
      const { answer } = await of.wire.stream("SubscribeToTask", { id: task["id"] ?? "" })
      must(answer !== undefined, "there is one")
      mustBeError(answer, "UnsupportedOperation", of)
    },
  },
  {
    id: "STREAM-SUB-004",
    says: "nor has one that is not there",
    async check(of) {
      needs(of, "streaming")
      const { answer } = await of.wire.stream("SubscribeToTask", { id: fresh("none") })
      must(answer !== undefined, "there is one")
      mustBeError(answer, "TaskNotFound", of)
    },
  },
  {
    id: "PUSH-CREATE-001",
    says: "a webhook can be named",
    check: (of) => withPush(of, async () => {}),
  },
  {
    id: "PUSH-CREATE-002",
    says: "and is remembered",
    check: (of) =>
      withPush(of, async (task, id) => {
        const found = await of.wire.call("GetTaskPushNotificationConfig", { taskId: task["id"] ?? "", id })
        must(found.result !== undefined, found.errorMessage)
      }),
  },
  {
    id: "PUSH-GET-001",
    says: "with its address",
    check: (of) =>
      withPush(of, async (task, id) => {
        const { result } = await of.wire.call("GetTaskPushNotificationConfig", {
          taskId: task["id"] ?? "",
          id,
        })
        must(
          result?.["id"] === id && result["url"] === pushConfig(of, task, id)["url"],
          JSON.stringify(result),
        )
      }),
  },
  {
    id: "PUSH-GET-002",
    says: "one that is not there is refused",
    check: (of) =>
      withPush(of, async (task) => {
        const found = await of.wire.call("GetTaskPushNotificationConfig", {
          taskId: task["id"] ?? "",
          id: fresh("none"),
        })
        must(found.errorCode !== undefined, "it is found")
      }),
  },
  {
    id: "PUSH-LIST-001",
    says: "all of a task are listed",
    check: (of) =>
      withPush(of, async (task, id) => {
        const { result } = await of.wire.call("ListTaskPushNotificationConfigs", { taskId: task["id"] ?? "" })
        must(
          itemsOf(result?.["configs"]).some((each) => each["id"] === id),
          "it is not among them",
        )
      }),
  },
  {
    id: "PUSH-DEL-001",
    says: "one that is deleted is gone",
    check: (of) =>
      withPush(of, async (task, id) => {
        const ref = { taskId: task["id"] ?? "", id }
        must(
          (await of.wire.call("DeleteTaskPushNotificationConfig", ref)).errorCode === undefined,
          "it cannot be deleted",
        )
        must(
          (await of.wire.call("GetTaskPushNotificationConfig", ref)).errorCode !== undefined,
          "it is there",
        )
      }),
  },
  {
    id: "PUSH-DEL-002",
    says: "and may be deleted again",
    check: (of) =>
      withPush(of, async (task, id) => {
        const ref = { taskId: task["id"] ?? "", id }
        for (let i = 0; i < 2; i++)
          must(
            (await of.wire.call("DeleteTaskPushNotificationConfig", ref)).errorCode === undefined,
            "it may not",
          )
      }),
  },
  {
    id: "PUSH-DELIVER-001",
    says: "a webhook is shown what it asked for",
    async check(of) {
      const told = await delivered(of)
      must(
        told.length > 0 && told.every(({ authorization }) => authorization === "Bearer of-the-webhook"),
        "it is not",
      )
    },
  },
  {
    id: "PUSH-DELIVER-002",
    says: "and is told at least once",
    async check(of) {
      const told = await delivered(of)
      must(told.length > 0, "it is told nothing")
    },
  },
  {
    id: "PUSH-DELIVER-003",
    says: "in events of the protocol",
    async check(of) {
      const told = await delivered(of)
      must(told.length > 0 && told.every(({ body }) => isOfSchema(A2aEvent, body)), "it is not")
    },
  },
  ...[
    "DM-TASK-001",
    "DM-TASK-002",
    "DM-MSG-001",
    "DM-MSG-002",
    "DM-PART-001",
    "DM-ART-001",
    "DM-STATUS-001",
    "DM-SERIAL-004",
  ].map((id): Requirement => ({
    id,
    says: "what is answered is of the protocol's form",
    check: (of) => once(forms, of, formsOf),
  })),
  {
    id: "DM-SERIAL-001",
    says: "members are named in camel case",
    async check(of) {
      const names = namesIn(taskOf(await of.say("tck-artifact-file")))
      must(
        names.length > 5 && names.every((name) => !name.includes("_")),
        names.filter((name) => name.includes("_")).join(),
      )
    },
  },
  {
    id: "DM-SERIAL-002",
    says: "states and roles are words",
    async check(of) {
      const task = taskOf(await of.say("tck-complete-task"))
      const words = [...valuesOf(task, "state"), ...valuesOf(task, "role")]
      must(words.length > 0 && words.every((word) => typeof word === "string"), JSON.stringify(words))
    },
  },
  {
    id: "DM-SERIAL-003",
    says: "times are of ISO 8601 in UTC",
    async check(of) {
      const times = valuesOf(taskOf(await of.say("tck-complete-task")), "timestamp")
      must(
        times.length > 0 && times.every((at) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(textOf(at))),
        JSON.stringify(times),
      )
    },
  },
  {
    id: "VER-SERVER-001",
    says: "1.0 is served as 1.0",
    async check(of) {
      const answer = await of.wire.call(
        "ListTasks",
        { contextId: fresh("nobody") },
        { headers: { "a2a-version": "1.0" } },
      )
      must(answer.result !== undefined, answer.errorMessage)
    },
  },
  {
    id: "VER-SERVER-002",
    says: "a version that is not served is refused",
    async check(of) {
      const headers = { "a2a-version": "99.0" }
      mustBeError(
        await of.wire.call("ListTasks", { contextId: fresh("nobody") }, { headers }),
        "VersionNotSupported",
        of,
      )
    },
  },
  {
    id: "VER-SERVER-003",
    says: "no version is 0.3",
    async check(of) {
      const headers = { "a2a-version": "" }
      const answer = await of.wire.call("ListTasks", { contextId: fresh("nobody") }, { headers })
      // In 0.3 there is no such method; whoever does not serve 0.3 says that.
      must(answer.errorCode !== undefined, "it is served as 1.0")
    },
  },
  {
    id: "CARD-DISC-001",
    says: "there is a card",
    check: async (of) => must(Object.keys(of.card).length > 0, "it is empty"),
  },
  {
    id: "CARD-PROTO-001",
    says: "which says what is spoken",
    check: async (of) => must(itemsOf(of.card["supportedInterfaces"]).length > 0, "it does not"),
  },
  {
    id: "CARD-PROTO-002",
    says: "and where",
    async check(of) {
      for (const { url, protocolBinding, protocolVersion } of itemsOf(of.card["supportedInterfaces"])) {
        must(URL.canParse(textOf(url)), `\`${textOf(url)}\` is no address`)
        must(
          typeof protocolBinding === "string" && typeof protocolVersion === "string",
          "an interface lacks its binding or version",
        )
      }
    },
  },
  {
    id: "CARD-STRUCT-001",
    says: "with all that a card needs",
    async check(of) {
      const needed = [
        "name",
        "description",
        "supportedInterfaces",
        "version",
        "capabilities",
        "defaultInputModes",
        "defaultOutputModes",
        "skills",
      ]
      const missing = needed.filter((name) => !(name in of.card))
      must(missing.length === 0, `it lacks ${missing.join()}`)
    },
  },
  {
    id: "CARD-EXT-001",
    says: "an extended card is there where it is declared",
    async check(of) {
      needs(of, "extendedAgentCard")
      const { result, errorMessage } = await of.wire.call("GetExtendedAgentCard", {})
      must(typeof result?.["name"] === "string", `there is none: ${errorMessage}`)
    },
  },
  {
    id: "JSONRPC-SSE-001",
    binding: "JSONRPC",
    says: "each event of a stream is an answer of JSON-RPC",
    async check(of) {
      needs(of, "streaming")
      const stream = await of.wire.stream("SendStreamingMessage", { message: of.message("tck-stream-001") })
      const events = await all(stream.raw())
      must(events.length > 0, "there are none")
      for (const event of events)
        must(
          event["jsonrpc"] === "2.0" && event["id"] === 1 && isOfSchema(A2aEvent, event["result"]),
          JSON.stringify(event).slice(0, 200),
        )
    },
  },
  {
    id: "JSONRPC-SSE-002",
    binding: "JSONRPC",
    says: "errors have the codes of the protocol",
    async check(of) {
      mustBeError(await of.wire.call("GetTask", { id: fresh("none") }), "TaskNotFound", of)
      mustBeError(
        await of.wire.call(
          "SendMessage",
          { message: of.message("tck-complete-task") },
          { headers: { "content-type": "text/plain" } },
        ),
        "ContentTypeNotSupported",
        of,
      )
      const unknown = await of.wire.call("NoSuchMethod", {})
      must(
        unknown.errorCode === -32601,
        `an unknown method is answered with ${unknown.errorCode ?? "a result"}`,
      )
      const broken = await of.wire.call("GetTask", {}, { body: "{" })
      must(broken.errorCode === -32700, `no JSON is answered with ${broken.errorCode ?? "a result"}`)
    },
  },
  {
    id: "HTTP_JSON-URL-001",
    binding: "HTTP+JSON",
    says: "every method is at its address",
    async check(of) {
      const task = await of.ended()
      for (const [method, params] of [
        ["GetTask", { id: task["id"] ?? "" }],
        ["ListTasks", {}],
      ] as const)
        must((await of.wire.call(method, params)).result !== undefined, `${method} is not`)
    },
  },
  {
    id: "HTTP_JSON-URL-002",
    binding: "HTTP+JSON",
    says: "by the verb that fits it",
    async check(of) {
      const url = of.wire.url.replace(/\/$/, "")
      const { ok } = await fetch(`${url}/message:send`, { method: "GET", headers: { "a2a-version": "1.0" } })
      must(!ok, "a message is sent by GET")
    },
  },
  {
    id: "HTTP_JSON-QP-001",
    binding: "HTTP+JSON",
    says: "queries are in camel case",
    async check(of) {
      const { result } = await of.wire.call("ListTasks", { contextId: fresh("nobody"), pageSize: 1 })
      must(result?.["pageSize"] === 1 && itemsOf(result["tasks"]).length === 0, "they are not read")
    },
  },
  {
    id: "HTTP_JSON-ERR-001",
    binding: "HTTP+JSON",
    says: "errors are of google.rpc.Status",
    async check(of) {
      const { body, status } = await of.wire.call("GetTask", { id: fresh("none") })
      const { code, status: word, message, details } = membersOf(body["error"])
      must(
        code === status && typeof word === "string" && typeof message === "string" && Array.isArray(details),
        JSON.stringify(body),
      )
    },
  },
  {
    id: "HTTP_JSON-ERR-002",
    binding: "HTTP+JSON",
    says: "and say the protocol's reason",
    check: async (of) =>
      mustBeError(await of.wire.call("GetTask", { id: fresh("none") }), "TaskNotFound", of),
  },
  {
    id: "HTTP_JSON-STATUS-001",
    binding: "HTTP+JSON",
    says: "by its status",
    async check(of) {
      const task = await of.ended()
      mustBeError(await of.wire.call("CancelTask", { id: task["id"] ?? "" }), "TaskNotCancelable", of)
      mustBeError(await of.wire.call("CancelTask", { id: fresh("none") }), "TaskNotFound", of)
    },
  },
  {
    id: "HTTP_JSON-SSE-001",
    binding: "HTTP+JSON",
    says: "each event of a stream is one of the protocol",
    async check(of) {
      needs(of, "streaming")
      const events = await streamed(of, "tck-stream-001")
      must(
        events.length > 0 && events.every((event) => isOfSchema(A2aEvent, event)),
        JSON.stringify(events).slice(0, 200),
      )
    },
  },
]
