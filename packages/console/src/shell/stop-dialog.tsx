import { useState } from "react"
import { useChange } from "../data/use-operation.ts"
import { Failed } from "../part/failed.tsx"
import { Modal } from "../part/modal.tsx"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

/** Stops every agent. It narrows, so it needs no proof; it is asked about once, because it cancels what waits. */
export function StopDialog({ close }: { readonly close: () => void }) {
  const words = useWords(shared)
  const stop = useChange("stop.declare", ["node.status", "hold.list", "hold.show"])
  const [inFlight, setInFlight] = useState<number>()
  if (inFlight !== undefined)
    return (
      <Modal title={words.stop.stopped} close={close}>
        <p role="status">{words.stop.done(inFlight)}</p>
        <button type="button" className="button mt-4" onClick={close}>
          {words.close}
        </button>
      </Modal>
    )
  return (
    <Modal title={words.stop.title} close={close}>
      <p>{words.stop.what}</p>
      {stop.error ? <Failed error={stop.error} /> : null}
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <button type="button" className="button" onClick={close}>
          {words.cancel}
        </button>
        <button
          type="button"
          className="button button-deny"
          disabled={stop.isPending}
          onClick={() => stop.mutate({}, { onSuccess: (report) => setInFlight(report.inFlight.length) })}
        >
          {words.stop.confirm}
        </button>
      </div>
    </Modal>
  )
}
