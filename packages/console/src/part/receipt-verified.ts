import { recall, remember } from "./remember.ts"

const remembered = "hufu.receipt-verified"

/** Notes that this browser has verified a receipt; verifying leaves no trace at the node. */
export function noteReceiptVerified(): void {
  remember(remembered, "yes")
}

export function hasVerifiedReceipt(): boolean {
  return recall(remembered) === "yes"
}
