import { Dialog } from "@base-ui/react/dialog"
import { X } from "lucide-react"
import type { ReactNode } from "react"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

/** A dialog that holds the focus and gives it back. Import it lazily: most visits need none. */
export function Modal({
  title,
  close,
  children,
}: {
  readonly title: string
  readonly close: () => void
  readonly children: ReactNode
}) {
  const words = useWords(shared)
  return (
    <Dialog.Root open onOpenChange={(isOpen) => (isOpen ? undefined : close())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[#000]/50" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 max-h-[80vh] w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-y-auto rounded-xl border border-line bg-paper p-4 shadow-xl">
          <Dialog.Title className="mb-3 pr-12 text-lg font-semibold">{title}</Dialog.Title>
          {children}
          {/* Last, so that the focus starts at what the dialog is for. */}
          <Dialog.Close className="button button-quiet absolute top-3 right-3 px-2" aria-label={words.close}>
            <X size={18} aria-hidden />
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
