import type { Registration } from "@hufu/core/registration/registration"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import { readBounded } from "../../read-bounded.ts"

/**
 * How near registrations are to a question in meaning, each from 0 to 100; undefined where the service that knows does not say. It never
 * rejects.
 */
export type Meaning = (
  question: string,
  registrations: readonly Registration[],
) => Promise<readonly number[] | undefined>

export interface MeaningOptions {
  readonly url: string
  readonly model: string
  /** Sent as a bearer token. */
  readonly key: string | undefined
  readonly timeoutMs: number
}

const mostKept = 5000
const mostAtOnce = 8
const mostCharacters = 2000
const mostDimensions = 8192
const mostAnswerBytes = 16 * 1024 * 1024
const Answer = z.object({
  data: z
    .array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1).max(mostDimensions) }))
    .max(200),
})

/**
 * Asks a service of embeddings that the operator has named, in the form that most of them share: `{model, input: […]}` is answered with
 * `{data: [{index, embedding}]}`. Vectors of registrations are kept; a question goes out each time. UNTRUSTED: its answer, of which only
 * the order of results follows.
 */
export function openMeaning({ url, model, key, timeoutMs }: MeaningOptions): Meaning {
  const kept = new Map<string, Float32Array>()
  let asking = 0

  async function embed(texts: readonly string[]): Promise<Float32Array[]> {
    const response = await fetch(url, {
      method: "POST",
      redirect: "error",
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ model, input: texts }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok || response.body === null) throw new Error(`the service answered ${response.status}`)
    const { data } = Answer.parse(parseStrict(await readBounded(response.body, mostAnswerBytes)))
    const vectors = new Map(data.map(({ index, embedding }) => [index, unit(embedding)]))
    return texts.map((_, at) => {
      const vector = vectors.get(at)
      if (vector === undefined) throw new Error("the service left a text out")
      return vector
    })
  }

  return async (question, registrations) => {
    if (asking >= mostAtOnce || registrations.length === 0) return undefined
    asking += 1
    try {
      const names = registrations.map(({ id, revision }) => `${id} ${revision}`)
      const missing = registrations.filter((_, at) => !kept.has(names[at] ?? ""))
      const [asked, ...made] = await embed([question, ...missing.map(textOf)])
      for (const [at, vector] of made.entries()) {
        const [oldest] = kept.keys()
        if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest)
        const { id = "", revision = 0 } = missing[at] ?? {}
        kept.set(`${id} ${revision}`, vector)
      }
      return names.map((name) => {
        const vector = kept.get(name)
        if (asked === undefined || vector?.length !== asked.length)
          throw new Error("the service's vectors have different lengths")
        return Math.max(0, Math.round(1000 * dot(asked, vector)) / 10)
      })
    } catch {
      return undefined
    } finally {
      asking -= 1
    }
  }
}

/** What is public of a registration, as a text of bounded length. */
function textOf({ content: { title, description, skills } }: Registration): string {
  const said = skills.map(({ name, description: what }) => `${name}: ${what}`)
  return [title, description, ...said].join("\n").slice(0, mostCharacters)
}

function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector)
  if (!(length > 0 && Number.isFinite(length))) throw new Error("a vector of the service has no direction")
  return Float32Array.from(vector, (value) => value / length)
}

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)
}
