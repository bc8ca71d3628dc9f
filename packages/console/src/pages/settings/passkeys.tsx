import type { PasskeyRecord } from "@hufu/core/contract/passkey"
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { readAgain, useOperation } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { Failed } from "../../part/failed.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { isNoProof, makePasskey } from "../../session/passkey.ts"
import { isProven, prove, useWidening } from "../../session/prove.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { settingsWords } from "./words.ts"

/** What proves that it is the person, and adding to it. */
export function Passkeys() {
  const words = useWords(settingsWords)
  const passkeys = useOperation("passkey.list", {})
  return (
    <Section title={words.passkeys}>
      <p className="mb-2 text-soft">{words.passkeysWhat}</p>
      <Loaded query={passkeys}>
        {({ items, secret }) => (
          <>
            {items.length === 0 ? (
              <p className="card px-4 py-3">{secret ? words.noPasskeys : words.noProof}</p>
            ) : (
              <>
                <List label={words.passkeys}>
                  {items.map((passkey) => (
                    <Passkey key={passkey.id} passkey={passkey} />
                  ))}
                </List>
                <p className="mt-1 text-sm text-soft">{secret ? words.hasSecret : words.noSecret}</p>
              </>
            )}
            <AddPasskey needsProof={items.length > 0 || secret} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

function Passkey({ passkey }: { readonly passkey: PasskeyRecord }) {
  const words = useWords(settingsWords)
  const [isRenaming, setRenaming] = useState(false)
  const [name, setName] = useState(passkey.name)
  const rename = useWidening("passkey.rename", ["passkey.list"])
  const remove = useWidening("passkey.remove", ["passkey.list"])
  function submit(event: FormEvent): void {
    event.preventDefault()
    rename.mutate({ passkey: passkey.id, name }, { onSuccess: (done) => setRenaming(done === null) })
  }
  return (
    <ListItem
      head={
        <>
          <bdi className="font-semibold break-words">{passkey.name}</bdi>
          <Id id={passkey.id} />
        </>
      }
      beside={
        <>
          <span>{passkey.synced ? words.synced : words.bound}</span>
          {passkey.usedAt === null ? (
            <span>{words.neverUsed}</span>
          ) : (
            <span>
              {words.used} <Ago at={passkey.usedAt} />
            </span>
          )}
        </>
      }
    >
      <div className="flex flex-wrap items-start gap-2">
        {isRenaming ? (
          <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
            <input
              className="field w-60"
              aria-label={words.name}
              maxLength={80}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <button type="submit" className="button" disabled={rename.isPending || name.trim() === ""}>
              {words.save}
            </button>
          </form>
        ) : (
          <button type="button" className="button" onClick={() => setRenaming(true)}>
            {words.rename}
          </button>
        )}
        <Confirm
          label={words.remove}
          what={words.removeWhat}
          doing={{
            run: () => remove.mutate({ passkey: passkey.id }),
            isPending: remove.isPending,
            error: remove.error,
          }}
        />
      </div>
      {rename.error ? <Failed error={rename.error} /> : null}
    </ListItem>
  )
}

/** Another passkey; where there is a proof already, only who gives it may add one. */
function AddPasskey({ needsProof }: { readonly needsProof: boolean }) {
  const words = useWords(settingsWords)
  const common = useWords(shared)
  const [name, setName] = useState<string>()
  const add = useMutation({
    mutationFn: async (called: string) => {
      if (needsProof && !isProven() && (await prove({ kind: "session" })) === null) return null
      return makePasskey(called)
    },
    onSuccess: (made) => (made ? setName(undefined) : undefined),
    onSettled: () => readAgain(["passkey.list", "node.status"]),
  })
  if (name === undefined)
    return (
      <button type="button" className="button mt-3" onClick={() => setName("")}>
        {words.add}
      </button>
    )
  return (
    <form
      className="card mt-3 flex flex-wrap items-center gap-2 px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== "") add.mutate(name.trim())
      }}
    >
      <label className="flex items-center gap-2">
        {words.name}
        <input
          className="field w-60"
          maxLength={80}
          ref={(input) => input?.focus()}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <button type="submit" className="button button-main" disabled={add.isPending || name.trim() === ""}>
        {words.addGo}
      </button>
      <button type="button" className="button" onClick={() => setName(undefined)}>
        {common.cancel}
      </button>
      <div role="status" className="w-full">
        {add.data === null || isNoProof(add.error) ? words.addNoProof : null}
        {add.error && !isNoProof(add.error) ? <Failed error={add.error} /> : null}
      </div>
    </form>
  )
}
