import type { Overlay } from "./overlay.ts"
import { Palette } from "./palette.tsx"
import { Shortcuts } from "./shortcuts.tsx"
import { StopDialog } from "./stop-dialog.tsx"

/** Whatever lies over the page. */
export function Overlays({ overlay, close }: { readonly overlay: Overlay; readonly close: () => void }) {
  switch (overlay) {
    case "palette":
      return <Palette close={close} />
    case "shortcuts":
      return <Shortcuts close={close} />
    case "stop":
      return <StopDialog close={close} />
    case null:
      return null
    default:
      return overlay satisfies never
  }
}
