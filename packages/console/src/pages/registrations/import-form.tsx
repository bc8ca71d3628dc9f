import type { Output } from "@hufu/core/contract/contract"
import { type FaceName, faceNames } from "@hufu/core/registration/faces/face-path"
import { useState } from "react"
import { useChange } from "../../data/use-operation.ts"
import { Failed } from "../../part/failed.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { LostList } from "../registry/lost-list.tsx"
import { registryWords } from "../registry/words.ts"
import { registrationWords } from "./words.ts"

type Imported = Output<"registration.import">

/** Begins with a form that somebody has, and says what of it has no place in a registration. */
export function ImportForm({ take }: { readonly take: (draft: Imported["draft"]) => void }) {
  const words = useWords(registrationWords)
  const faceWords = useWords(registryWords).faceNames
  const [face, setFace] = useState<FaceName>("agent-card")
  const [text, setText] = useState("")
  const read = useChange("registration.import", [])
  return (
    <details className="card px-4 py-2">
      <summary className="min-h-6 cursor-pointer font-semibold">{words.imports}</summary>
      <p className="mt-1 text-soft">{words.importWhat}</p>
      <form
        className="mt-2 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          read.mutate({ face, text }, { onSuccess: ({ draft }) => take(draft) })
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <label className="grid gap-1">
            {words.importFrom}
            <select
              className="field"
              value={face}
              onChange={({ target: { value } }) => setFace(faceNames.find((each) => each === value) ?? face)}
            >
              {faceNames.map((each) => (
                <option key={each} value={each}>
                  {faceWords[each]}
                </option>
              ))}
            </select>
          </label>
          <label className="grid min-w-0 gap-1">
            {words.importFile}
            <input
              type="file"
              accept=".json,application/json"
              className="field"
              onChange={({ target }) => void target.files?.[0]?.text().then(setText)}
            />
          </label>
        </div>
        <label className="grid gap-1">
          {words.importText}
          <textarea
            className="field min-h-24 font-mono text-sm"
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <button
          type="submit"
          className="button justify-self-start"
          disabled={text.trim() === "" || read.isPending}
        >
          {words.importGo}
        </button>
      </form>
      {read.error ? <Failed error={read.error} /> : null}
      {read.data === undefined ? null : <Report of={read.data} />}
    </details>
  )
}

function Report({ of: { missing, lost } }: { readonly of: Imported }) {
  const words = useWords(registrationWords)
  return (
    <div role="status" className="mt-3 grid gap-2 border-t border-line py-2">
      <p className="text-allow">{words.imported}</p>
      {missing.length === 0 ? null : (
        <p>
          {words.missing}:{" "}
          {missing.map((path) => (
            <span key={path} className="mr-2">
              <UntrustedName text={path} />
            </span>
          ))}
        </p>
      )}
      <div>
        <p className="font-semibold">{words.lost}</p>
        <LostList lost={lost} />
      </div>
    </div>
  )
}
