import type { ServerRecord } from "@hufu/core/contract/records"
import { useChange } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { useWords } from "../../words/use-words.ts"
import { toolWords } from "./words.ts"

/** Takes a tool server out of this node, after saying what that does. */
export function RemoveServer({ server }: { readonly server: ServerRecord }) {
  const words = useWords(toolWords)
  const remove = useChange("server.remove", ["server.list", "node.status"])
  return (
    <Confirm
      label={words.remove}
      what={words.removeWhat}
      doing={{
        run: () => remove.mutate({ server: server.id }),
        isPending: remove.isPending,
        error: remove.error,
      }}
    />
  )
}
