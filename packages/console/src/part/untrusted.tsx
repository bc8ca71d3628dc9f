import type { JsonValue } from "@hufu/core/json/json-value"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { useState } from "react"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { countSpelled, Spelled } from "./spelled.tsx"
import { UntrustedName } from "./untrusted-name.tsx"

const first = { characters: 600, lines: 8 }
const most = { characters: 20_000, lines: 400 }
const membersAtFirst = 12

/**
 * UNTRUSTED: a text that an agent or others wrote. Text only; hidden characters are spelled out, and what is long is
 * folded, so that nothing in it moves, hides or imitates what is ours. Only the part that is shown is looked at.
 */
export function Untrusted({
  text,
  prose = false,
  isSpelled = false,
}: {
  readonly text: string
  /** Sentences rather than data: in the face of the page. */
  readonly prose?: boolean
  /** A sentence of `core` around such texts, in which it has spelled out what is hidden. */
  readonly isSpelled?: boolean
}) {
  const words = useWords(shared).untrusted
  const [room, setRoom] = useState(first)
  const shown = cut(text, room)
  const spelled = isSpelled ? shown : makeVisible(shown)
  const hidden = countSpelled(spelled)
  const left = text.length - shown.length
  return (
    <span>
      <bdi
        dir="ltr"
        // Tabs and spaces take room where they stand instead of hanging out of the line, and stacked marks are cut at its edge.
        className={`inline-block max-w-full overflow-clip whitespace-break-spaces ${prose ? "wrap-anywhere" : "font-mono text-sm break-all"}`}
      >
        <Spelled text={spelled} />
      </bdi>
      {hidden > 0 ? <Note text={words.hidden(hidden)} /> : null}
      {left > 0 ? (
        <>
          <Note text={words.more(left)} />
          {room.characters < most.characters ? (
            <button type="button" className="link ml-2 min-h-6 text-sm" onClick={() => setRoom(most)}>
              {words.showMore}
            </button>
          ) : null}
        </>
      ) : null}
    </span>
  )
}

function Note({ text }: { readonly text: string }) {
  return <span className="mt-0.5 block font-sans text-sm text-soft">{text}</span>
}

/** The start of a text that fits, not in the middle of a character. */
function cut(text: string, room: typeof first): string {
  let end = Math.min(text.length, room.characters)
  let line = -1
  for (let lines = 0; lines < room.lines; lines++) {
    line = text.indexOf("\n", line + 1)
    if (line === -1 || line >= end) break
    if (lines === room.lines - 1) end = line
  }
  const isHalf = end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? "")
  return text.slice(0, isHalf ? end - 1 : end)
}

/** UNTRUSTED: the arguments of a call, each member by itself, in a frame that marks them as not ours. */
export function UntrustedArguments({
  value,
  was,
}: {
  readonly value: Readonly<Record<string, JsonValue>> | null
  /** Those of the call to compare with: what is the same is dimmed, what is new is marked. */
  readonly was?: Readonly<Record<string, JsonValue>> | undefined
}) {
  const words = useWords(shared).untrusted
  const [isWhole, setWhole] = useState(false)
  if (value === null) return <p className="text-soft">{words.erased}</p>
  const members = Object.entries(value)
  if (members.length === 0) return <p className="text-soft">{words.none}</p>
  const shown = isWhole ? members.slice(0, 500) : members.slice(0, membersAtFirst)
  return (
    <div
      className="rounded-md border border-dashed border-edge bg-ground"
      role="group"
      aria-label={words.label}
    >
      <p className="border-b border-dashed border-line px-3 py-1 text-sm text-soft">{words.label}</p>
      <dl className="grid gap-x-3 px-3 py-1 sm:grid-cols-[minmax(6rem,auto)_1fr]">
        {shown.map(([name, member]) => (
          <div key={name} className="contents">
            <dt className="pt-1 text-soft sm:max-w-48">
              <UntrustedName text={name} />
            </dt>
            <dd className="min-w-0 border-line pb-1 sm:pt-1">
              <Untrusted text={asText(member)} />
              <Length member={member} />
              {was === undefined ? null : <Before member={member} was={was[name]} />}
            </dd>
          </div>
        ))}
      </dl>
      {shown.length < members.length && !isWhole ? (
        <button type="button" className="link mb-2 ml-3 min-h-6 text-sm" onClick={() => setWhole(true)}>
          {words.showMore} ({members.length - shown.length})
        </button>
      ) : null}
    </div>
  )
}

function Length({ member }: { readonly member: JsonValue }) {
  const words = useWords(shared).untrusted
  return typeof member === "string" && member.length > first.characters ? (
    <Note text={words.length(member.length)} />
  ) : null
}

/** What this member was in the call before, if it was something else. */
function Before({ member, was }: { readonly member: JsonValue; readonly was: JsonValue | undefined }) {
  const words = useWords(shared).untrusted
  const before = was === undefined ? undefined : asText(was)
  if (before === asText(member)) return <Note text={words.same} />
  if (before === undefined) return <Note text={words.isNew} />
  return (
    <span className="mt-1 block border-l-2 border-ask pl-2 text-soft">
      <span className="text-sm">{words.was} </span>
      <Untrusted text={before} />
    </span>
  )
}

const asText = (value: JsonValue) => (typeof value === "string" ? value : JSON.stringify(value, null, 2))
