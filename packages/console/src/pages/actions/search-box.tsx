import { makeVisible } from "@hufu/core/profile/visible-text"
import { X } from "lucide-react"
import { type KeyboardEvent, useId, useRef, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Sentence } from "../../part/sentences.tsx"
import { useWords } from "../../words/use-words.ts"
import { type Completion, completeSearch, parseSearch, type SearchKey } from "./search-grammar.ts"
import { actionWords } from "./words.ts"

/** One box for every filter. What is typed is searched for with Enter, and lives in the address. */
export function SearchBox({
  search,
  onSearch,
}: {
  readonly search: string
  readonly onSearch: (search: string) => void
}) {
  const words = useWords(actionWords)
  const known = useKnownNames()
  const [typed, setTyped] = useState(search)
  const [shownFor, setShownFor] = useState(search)
  const [completion, setCompletion] = useState<Completion>()
  const [at, setAt] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const [list, help] = [useId(), useId()]
  if (shownFor !== search) {
    // The address changed by itself, as by going back.
    setShownFor(search)
    setTyped(search)
  }
  const options = completion?.options ?? []

  function complete(): void {
    const caret = input.current?.selectionStart ?? 0
    setCompletion(completeSearch(input.current?.value ?? "", caret, known))
    setAt(-1)
  }
  function close(): void {
    setCompletion(undefined)
    setAt(-1)
  }
  function submit(text: string): void {
    close()
    onSearch(text.trim())
  }
  function take(option: string): void {
    if (!completion) return
    const isWhole = !option.endsWith(":")
    const text = `${typed.slice(0, completion.from)}${option}${isWhole ? " " : ""}${typed.slice(completion.to)}`
    setTyped(text)
    input.current?.focus()
    if (isWhole) return submit(text)
    setCompletion(completeSearch(text, completion.from + option.length, known))
    setAt(-1)
  }
  function press(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    const chosen = options[at]
    if (event.key === "ArrowDown" && options.length > 0) setAt((at + 1) % options.length)
    else if (event.key === "ArrowUp" && options.length > 0) setAt((at <= 0 ? options.length : at) - 1)
    else if (event.key === "Enter" && chosen !== undefined) take(chosen)
    else if (event.key === "Enter") submit(typed)
    else if (event.key === "Escape" && options.length > 0) close()
    else return
    event.preventDefault()
  }

  return (
    <div className="relative">
      <div className="flex gap-2">
        <input
          ref={input}
          type="search"
          role="combobox"
          className="field font-mono"
          aria-label={words.search}
          aria-describedby={help}
          aria-expanded={options.length > 0}
          aria-controls={list}
          aria-activedescendant={at >= 0 ? `${list}-${at}` : undefined}
          placeholder={words.searchHint}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={500}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            complete()
          }}
          onFocus={complete}
          onBlur={close}
          onKeyDown={press}
        />
        {search === "" ? null : (
          <button type="button" className="button shrink-0" onClick={() => submit("")}>
            <X size={16} aria-hidden />
            <span className="max-sm:sr-only">{words.clear}</span>
          </button>
        )}
      </div>
      <div
        id={list}
        role="listbox"
        aria-label={words.search}
        className={
          options.length === 0
            ? "hidden"
            : "card absolute inset-x-0 z-20 mt-1 max-h-72 overflow-y-auto p-1 shadow-lg sm:right-auto sm:min-w-72"
        }
      >
        {options.map((option, index) => (
          <div
            key={option}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            className="flex min-h-8 cursor-pointer items-center rounded px-2 font-mono text-sm aria-selected:bg-seal-wash"
            // The box keeps the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(option)}
          >
            {option}
          </div>
        ))}
      </div>
      <p id={help} className="mt-1 text-sm text-soft max-sm:sr-only">
        {words.searchHelp}
      </p>
      <Faults search={search} />
    </div>
  )
}

function Faults({ search }: { readonly search: string }) {
  const words = useWords(actionWords)
  const { faults } = parseSearch(search)
  return (
    <div role="status">
      {faults.map(({ kind, key, value }) => (
        <p key={`${kind}/${key}/${value}`} className="mt-1 break-all text-deny">
          <Sentence text={words.fault[kind](key, makeVisible(value))} />
        </p>
      ))}
    </div>
  )
}

/** Names that there are now. */
function useKnownNames(): Partial<Record<SearchKey, readonly string[]>> {
  const agents = useOperation("agent.list", {}).data?.items ?? []
  const servers = useOperation("server.list", {}).data?.items ?? []
  const tasks = useOperation("task.list", { limit: 12 }).data?.items ?? []
  return {
    agent: agents.map(({ name }) => name),
    server: servers.map(({ name }) => name),
    task: tasks.map(({ id }) => id),
  }
}
