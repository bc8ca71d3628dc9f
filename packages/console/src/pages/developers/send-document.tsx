import { maxDocumentBytes, type DeveloperDocument } from "@hufu/core/contract/developer"
import { toBase64 } from "@hufu/core/evidence/base64"
import { useState } from "react"
import { Failed } from "../../part/failed.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { developerReads } from "./developer.tsx"
import { developerWords } from "./words.ts"

const mediaTypes = [
  "application/pdf",
  "image/png",
  "image/jpeg",
] as const satisfies readonly DeveloperDocument["mediaType"][]

/** A document for staff, by which they believe who a developer is. */
export function SendDocument() {
  const words = useWords(developerWords)
  const [file, setFile] = useState<File>()
  const send = useWidening("developer.document", developerReads)
  const mediaType = mediaTypes.find((each) => each === file?.type)
  const isBad = file !== undefined && (mediaType === undefined || file.size > maxDocumentBytes)
  async function submit(): Promise<void> {
    if (file === undefined || mediaType === undefined || isBad) return
    const content = toBase64(new Uint8Array(await file.arrayBuffer()))
    send.mutate({ name: file.name.trim().slice(0, 200), mediaType, content })
  }
  return (
    <details className="card px-4 py-2">
      <summary className="min-h-6 cursor-pointer font-semibold">{words.document}</summary>
      <p className="mt-1 text-soft">{words.documentWhat}</p>
      <form
        className="my-2 grid gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <label className="grid min-w-0 gap-1">
          {words.documentFile}
          <input
            type="file"
            accept={mediaTypes.join(",")}
            className="field"
            onChange={({ target }) => setFile(target.files?.[0])}
          />
        </label>
        {isBad ? <p className="text-sm text-deny">{words.badDocument}</p> : null}
        {send.error ? <Failed error={send.error} /> : null}
        <button
          type="submit"
          className="button justify-self-start"
          disabled={file === undefined || isBad || send.isPending}
        >
          {words.documentGo}
        </button>
        <p role="status" className="text-allow">
          {send.data ? words.sent : ""}
        </p>
      </form>
    </details>
  )
}
