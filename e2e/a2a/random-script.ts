import type { Step } from "../../packages/server/src/gateway/a2a/testing/sdk-agent.ts"
import type { Seeded } from "../seeded.ts"

const ends = ["TASK_STATE_COMPLETED", "TASK_STATE_FAILED", "TASK_STATE_REJECTED", "TASK_STATE_INPUT_REQUIRED"]

/** What an agent does for one message, as the protocol allows it: a message, or a task with what it says and makes, and its end. */
export function randomScript(random: Seeded, name: string): Step[] {
  if (random.int(10) === 0) return [{ message: `the answer of ${name}`, ...metadata(random) }]
  const steps: Step[] = [
    { task: random.pick(["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"]), ...metadata(random) },
  ]
  const made: string[] = []
  for (let left = random.int(6); left > 0; left--) steps.push(step(random, name, made))
  const say = random.int(2) === 0 ? {} : { say: `the end of ${name}` }
  return [...steps, { status: random.pick(ends), ...say, ...metadata(random) }]
}

function step(random: Seeded, name: string, made: string[]): Step {
  if (random.int(3) === 0)
    return {
      status: "TASK_STATE_WORKING",
      ...(random.int(2) === 0 ? {} : { say: `at it: ${random.int(100)}` }),
      ...metadata(random),
    }
  const isMore = made.length > 0 && random.int(3) === 0
  const artifactId = isMore ? random.pick(made) : `artifact-${made.length}`
  if (!isMore) made.push(artifactId)
  const parts = Array.from({ length: 1 + random.int(3) }, () => part(random, name))
  return {
    artifact: {
      artifactId,
      ...(isMore || random.int(2) === 0
        ? {}
        : { name: `${artifactId}.txt`, description: "made for a comparison" }),
      parts,
      ...metadata(random),
      ...(random.int(4) === 0 ? { extensions: ["urn:example:extension"] } : {}),
    },
    ...(isMore ? { append: true } : {}),
    ...(random.int(2) === 0 ? { lastChunk: true } : {}),
    ...metadata(random),
  }
}

function part(random: Seeded, name: string): object {
  const kinds = [
    { text: `text of ${name} ${random.int(1000)} 中文 "quoted"` },
    { text: "named", filename: "a.txt", mediaType: "text/markdown" },
    { data: { number: random.int(1000), nested: [true, null, { deep: "value" }] } },
    {
      raw: Buffer.from(`bytes ${random.int(1000)}`).toString("base64"),
      mediaType: "image/png",
      filename: "a.png",
    },
    { url: `https://files.example/${name}/${random.int(1000)}`, mediaType: "text/plain" },
  ]
  return { ...random.pick(kinds), ...metadata(random) }
}

function metadata(random: Seeded): { metadata?: object } {
  return random.int(4) === 0 ? { metadata: { [`key-${random.int(5)}`]: random.int(100) } } : {}
}
